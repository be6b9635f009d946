package org.wgjvm.core.device;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.noise.MessageType;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.IpHeader;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.core.session.Keypair;
import org.wgjvm.crypto.PublicKey;

/**
 * Tells whose a packet is, for a capture: the same answers as the data path's, found again, so that the data path need not keep them. On
 * the device's thread. Nothing is changed, and nobody is believed: a datagram that claims a session is shown as that session's.
 */
public final class PacketOwners {
    private final DeviceState state;

    PacketOwners(DeviceState state) {
        this.state = state;
    }

    /** The UDP port that the device receives on. */
    public int listenPort() {
        return state.listenPort;
    }

    /** The peer that {@code batch.peer[i]} stands for; null when that is null. */
    public PublicKey of(Object peer) {
        return peer instanceof Peer known ? known.publicKey() : null;
    }

    /** The peer that an inner packet on its way out is for, or null. */
    public PublicKey ofInner(MemorySegment slab, int offset, int length) {
        if (IpHeader.totalLength(slab, offset, length) == IpHeader.NONE) {
            return null;
        }
        final Peer peer = IpHeader.version(slab, offset, length) == 4
                ? state.allowedIps.lookupV4(IpHeader.destinationV4(slab, offset))
                : state.allowedIps.lookupV6(IpHeader.destinationHigh(slab, offset), IpHeader.destinationLow(slab, offset));
        return of(peer);
    }

    /**
     * The peer that a datagram claims to come from, by its index; that of an initiation is the one last seen at its source, for who sent it
     * stands under its seal. Null when that is nobody.
     */
    public PublicKey ofDatagram(MemorySegment slab, int offset, int length, Endpoint source) {
        return switch (MessageType.classify(slab, offset, length)) {
            case MessageType.TRANSPORT, MessageType.COOKIE_REPLY -> ofIndex(PacketMemory.getIntLe(slab, offset + 4L));
            case MessageType.RESPONSE -> ofIndex(PacketMemory.getIntLe(slab, offset + (long) Messages.RESPONSE_RECEIVER_OFFSET));
            default -> ofSource(source);
        };
    }

    private PublicKey ofIndex(int index) {
        final Object holder = state.indices.get(index);
        return of(holder instanceof Keypair keypair ? keypair.owner() : holder);
    }

    private PublicKey ofSource(Endpoint source) {
        for (final Peer peer : state.peers.values()) {
            if (peer.endpoint != null && peer.endpoint.sameRemote(source)) {
                return peer.publicKey();
            }
        }
        return null;
    }
}
