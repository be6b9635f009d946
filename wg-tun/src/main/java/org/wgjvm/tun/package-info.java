/** The seam to the inside: a TUN device of Linux with its offloads, or rings to a router's own threads. */
package org.wgjvm.tun;
