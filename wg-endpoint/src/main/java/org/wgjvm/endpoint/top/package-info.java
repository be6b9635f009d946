/** {@code wg-jvm top}: peers of any userspace daemon, live. */
package org.wgjvm.endpoint.top;
