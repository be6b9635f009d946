package org.wgjvm.router.plane;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.wgjvm.router.config.IpAddress;

/** Whole IP packets, their checksums computed the slow way. */
final class Packets {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    /** Where a packet goes, and with which hops left: what a router may change of it. */
    record Way(IpAddress source, int sourcePort, IpAddress destination, int destinationPort, int hops) {
        static Way of(String source, int sourcePort, String destination, int destinationPort) {
            return new Way(IpAddress.parse(source), sourcePort, IpAddress.parse(destination), destinationPort, 64);
        }

        Way back() {
            return new Way(
                    /* source= */ destination,
                    /* sourcePort= */ destinationPort,
                    /* destination= */ source,
                    /* destinationPort= */ sourcePort,
                    hops);
        }

        Way hop() {
            return new Way(source, sourcePort, destination, destinationPort, hops - 1);
        }

        Way to(String newDestination) {
            return new Way(source, sourcePort, IpAddress.parse(newDestination), destinationPort, hops);
        }

        Way from(String newSource) {
            return new Way(IpAddress.parse(newSource), sourcePort, destination, destinationPort, hops);
        }

        Way fromPort(int port) {
            return new Way(source, port, destination, destinationPort, hops);
        }

        Way hops(int newHops) {
            return new Way(source, sourcePort, destination, destinationPort, newHops);
        }
    }

    private Packets() {}

    private static int sum(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xff) << ((i - from & 1) == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static int fold(int sum) {
        return (sum & 0xffff) + (sum >>> 16);
    }

    private static byte[] bytes(IpAddress address) {
        return address.toInetAddress().getAddress();
    }

    static byte[] udp(Way way, byte[] data) {
        final ByteBuffer segment = ByteBuffer.allocate(8 + data.length);
        segment.putShort((short) way.sourcePort()).putShort((short) way.destinationPort());
        segment.putShort((short) (8 + data.length)).putShort((short) 0);
        return ip(way, UDP, segment.put(data).array(), 6);
    }

    static byte[] udpWithoutChecksum(Way way, byte[] data) {
        final byte[] packet = udp(way, data);
        packet[26] = 0;
        packet[27] = 0;
        return packet;
    }

    static byte[] tcp(Way way, int flags, byte[] data) {
        final ByteBuffer segment = ByteBuffer.allocate(20 + data.length);
        segment.putShort((short) way.sourcePort()).putShort((short) way.destinationPort()).putInt(12345).putInt(54321);
        segment.put((byte) 0x50).put((byte) flags).putShort((short) 4096).putInt(0);
        return ip(way, TCP, segment.put(data).array(), 16);
    }

    /** An echo request, or the answer to one; the identifier is the port of whoever asks. */
    static byte[] echo(Way way, boolean request, byte[] data) {
        final boolean v6 = way.source().v6();
        final ByteBuffer message = ByteBuffer.allocate(8 + data.length);
        message.put((byte) (v6 ? request ? 128 : 129 : request ? 8 : 0)).put((byte) 0).putShort((short) 0);
        message.putShort((short) (request ? way.sourcePort() : way.destinationPort())).putShort((short) 7);
        return ip(way, v6 ? ICMPV6 : ICMP, message.put(data).array(), 2);
    }

    /** An ICMP error about a packet, of which it quotes the first {@code quoted} bytes. */
    static byte[] error(IpAddress from, IpAddress to, int hops, byte[] about, int quoted) {
        final boolean v6 = from.v6();
        final ByteBuffer message = ByteBuffer.allocate(8 + Math.min(quoted, about.length));
        message.put((byte) (v6 ? 1 : 3)).put((byte) (v6 ? 4 : 3)).putShort((short) 0).putInt(0);
        message.put(about, 0, Math.min(quoted, about.length));
        return ip(new Way(from, 0, to, 0, hops), v6 ? ICMPV6 : ICMP, message.array(), 2);
    }

    static byte[] other(Way way, int protocol, byte[] data) {
        return ip(way, protocol, data, -1);
    }

    private static byte[] ip(Way way, int protocol, byte[] payload, int checksumAt) {
        final byte[] source = bytes(way.source());
        final byte[] destination = bytes(way.destination());
        if (checksumAt >= 0) {
            int sum = sum(payload, 0, payload.length);
            if (protocol != ICMP) {
                sum = fold(sum + sum(source, 0, source.length));
                sum = fold(sum + sum(destination, 0, destination.length));
                sum = fold(fold(sum + protocol) + payload.length);
            }
            int checksum = ~sum & 0xffff;
            if (checksum == 0 && protocol == UDP) {
                checksum = 0xffff;
            }
            payload[checksumAt] = (byte) (checksum >>> 8);
            payload[checksumAt + 1] = (byte) checksum;
        }
        if (way.source().v6()) {
            final ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
            packet.putInt(0x60000000).putShort((short) payload.length).put((byte) protocol).put((byte) way.hops());
            return packet.put(source).put(destination).put(payload).array();
        }
        final ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
        packet.putShort((short) 0x4500).putShort((short) (20 + payload.length)).putShort((short) 0x1234).putShort((short) 0);
        packet.put((byte) way.hops()).put((byte) protocol).putShort((short) 0).put(source).put(destination).put(payload);
        return withHeaderChecksum(packet.array());
    }

    /** Corrects the checksum of an IPv4 header after a change. */
    static byte[] withHeaderChecksum(byte[] packet) {
        packet[10] = 0;
        packet[11] = 0;
        final int checksum = ~sum(packet, 0, 20) & 0xffff;
        packet[10] = (byte) (checksum >>> 8);
        packet[11] = (byte) checksum;
        return packet;
    }

    /** Whether the checksums of an IPv4 packet with UDP are right. */
    static boolean isWhole(byte[] packet) {
        final int udpBytes = packet.length - 20;
        final int pseudo = fold(sum(packet, 12, 20) + UDP + udpBytes);
        return sum(packet, 0, 20) == 0xffff && fold(fold(pseudo + sum(packet, 20, packet.length))) == 0xffff;
    }

    /** Cuts an IPv4 packet in two fragments, the first with {@code first} bytes of payload, a multiple of 8. */
    static byte[][] fragments(byte[] packet, int first) {
        final byte[] head = Arrays.copyOf(packet, 20 + first);
        final byte[] tail = Arrays.copyOf(packet, packet.length - first);
        System.arraycopy(packet, 20 + first, tail, 20, packet.length - 20 - first);
        ByteBuffer.wrap(head).putShort(2, (short) head.length).putShort(6, (short) 0x2000);
        ByteBuffer.wrap(tail).putShort(2, (short) tail.length).putShort(6, (short) (first / 8));
        return new byte[][] {withHeaderChecksum(head), withHeaderChecksum(tail)};
    }
}
