package org.wgjvm.core.noise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Lengths and offsets of the messages, in bytes (paper, sections 5.4.2 to 5.4.7). Integers in them are little-endian. */
public final class Messages {
    /** Length of a handshake initiation. */
    public static final int INITIATION_LENGTH = 148;

    /** Length of a handshake response. */
    public static final int RESPONSE_LENGTH = 92;

    /** Length of a cookie reply. */
    public static final int COOKIE_REPLY_LENGTH = 64;

    /** Header of a transport message: type, receiver, counter. */
    public static final int TRANSPORT_HEADER_LENGTH = 16;

    /** What a transport message has besides its (padded) inner packet. */
    public static final int TRANSPORT_OVERHEAD = 32;

    /** Shortest transport message: a keepalive. */
    public static final int TRANSPORT_MIN_LENGTH = 32;

    /** Sender index of an initiation and of a response. */
    public static final int SENDER_OFFSET = 4;

    /** Receiver index of a response. */
    public static final int RESPONSE_RECEIVER_OFFSET = 8;

    /** Receiver index of a cookie reply. */
    public static final int COOKIE_RECEIVER_OFFSET = 4;

    /** Receiver index of a transport message. */
    public static final int TRANSPORT_RECEIVER_OFFSET = 4;

    /** 64-bit counter of a transport message. */
    public static final int TRANSPORT_COUNTER_OFFSET = 8;

    static final int INITIATION_EPHEMERAL = 8;
    static final int INITIATION_STATIC = 40;
    static final int INITIATION_TIMESTAMP = 88;
    static final int RESPONSE_EPHEMERAL = 12;
    static final int RESPONSE_EMPTY = 44;
    static final int COOKIE_NONCE = 8;
    static final int COOKIE_SEALED = 32;

    /** Length of mac1, of mac2 and of a cookie. */
    static final int MAC_LENGTH = 16;

    static final int KEY_LENGTH = 32;
    static final int TAG_LENGTH = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Messages() {}

    /** Copies a handshake message out of a receive slab; {@code length} as {@link MessageType#classify} has checked it. */
    public static byte[] copyOut(MemorySegment slab, long offset, int length) {
        final byte[] out = new byte[length];
        MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, offset, out, 0, length);
        return out;
    }

    /** The sender index of an initiation or response. */
    public static int sender(byte[] message) {
        return getInt(message, SENDER_OFFSET);
    }

    /** The receiver index of a response or cookie reply. */
    public static int receiver(byte[] message) {
        return getInt(message, type(message) == MessageType.RESPONSE ? RESPONSE_RECEIVER_OFFSET : COOKIE_RECEIVER_OFFSET);
    }

    static int type(byte[] message) {
        return getInt(message, 0);
    }

    /** Whether this is a message of the given type and of exactly the length of that type. */
    static boolean is(byte[] message, int type, int length) {
        return message.length == length && type(message) == type;
    }

    /** Offset of mac1: the last 32 bytes of an initiation or response are mac1 and mac2. */
    static int mac1Offset(byte[] message) {
        return message.length - 2 * MAC_LENGTH;
    }

    static int mac2Offset(byte[] message) {
        return message.length - MAC_LENGTH;
    }

    static int getInt(byte[] message, int offset) {
        return (int) INT.get(message, offset);
    }

    static void putInt(byte[] message, int offset, int value) {
        INT.set(message, offset, value);
    }

    static byte[] slice(byte[] message, int offset, int length) {
        return Arrays.copyOfRange(message, offset, offset + length);
    }

    static void wipe(byte[] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
