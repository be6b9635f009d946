package org.wgjvm.tun;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.LinkState;
import org.wgjvm.sys.PassedDescriptors;
import org.wgjvm.sys.RouteNetlink;

/**
 * A TUN device that no kernel has: a pair of sockets that keep messages apart. {@link LinuxTun} reads and writes one, superframes and all,
 * as it would a device, and whoever has this object is the host behind it. It needs no privilege, and shows nowhere. A process that is
 * about to take over a busy tunnel rehearses with it: code that was never run is slow, and this runs the very code that will be needed.
 *
 * <p>One thread at a time is the host; the descriptor of the other end is the {@link LinuxTun}'s.
 */
public final class StandInTun implements AutoCloseable {
    /** What a host sends. */
    public enum Traffic {
        /** As much of a TCP connection as a superframe holds. */
        TCP_SUPERFRAME,
        /** Some datagrams of a UDP flow, as one superframe. */
        UDP_SUPERFRAME,
        /** A TCP segment without data, its checksum left to the device. */
        ACKNOWLEDGEMENT,
        /** A small packet that is whole, such as a ping. */
        SMALL
    }

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int MTU = LinuxTun.DEFAULT_MTU;
    private static final int IFF_UP = 1;
    private static final int FRAME_BYTES = 1 << 17;
    private static final int IPV4_HEADER = 20;
    private static final int TCP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_SEGMENTS = 46;
    private static final int UDP_SEGMENTS = 20;
    private static final int SMALL_BYTES = 84;

    private final int device;
    private final int host;
    private final LinkState state;
    private final int address;
    private final int other;
    private final MemorySegment frame = Arena.ofAuto().allocate(FRAME_BYTES, 8);
    private int sequence;

    private StandInTun(int[] pair, String name, int address, int other) {
        device = pair[0];
        host = pair[1];
        state = new LinkState(RouteNetlink.OWN_NAMESPACE, Integer.MAX_VALUE, name, IFF_UP, MTU, false);
        this.address = address;
        this.other = other;
    }

    /** A device called {@code name}, whose host has the IPv4 address {@code address} and sends everything to {@code other}. */
    public static StandInTun open(String name, int address, int other) throws IOException {
        return new StandInTun(PassedDescriptors.pairOfMessages(), name, address, other);
    }

    /** The device, with a descriptor of its own. Of several, one may read at a time. */
    public LinuxTun attach() throws IOException {
        final int fd = FileDescriptors.dup(device);
        if (fd < 0) {
            throw Errno.failure("dup", fd);
        }
        return LinuxTun.standIn(fd, state);
    }

    /** The host sends. Returns how many bytes of packets, 0 when the device has not taken what was sent before. */
    public int send(Traffic traffic) {
        final int packet = VirtioHeader.BYTES;
        final int length = switch (traffic) {
            case TCP_SUPERFRAME -> tcp(packet, TCP_SEGMENTS * (MTU - IPV4_HEADER - TCP_HEADER));
            case ACKNOWLEDGEMENT -> tcp(packet, 0);
            case UDP_SUPERFRAME -> udp(packet);
            case SMALL -> small(packet);
        };
        final long result = FileDescriptors.write(host, frame.address(), packet + length);
        return result < 0 ? 0 : length;
    }

    private int tcp(int packet, int dataBytes) {
        final int header = IPV4_HEADER + TCP_HEADER;
        final int length = header + dataBytes;
        final int tcp = packet + IPV4_HEADER;
        ipv4(packet, length, TCP);
        frame.set(INT, tcp, 5001 << 16 | 5001);
        frame.set(INT, tcp + 4, sequence);
        frame.set(INT, tcp + 8, 1);
        frame.set(INT, tcp + 12, 0x5010_0400);
        frame.set(SHORT, tcp + 18, (short) 0);
        partialChecksum(tcp + 16, packet, TCP, length - IPV4_HEADER);
        sequence += dataBytes;
        final boolean segmented = dataBytes > 0;
        VirtioHeader.put(frame, 0, segmented ? VirtioHeader.GSO_TCPV4 : VirtioHeader.GSO_NONE, header,
                segmented ? MTU - header : 0, IPV4_HEADER, 16);
        return length;
    }

    private int udp(int packet) {
        final int header = IPV4_HEADER + UDP_HEADER;
        final int segment = MTU - header;
        final int length = header + UDP_SEGMENTS * segment;
        final int udp = packet + IPV4_HEADER;
        ipv4(packet, length, UDP);
        frame.set(INT, udp, 5001 << 16 | 5001);
        frame.set(SHORT, udp + 4, (short) (length - IPV4_HEADER));
        partialChecksum(udp + 6, packet, UDP, length - IPV4_HEADER);
        VirtioHeader.put(frame, 0, VirtioHeader.GSO_UDP_L4, header, segment, IPV4_HEADER, 6);
        return length;
    }

    private int small(int packet) {
        ipv4(packet, SMALL_BYTES, 1);
        frame.asSlice(0, VirtioHeader.BYTES).fill((byte) 0);
        return SMALL_BYTES;
    }

    private void ipv4(int at, int length, int protocol) {
        frame.set(INT, at, 0x4500_0000 | length);
        frame.set(INT, at + 4, 0x4000);
        frame.set(INT, at + 8, 0x4000_0000 | protocol << 16);
        frame.set(INT, at + 12, address);
        frame.set(INT, at + 16, other);
        PacketChecksum.put(frame, at + 10, PacketChecksum.sum(frame, at, IPV4_HEADER));
    }

    private void partialChecksum(int at, int ipv4, int protocol, int transportLength) {
        PacketChecksum.putPartial(frame, at, PacketChecksum.pseudoHeaderSum(frame, ipv4, true, protocol, transportLength));
    }

    /** What the device has delivered to the host by now. Returns how many bytes of packets. */
    public long receive() {
        long bytes = 0;
        while (true) {
            final long result = FileDescriptors.read(host, frame.address(), FRAME_BYTES);
            if (result <= 0) {
                return bytes;
            }
            bytes += result - VirtioHeader.BYTES;
        }
    }

    /** Waits until there is something to {@link #receive}, for at most so many milliseconds. Returns whether there is. */
    public boolean await(int timeoutMs) {
        return FileDescriptors.poll(host, FileDescriptors.POLLIN, timeoutMs) > 0;
    }

    /**
     * Sends, and receives at the other host. Whoever has both hosts in one thread.
     *
     * @return whether it arrives whole before nothing comes for so long; what is lost is lost
     */
    public boolean carry(Traffic traffic, StandInTun to, int patienceMs) {
        long missing = send(traffic);
        final boolean sent = missing > 0;
        // What is split on the way has a header for each packet.
        while (missing > 0 && to.await(patienceMs)) {
            missing -= to.receive();
        }
        return sent && missing <= 0;
    }

    /** The device is gone when all of its {@link LinuxTun}s are closed, too. */
    @Override
    public void close() {
        FileDescriptors.close(device);
        FileDescriptors.close(host);
    }
}
