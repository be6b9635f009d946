/** Captures of a tunnel for Wireshark: pcapng with the packets inside and outside, and the key log that decrypts the latter. */
package org.wgjvm.endpoint.capture;
