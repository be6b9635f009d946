/** The command line of wg-hub. */
package org.wgjvm.hub.cli;
