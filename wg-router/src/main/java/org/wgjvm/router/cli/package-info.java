/** The command line {@code wg-router}, and the socket by which it speaks with a running router. */
package org.wgjvm.router.cli;
