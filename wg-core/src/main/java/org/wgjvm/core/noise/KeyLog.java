package org.wgjvm.core.noise;

import org.wgjvm.crypto.PublicKey;

/**
 * Is told the secrets of every handshake, so that a capture of its tunnel can be decrypted. A device has none unless its owner asks for it
 * in so many words: with it, there is no secrecy left, not even for what was recorded before.
 */
@FunctionalInterface
public interface KeyLog {
    /**
     * A message with a new ephemeral key of ours is about to go. On the device's thread; the arrays are lent for the call, and not
     * to be changed.
     *
     * @param localStatic our private key, 32 bytes
     * @param remoteStatic the peer
     * @param localEphemeral the private half of our ephemeral key, 32 bytes
     * @param presharedKey 32 bytes, zero for none
     */
    void onEphemeral(byte[] localStatic, PublicKey remoteStatic, byte[] localEphemeral, byte[] presharedKey);
}
