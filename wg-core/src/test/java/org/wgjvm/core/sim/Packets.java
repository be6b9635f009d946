package org.wgjvm.core.sim;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;

/** Inner packets and addresses for tests. */
public final class Packets {
    private Packets() {}

    /**
     * A UDP/IPv4 or UDP/IPv6 packet (port 7 to 7) with {@code id} in its payload, {@code totalLength} bytes in all, valid but for the UDP
     * checksum.
     */
    public static byte[] udp(String source, String destination, long id, int totalLength) {
        final byte[] from = address(source);
        final byte[] to = address(destination);
        final ByteBuffer b = ByteBuffer.allocate(totalLength);
        if (from.length == 4) {
            b.put((byte) 0x45).put((byte) 0).putShort((short) totalLength).putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0);
            b.put(from).put(to);
            b.putShort(10, checksum(b.array(), 20));
        } else {
            b.putInt(0x60000000).putShort((short) (totalLength - 40)).put((byte) 17).put((byte) 64).put(from).put(to);
        }
        b.putShort((short) 7).putShort((short) 7).putShort((short) b.remaining()).putShort((short) 0);
        b.putLong(id);
        return b.array();
    }

    /** The id in the payload of a packet that {@link #udp} made. */
    public static long id(byte[] packet) {
        return ByteBuffer.wrap(packet).getLong((packet[0] >> 4 == 4 ? 20 : 40) + 8);
    }

    /** Sets the TOS or traffic class, and the checksum accordingly. */
    public static byte[] withTos(byte[] packet, int tos) {
        final byte[] copy = packet.clone();
        if (copy[0] >> 4 == 4) {
            copy[1] = (byte) tos;
            copy[10] = 0;
            copy[11] = 0;
            ByteBuffer.wrap(copy).putShort(10, checksum(copy, 20));
        } else {
            copy[0] = (byte) (0x60 | tos >>> 4);
            copy[1] = (byte) (tos << 4);
        }
        return copy;
    }

    /** The TOS or traffic class. */
    public static int tos(byte[] packet) {
        return packet[0] >> 4 == 4 ? packet[1] & 0xff : (packet[0] & 0xf) << 4 | (packet[1] & 0xf0) >> 4;
    }

    /** A prefix from text, such as {@code 10.0.0.2/32} or {@code fd00::/64}. */
    public static IpPrefix prefix(String text) {
        final int slash = text.indexOf('/');
        final ByteBuffer a = ByteBuffer.wrap(address(text.substring(0, slash)));
        final int bits = Integer.parseInt(text.substring(slash + 1));
        return a.capacity() == 4 ? IpPrefix.v4(a.getInt(0), bits) : IpPrefix.v6(a.getLong(0), a.getLong(8), bits);
    }

    /** An endpoint from literal text, such as {@code 192.0.2.1} and a port. */
    public static Endpoint endpoint(String address, int port) {
        final ByteBuffer a = ByteBuffer.wrap(address(address));
        return a.capacity() == 4 ? Endpoint.v4(a.getInt(0), port) : Endpoint.v6(a.getLong(0), a.getLong(8), port, 0);
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** RFC 1071, literally. */
    private static short checksum(byte[] bytes, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
