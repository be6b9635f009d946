package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Socket system calls. Every one returns its result, or {@code -errno}; none throws, blocks (unless it says so) or allocates once compiled.
 *
 * <p>Memory is passed by address, so that no slice is made per call: the caller keeps what it points to alive for the duration of the call.
 * Addresses of sockets are in network order, as {@code sockaddr_in}, {@code sockaddr_in6} or {@code sockaddr_nl}.
 */
public final class Sockets {
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int NETLINK_ROUTE = 0;

    public static final int SOL_SOCKET = 1;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_MARK = 36;

    public static final int IPPROTO_IP = 0;
    public static final int IP_TOS = 1;
    public static final int IP_PKTINFO = 8;
    public static final int IP_MTU_DISCOVER = 10;
    public static final int IP_RECVTOS = 13;
    public static final int IP_PMTUDISC_DONT = 0;

    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_MTU_DISCOVER = 23;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_RECVPKTINFO = 49;
    public static final int IPV6_PKTINFO = 50;
    public static final int IPV6_RECVTCLASS = 66;
    public static final int IPV6_TCLASS = 67;

    public static final int SOL_UDP = 17;
    public static final int UDP_SEGMENT = 103;
    public static final int UDP_GRO = 104;

    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_DONTWAIT = 0x40;

    private static final short POLLOUT = 4;

    private static final MethodHandle SOCKET = Native.function("socket");
    private static final MethodHandle BIND = Native.function("bind");
    private static final MethodHandle CLOSE = Native.function("close");
    private static final MethodHandle GETSOCKNAME = Native.function("getsockname");
    private static final MethodHandle SETSOCKOPT = Native.function("setsockopt");
    private static final MethodHandle GETSOCKOPT = Native.function("getsockopt");
    private static final MethodHandle RECVMMSG = Native.function("recvmmsg");
    private static final MethodHandle SENDMMSG = Native.function("sendmmsg");
    private static final MethodHandle SEND = Native.function("send");
    private static final MethodHandle RECV = Native.function("recv");
    private static final MethodHandle POLL = Native.function("poll");

    /** Room for the small structures of calls that are not on the data path. */
    private static final ThreadLocal<MemorySegment> SCRATCH = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(64, 8));

    private Sockets() {}

    /** socket(2): a file descriptor, or {@code -errno}. */
    public static int socket(int domain, int type, int protocol) {
        return Native.call(SOCKET, domain, type, protocol);
    }

    /** bind(2) to the {@code length} bytes of socket address at {@code address}. */
    public static int bind(int fd, long address, int length) {
        return Native.call(BIND, fd, address, length);
    }

    /** close(2). The descriptor is gone whatever the result. */
    public static int close(int fd) {
        return Native.call(CLOSE, fd, 0, 0);
    }

    /** The port that an IPv4 or IPv6 socket is bound to. */
    public static int localPort(int fd) {
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 48, 48);
        final int r = Native.call(GETSOCKNAME, fd, scratch.address(), scratch.address() + 48);
        final int port = (scratch.get(ValueLayout.JAVA_BYTE, 2) & 0xff) << 8 | scratch.get(ValueLayout.JAVA_BYTE, 3) & 0xff;
        return r < 0 ? r : port;
    }

    /** setsockopt(2) of an {@code int}. */
    public static int setOption(int fd, int level, int option, int value) {
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, value);
        return Native.call(SETSOCKOPT, fd, level, option, scratch.address(), 4, 0);
    }

    /** getsockopt(2) of an {@code int} that is never negative; {@code -errno} on failure. */
    public static int option(int fd, int level, int option) {
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, 0);
        scratch.set(ValueLayout.JAVA_INT, 8, 4);
        final int r = Native.call(GETSOCKOPT, fd, level, option, scratch.address(), scratch.address() + 8, 0);
        return r < 0 ? r : scratch.get(ValueLayout.JAVA_INT, 0);
    }

    /** recvmmsg(2) without a timeout: how many of the {@code count} {@code mmsghdr} at {@code messages} were filled. */
    public static int recvmmsg(int fd, long messages, int count, int flags) {
        return Native.call(RECVMMSG, fd, messages, count, flags, 0L, 0);
    }

    /** sendmmsg(2): how many of the {@code count} {@code mmsghdr} at {@code messages} were sent; an error only for the first. */
    public static int sendmmsg(int fd, long messages, int count, int flags) {
        return Native.call(SENDMMSG, fd, messages, count, flags, 0, 0);
    }

    /** send(2) of {@code length} bytes. */
    public static int send(int fd, long address, int length, int flags) {
        return (int) Native.callLong(SEND, fd, address, length, flags, 0, 0);
    }

    /** recv(2) into {@code length} bytes. */
    public static int recv(int fd, long address, int length, int flags) {
        return (int) Native.callLong(RECV, fd, address, length, flags, 0, 0);
    }

    /** Blocks until {@code fd} can be written or {@code timeoutMs} have passed: 1 when it can, 0 when not. */
    public static int awaitWritable(int fd, int timeoutMs) {
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, fd);
        scratch.set(ValueLayout.JAVA_SHORT, 4, POLLOUT);
        scratch.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
        return Native.call(POLL, scratch.address(), 1, timeoutMs);
    }
}
