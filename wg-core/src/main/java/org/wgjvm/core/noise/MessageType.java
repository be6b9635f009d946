package org.wgjvm.core.noise;

import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.PacketMemory;

/**
 * The four message types (paper, section 5.4), as the first four bytes of a datagram give them: the type and three reserved zero bytes,
 * together one little-endian int.
 */
public final class MessageType {
    /** Not a WireGuard message. */
    public static final int NONE = 0;

    /** Handshake initiation, 148 bytes. */
    public static final int INITIATION = 1;

    /** Handshake response, 92 bytes. */
    public static final int RESPONSE = 2;

    /** Cookie reply, 64 bytes. */
    public static final int COOKIE_REPLY = 3;

    /** Transport data, 32 bytes (a keepalive) or more. */
    public static final int TRANSPORT = 4;

    private MessageType() {}

    /**
     * The type of the datagram of {@code length} bytes at {@code offset}, or {@link #NONE} when it is none of ours or its length is not
     * one that its type can have.
     *
     * <p>A transport message need not be a multiple of 16 bytes long: its padding is clamped to the MTU, so that a full packet at an MTU
     * of 1420 is 1452 bytes.
     */
    public static int classify(MemorySegment slab, long offset, int length) {
        // The shortest message of all is a keepalive.
        if (length < Messages.TRANSPORT_MIN_LENGTH) {
            return NONE;
        }
        final int type = PacketMemory.getIntLe(slab, offset);
        return switch (type) {
            case TRANSPORT -> TRANSPORT;
            case INITIATION -> length == Messages.INITIATION_LENGTH ? INITIATION : NONE;
            case RESPONSE -> length == Messages.RESPONSE_LENGTH ? RESPONSE : NONE;
            case COOKIE_REPLY -> length == Messages.COOKIE_REPLY_LENGTH ? COOKIE_REPLY : NONE;
            default -> NONE;
        };
    }
}
