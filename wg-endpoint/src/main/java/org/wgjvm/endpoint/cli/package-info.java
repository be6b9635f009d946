/** The command line: {@code wg-jvm show}, {@code set}, {@code up} and the rest, and the daemon's form of it. */
package org.wgjvm.endpoint.cli;
