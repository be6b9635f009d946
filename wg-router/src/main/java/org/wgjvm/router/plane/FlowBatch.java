package org.wgjvm.router.plane;

import java.util.Arrays;

/**
 * The flows of a batch of packets of one address family, as parallel arrays, so that all of them are looked up in one go: the misses of the
 * cache, which are what a lookup among a million sessions costs, then overlap. Reused.
 *
 * <p>A key is some longs: the addresses (IPv4: source and destination in one; IPv6: two each), and last a long of source port, destination
 * port, protocol and number of the interface, 16 bits each. For an ICMP echo the ports are its identifier and the type of its request, the
 * latter on the side of whoever answers.
 */
final class FlowBatch {
    /** Longs of a key of IPv4. */
    static final int V4_LONGS = 2;

    /** Longs of a key of IPv6. */
    static final int V6_LONGS = 5;

    /** {@link #ref}: no session has this flow. */
    static final int NONE = -1;

    /** The key is the packet's. */
    static final byte PACKET = 0;

    /** The packet is an ICMP error; the key is that of an answer to what it quotes, were it to come in here. */
    static final byte ICMP_ERROR = 1;

    /** The packet is a later fragment: the ports are 0 and there is no use in looking it up. */
    static final byte LATER_FRAGMENT = 2;

    /** Bit of {@link #marks}, where TCP has it. */
    static final int FIN = 1;

    /** Bit of {@link #marks}, where TCP has it. */
    static final int RST = 4;

    /** Bit of {@link #marks}: others of the same packet follow. */
    static final int FIRST_FRAGMENT = 0x40;

    final int keyLongs;
    long[] keys;
    long[] hash;

    /** Session and direction of each, or {@link #NONE}. */
    int[] ref;

    /** Which packet of the batch each is. */
    int[] packet;

    /**
     * What else of each is asked for, in one long, for each array more is a store and a load more of each packet: the word of its header
     * ({@link #header}) in the high half, then 16 bits of {@link #transportAt}, 2 of {@link #kind}, 7 of {@link #marks} and 7 of
     * {@link #checksumAt}.
     */
    long[] shape;

    private int size;

    FlowBatch(boolean v6, int capacity) {
        keyLongs = v6 ? V6_LONGS : V4_LONGS;
        keys = new long[capacity * keyLongs];
        hash = new long[capacity];
        ref = new int[capacity];
        packet = new int[capacity];
        shape = new long[capacity];
    }

    /** Empties it, and makes room for {@code packets}. */
    void clear(int packets) {
        size = 0;
        if (packets > hash.length) {
            keys = Arrays.copyOf(keys, packets * keyLongs);
            hash = Arrays.copyOf(hash, packets);
            ref = Arrays.copyOf(ref, packets);
            packet = Arrays.copyOf(packet, packets);
            shape = Arrays.copyOf(shape, packets);
        }
    }

    int size() {
        return size;
    }

    /** Appends a flow, whose key the caller writes at {@link #keyAt}. Returns its number. */
    int add(int packetNumber, byte itsKind, int transportOffset, int itsMarks, int itsHeader) {
        final int i = size++;
        packet[i] = packetNumber;
        shape[i] = shape(itsKind, transportOffset, itsMarks, 0, itsHeader);
        return i;
    }

    /** Appends a flow of IPv4 that may have a {@link #checksumAt}. */
    void addV4(int packetNumber, int transportOffset, int itsMarks, int itsChecksumAt, int itsHeader, long addresses, long tail) {
        final int i = size++;
        packet[i] = packetNumber;
        shape[i] = shape(PACKET, transportOffset, itsMarks, itsChecksumAt, itsHeader);
        keys[V4_LONGS * i] = addresses;
        keys[V4_LONGS * i + 1] = tail;
    }

    private static long shape(byte itsKind, int transportOffset, int itsMarks, int itsChecksumAt, int itsHeader) {
        return (long) itsHeader << 32 | (transportOffset << 16 | itsKind << 14 | itsMarks << 7 | itsChecksumAt) & 0xffffffffL;
    }

    byte kind(int i) {
        return (byte) (shape[i] >>> 14 & 3);
    }

    /** {@link #FIN}, {@link #RST} and {@link #FIRST_FRAGMENT}; 0 for nearly all. */
    int marks(int i) {
        return (int) shape[i] >>> 7 & 0x7f;
    }

    /** Bytes from the IP header to the transport header. */
    int transportAt(int i) {
        return transportAt(shape[i]);
    }

    static int transportAt(long itsShape) {
        return (int) itsShape >>> 16;
    }

    /**
     * Of a packet of TCP or UDP over IPv4 that is whole, has hops to go and none of the {@link #marks}, which nearly all are: bytes from
     * the IP header to the transport's checksum. Else 0.
     */
    static int checksumAt(long itsShape) {
        return (int) itsShape & 0x7f;
    }

    /** Bytes 8 to 11 of an IPv4 header: hops, protocol, checksum; 4 to 7 of an IPv6 one: payload length, next header, hops. */
    static int header(long itsShape) {
        return (int) (itsShape >>> 32);
    }

    int keyAt(int i) {
        return i * keyLongs;
    }

    /** How many hops a packet may still go. */
    int hops(int i) {
        return keyLongs == V4_LONGS ? (int) (shape[i] >>> 56) : header(shape[i]) & 0xff;
    }

    /** Whether a flow, which is not the first, has the key of the one before it. */
    boolean isSameAsBefore(int i) {
        final int at = i * keyLongs;
        return keys[at] == keys[at - keyLongs] && keys[at + 1] == keys[at + 1 - keyLongs] && (keyLongs == V4_LONGS || hasRestOfBefore(at));
    }

    private boolean hasRestOfBefore(int at) {
        for (int k = 2; k < keyLongs; k++) {
            if (keys[at + k] != keys[at + k - keyLongs]) {
                return false;
            }
        }
        return true;
    }
}
