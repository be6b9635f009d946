/**
 * The handshake of WireGuard (paper, sections 5.3 and 5.4): Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s, MACs and cookies, and the defences
 * against floods. No clock, no randomness, no I/O: all three are arguments.
 *
 * <p>Nothing here is shared between threads: everything belongs to the event loop of its device.
 */
package org.wgjvm.core.noise;
