package org.wgjvm.tun;

/** The checksum as RFC 1071 section 1 defines it, 16 bits at a time in network order: the naive twin of the checksums here. */
final class Rfc1071 {
    private Rfc1071() {}

    /** The one's complement sum, not complemented. */
    static int sum(byte[] data, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            final int low = i + 1 < to ? data[i + 1] & 0xff : 0;
            sum += (data[i] & 0xff) << 8 | low;
            if (sum > 0xffff) {
                sum = (sum & 0xffff) + 1;
            }
        }
        return sum;
    }

    static int add(int a, int b) {
        final int sum = a + b;
        return sum > 0xffff ? (sum & 0xffff) + 1 : sum;
    }

    static int pseudoHeader(byte[] packet, int protocol, int transportLength) {
        final boolean v4 = (packet[0] >> 4 & 0xf) == 4;
        final int addresses = v4 ? sum(packet, 12, 20) : sum(packet, 8, 40);
        return add(add(addresses, protocol), transportLength);
    }

    /** Whether the IPv4 header checksum, if any, and that of TCP or UDP are right. */
    static boolean verifies(byte[] packet) {
        final boolean v4 = (packet[0] >> 4 & 0xf) == 4;
        final int ipLength = v4 ? (packet[0] & 0xf) * 4 : 40;
        if (v4 && sum(packet, 0, ipLength) != 0xffff) {
            return false;
        }
        final int pseudo = pseudoHeader(packet, v4 ? packet[9] : packet[6], packet.length - ipLength);
        return add(pseudo, sum(packet, ipLength, packet.length)) == 0xffff;
    }
}
