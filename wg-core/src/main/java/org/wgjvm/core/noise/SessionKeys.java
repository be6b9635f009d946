package org.wgjvm.core.noise;

import org.wgjvm.crypto.AeadKey;

/**
 * What a finished handshake leaves behind. The receiver of this record owns the keys and closes them.
 *
 * @param sendKey seals what we send
 * @param receiveKey opens what we receive
 * @param localIndex the index we chose: receiver index of what comes in
 * @param remoteIndex the index the peer chose: receiver index of what goes out
 * @param initiator whether we were the initiator, who alone starts new handshakes by the age of the session
 */
public record SessionKeys(AeadKey sendKey, AeadKey receiveKey, int localIndex, int remoteIndex, boolean initiator) {}
