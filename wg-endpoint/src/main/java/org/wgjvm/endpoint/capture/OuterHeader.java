package org.wgjvm.endpoint.capture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InternetChecksum;

/**
 * The IP and UDP headers of a datagram that a socket has sent or received, as they are on the wire but for what a socket does not show:
 * identification and hop limit. Where our own address is not known, the one that the system would choose stands. Of one thread.
 */
final class OuterHeader {
    private static final int V4_LENGTH = 20;
    private static final int V6_LENGTH = 40;
    private static final int UDP_LENGTH = 8;
    private static final int UDP = 17;
    private static final int HOP_LIMIT = 64;
    private static final int REMEMBERED = 1024;

    private final ByteBuffer header = ByteBuffer.allocateDirect(V6_LENGTH + UDP_LENGTH);
    private final MemorySegment segment = MemorySegment.ofBuffer(header);
    private final Map<Endpoint, Endpoint> sources = new LinkedHashMap<>();

    /**
     * The headers; good until the next call.
     *
     * @param remote with our own address, if it is known
     * @param payload all of it, or less if it was cut short: then the checksum is left out (IPv4) or wrong (IPv6)
     * @param length of the whole payload
     */
    ByteBuffer of(Endpoint remote, boolean outgoing, int localPort, int tos, MemorySegment payload, int length) {
        long localHigh = remote.localHigh();
        long localLow = remote.localLow();
        if (!remote.hasLocal()) {
            final Endpoint source = sources.computeIfAbsent(remote, OuterHeader::chosen);
            localHigh = source.high();
            localLow = source.low();
            if (sources.size() > REMEMBERED) {
                sources.clear();
            }
        }
        final int sourcePort = outgoing ? localPort : remote.port();
        final int destinationPort = outgoing ? remote.port() : localPort;
        header.clear();
        if (remote.isV6()) {
            v6(outgoing ? localHigh : remote.high(), outgoing ? localLow : remote.low(),
                    outgoing ? remote.high() : localHigh, outgoing ? remote.low() : localLow, tos, length);
        } else {
            v4((int) (outgoing ? localLow : remote.low()), (int) (outgoing ? remote.low() : localLow), tos, length);
        }
        final int udp = header.position();
        header.putShort((short) sourcePort).putShort((short) destinationPort).putShort((short) (UDP_LENGTH + length)).putShort((short) 0);
        if (payload.byteSize() == length) {
            final long pseudo = remote.isV6()
                    ? InternetChecksum.pseudoHeaderV6(header.getLong(8), header.getLong(16), header.getLong(24), header.getLong(32), UDP,
                            UDP_LENGTH + length)
                    : InternetChecksum.pseudoHeaderV4(header.getInt(12), header.getInt(16), UDP, UDP_LENGTH + length);
            final long sum = InternetChecksum.sum(segment, udp, UDP_LENGTH, pseudo);
            final int checksum = InternetChecksum.checksum(payload, 0, length, sum);
            header.putShort(udp + 6, (short) (checksum == 0 ? 0xffff : checksum));
        }
        return header.flip();
    }

    private void v4(int source, int destination, int tos, int length) {
        header.put((byte) 0x45).put((byte) tos).putShort((short) (V4_LENGTH + UDP_LENGTH + length)).putInt(0);
        header.put((byte) HOP_LIMIT).put((byte) UDP).putShort((short) 0).putInt(source).putInt(destination);
        header.putShort(10, (short) InternetChecksum.checksum(segment, 0, V4_LENGTH, 0));
    }

    private void v6(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int tos, int length) {
        header.putInt(6 << 28 | (tos & 0xff) << 20).putShort((short) (UDP_LENGTH + length)).put((byte) UDP).put((byte) HOP_LIMIT);
        header.putLong(sourceHigh).putLong(sourceLow).putLong(destinationHigh).putLong(destinationLow);
    }

    /** The address that the system would send from; the unspecified one when there is no way. */
    private static Endpoint chosen(Endpoint remote) {
        try (DatagramChannel channel =
                DatagramChannel.open(remote.isV6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
            channel.connect(remote.toSocketAddress());
            final SocketAddress local = channel.getLocalAddress();
            if (local instanceof InetSocketAddress found && found.getAddress() instanceof Inet6Address == remote.isV6()) {
                return Endpoint.of(found);
            }
        } catch (IOException | RuntimeException e) {
            // Unreachable: nothing would be sent at all.
        }
        return remote.isV6() ? Endpoint.v6(0, 0, 0, 0) : Endpoint.v4(0, 0);
    }
}
