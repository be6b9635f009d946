package org.wgjvm.endpoint.top;

import org.wgjvm.crypto.PublicKey;

/**
 * A peer as it is shown.
 *
 * @param interfaceName the interface
 * @param publicKey the peer
 * @param name its name, or its key when it has none
 * @param endpoint where it is, or empty
 * @param handshakeEpochSeconds time of the last handshake, 0 for never
 * @param rxRate bytes received a second; NaN when not yet known
 * @param txRate bytes sent a second; likewise
 * @param rxBytes bytes received in all
 * @param txBytes bytes sent in all
 * @param loss share of the peer's messages that did not arrive since the last sample; NaN when not known
 * @param history bytes a second in both directions, oldest first
 */
record TopRow(
        String interfaceName,
        PublicKey publicKey,
        String name,
        String endpoint,
        long handshakeEpochSeconds,
        double rxRate,
        double txRate,
        long rxBytes,
        long txBytes,
        double loss,
        double[] history) {}
