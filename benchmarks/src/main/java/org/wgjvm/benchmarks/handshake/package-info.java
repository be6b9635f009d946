/** Handshakes with a daemon, counted on the wire. */
package org.wgjvm.benchmarks.handshake;
