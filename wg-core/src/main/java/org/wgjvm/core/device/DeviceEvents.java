package org.wgjvm.core.device;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;

/**
 * What a device tells its owner, on the device's thread. Implementations return at once and do not call back into the device; whoever needs
 * more time posts to another thread. Every method may be left out.
 */
public interface DeviceEvents {
    /** An observer that does nothing. */
    DeviceEvents NONE = new DeviceEvents() {};

    /** An initiation was sent; {@code attempt} is 0 for the first, and counts retries. */
    default void onHandshakeInitiated(PublicKey peer, int attempt) {}

    /** A session is confirmed: packets flow. */
    default void onHandshakeCompleted(PublicKey peer, boolean initiator) {}

    /** The session that was just confirmed follows another one; {@link #onHandshakeCompleted} came before. */
    default void onRekeyed(PublicKey peer, boolean initiator) {}

    /** The handshake was given up after the last retry; packets that waited for it are gone. */
    default void onHandshakeGivenUp(PublicKey peer) {}

    /** The peer was heard from another address: it roamed. */
    default void onEndpointChanged(PublicKey peer, Endpoint endpoint) {}

    /** No session for so long that all keys were wiped. */
    default void onPeerExpired(PublicKey peer) {}
}
