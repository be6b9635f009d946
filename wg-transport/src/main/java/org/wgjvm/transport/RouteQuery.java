package org.wgjvm.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/**
 * Asks the kernel how it would route to an address: {@code RTM_GETROUTE} (rtnetlink(7)). The kernel answers within the call that asks, so
 * nothing here waits. One thread.
 */
final class RouteQuery implements AutoCloseable {
    /** {@code struct nlmsghdr}, and {@code struct rtmsg} behind it. */
    private static final int HEADER = 16;

    private static final int ROUTE_HEADER = 12;
    private static final int BUFFER = 8192;

    private static final short RTM_NEWROUTE = 24;
    private static final short RTM_GETROUTE = 26;
    private static final short NLMSG_ERROR = 2;
    private static final short NLM_F_REQUEST = 1;
    private static final short RTA_DST = 1;
    private static final short RTA_SRC = 2;
    private static final short RTA_OIF = 4;
    private static final short RTA_MARK = 16;
    private static final byte RTN_LOCAL = 2;

    private final int fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER, 8);
    private int used;
    private int sequence;

    private int outInterface;
    private boolean local;

    private RouteQuery(int fd) {
        this.fd = fd;
    }

    /** Opens the netlink socket, in the network namespace of the calling thread. */
    static RouteQuery open() throws IOException {
        return new RouteQuery(openNetlink(0));
    }

    /** A route netlink socket that is subscribed to {@code groups}. */
    static int openNetlink(int groups) throws IOException {
        final int type = Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
        final int fd = Sockets.socket(Sockets.AF_NETLINK, type, Sockets.NETLINK_ROUTE);
        if (fd < 0) {
            throw Errno.failure("cannot make a route netlink socket", fd);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment name = arena.allocate(12, 4);
            name.set(JAVA_SHORT_UNALIGNED, 0, (short) Sockets.AF_NETLINK);
            name.set(JAVA_INT_UNALIGNED, 8, groups);
            final int r = Sockets.bind(fd, name.address(), 12);
            if (r < 0) {
                Sockets.close(fd);
                throw Errno.failure("cannot bind a route netlink socket", r);
            }
        }
        return fd;
    }

    @Override
    public void close() {
        Sockets.close(fd);
    }

    /**
     * Whether the endpoint's sticky source still is what a fresh start would find: the address is still this host's, and the way to the
     * endpoint still leaves by the interface on which the peer addressed us. When the kernel knows no way at all the answer is yes: that
     * may pass, and is not the fault of the source.
     */
    boolean stickySourceHolds(Endpoint endpoint, int fwmark) {
        final long high = endpoint.localHigh();
        final long low = endpoint.localLow();
        if (ask(endpoint.isV6(), high, low, false, 0, 0, 0, 0) == 0 && !local) {
            return false;
        }
        final int scope = ControlMessages.isLinkLocal(endpoint.high()) ? endpoint.scopeId() : 0;
        final int r = ask(endpoint.isV6(), endpoint.high(), endpoint.low(), true, high, low, scope, fwmark);
        if (r == -Errno.EINVAL) {
            return false;
        }
        return r < 0 || local || outInterface == endpoint.localInterface();
    }

    /** Asks for the route to an address; the answer is in {@link #outInterface} and {@link #local}. Returns 0 or {@code -errno}. */
    private int ask(boolean v6, long high, long low, boolean withSource, long sourceHigh, long sourceLow, int oif, int mark) {
        final int addressLength = v6 ? 16 : 4;
        buffer.asSlice(0, HEADER + ROUTE_HEADER).fill((byte) 0);
        buffer.set(JAVA_SHORT_UNALIGNED, 4, RTM_GETROUTE);
        buffer.set(JAVA_SHORT_UNALIGNED, 6, NLM_F_REQUEST);
        buffer.set(JAVA_INT_UNALIGNED, 8, ++sequence);
        buffer.set(JAVA_BYTE, HEADER, (byte) (v6 ? Sockets.AF_INET6 : Sockets.AF_INET));
        buffer.set(JAVA_BYTE, HEADER + 1, (byte) (addressLength * 8));
        buffer.set(JAVA_BYTE, HEADER + 2, (byte) (withSource ? addressLength * 8 : 0));
        used = HEADER + ROUTE_HEADER;
        putAddress(RTA_DST, v6, high, low);
        if (withSource) {
            putAddress(RTA_SRC, v6, sourceHigh, sourceLow);
        }
        if (oif != 0) {
            putInt(RTA_OIF, oif);
        }
        if (mark != 0) {
            putInt(RTA_MARK, mark);
        }
        buffer.set(JAVA_INT_UNALIGNED, 0, used);
        final int sent = Sockets.send(fd, buffer.address(), used, 0);
        return sent < 0 ? sent : readAnswer();
    }

    private int readAnswer() {
        while (true) {
            final int length = Sockets.recv(fd, buffer.address(), BUFFER, Sockets.MSG_DONTWAIT);
            if (length == -Errno.EINTR) {
                continue;
            }
            if (length < HEADER) {
                return length < 0 ? length : -Errno.EIO;
            }
            if (buffer.get(JAVA_INT_UNALIGNED, 8) != sequence) {
                continue;
            }
            final short type = buffer.get(JAVA_SHORT_UNALIGNED, 4);
            if (type == NLMSG_ERROR && length >= HEADER + 4) {
                return buffer.get(JAVA_INT_UNALIGNED, HEADER);
            }
            if (type == RTM_NEWROUTE && length >= HEADER + ROUTE_HEADER) {
                local = buffer.get(JAVA_BYTE, HEADER + 7) == RTN_LOCAL;
                outInterface = intAttribute(RTA_OIF, Math.min(length, buffer.get(JAVA_INT_UNALIGNED, 0)));
                return 0;
            }
            return -Errno.EIO;
        }
    }

    private int intAttribute(short wanted, int end) {
        int at = HEADER + ROUTE_HEADER;
        while (at + 4 <= end) {
            final int length = buffer.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
            if (length < 4) {
                break;
            }
            if (buffer.get(JAVA_SHORT_UNALIGNED, at + 2) == wanted && length >= 8) {
                return buffer.get(JAVA_INT_UNALIGNED, at + 4);
            }
            at += (length + 3) & -4;
        }
        return 0;
    }

    private void putAddress(short type, boolean v6, long high, long low) {
        attribute(type, v6 ? 16 : 4);
        if (v6) {
            buffer.set(SocketAddressCodec.NETWORK_LONG, used, high);
            buffer.set(SocketAddressCodec.NETWORK_LONG, used + 8, low);
            used += 16;
        } else {
            buffer.set(SocketAddressCodec.NETWORK_INT, used, (int) low);
            used += 4;
        }
    }

    private void putInt(short type, int value) {
        attribute(type, 4);
        buffer.set(JAVA_INT_UNALIGNED, used, value);
        used += 4;
    }

    private void attribute(short type, int dataLength) {
        buffer.set(JAVA_SHORT_UNALIGNED, used, (short) (4 + dataLength));
        buffer.set(JAVA_SHORT_UNALIGNED, used + 2, type);
        used += 4;
    }
}
