/** {@code wg-jvm demo}: a tunnel between two endpoints of ours on this machine, and what it can do. */
package org.wgjvm.endpoint.demo;
