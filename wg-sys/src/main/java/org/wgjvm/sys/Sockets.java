package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;
import static org.wgjvm.sys.Native.LONG;
import static org.wgjvm.sys.Native.downcall;
import static org.wgjvm.sys.Native.errno;
import static org.wgjvm.sys.Native.errnoCapture;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
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

    private static final MethodHandle SOCKET = downcall("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = downcall("bind", FunctionDescriptor.of(INT, INT, LONG, INT));
    private static final MethodHandle CLOSE = downcall("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle GETSOCKNAME = downcall("getsockname", FunctionDescriptor.of(INT, INT, LONG, LONG));
    private static final MethodHandle SETSOCKOPT = downcall("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, LONG, INT));
    private static final MethodHandle GETSOCKOPT = downcall("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, LONG, LONG));
    private static final MethodHandle RECVMMSG = downcall("recvmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT, LONG));
    private static final MethodHandle SENDMMSG = downcall("sendmmsg", FunctionDescriptor.of(INT, INT, LONG, INT, INT));
    private static final MethodHandle SEND = downcall("send", FunctionDescriptor.of(LONG, INT, LONG, LONG, INT));
    private static final MethodHandle RECV = downcall("recv", FunctionDescriptor.of(LONG, INT, LONG, LONG, INT));
    private static final MethodHandle POLL = downcall("poll", FunctionDescriptor.of(INT, LONG, LONG, INT));

    /** Room for the small structures of calls that are not on the data path. */
    private static final ThreadLocal<MemorySegment> SCRATCH = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(64, 8));

    private Sockets() {}

    /** socket(2): a file descriptor, or {@code -errno}. */
    public static int socket(int domain, int type, int protocol) {
        final MemorySegment capture = errnoCapture();
        try {
            final int r = (int) SOCKET.invokeExact(capture, domain, type, protocol);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** bind(2) to the {@code length} bytes of socket address at {@code address}. */
    public static int bind(int fd, long address, int length) {
        final MemorySegment capture = errnoCapture();
        try {
            final int r = (int) BIND.invokeExact(capture, fd, address, length);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** close(2). The descriptor is gone whatever the result. */
    public static int close(int fd) {
        final MemorySegment capture = errnoCapture();
        try {
            final int r = (int) CLOSE.invokeExact(capture, fd);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** The port that an IPv4 or IPv6 socket is bound to. */
    public static int localPort(int fd) {
        final MemorySegment capture = errnoCapture();
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 48, 48);
        try {
            final int r = (int) GETSOCKNAME.invokeExact(capture, fd, scratch.address(), scratch.address() + 48);
            final int port = (scratch.get(ValueLayout.JAVA_BYTE, 2) & 0xff) << 8 | scratch.get(ValueLayout.JAVA_BYTE, 3) & 0xff;
            return r < 0 ? -errno(capture) : port;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** setsockopt(2) of an {@code int}. */
    public static int setOption(int fd, int level, int option, int value) {
        final MemorySegment capture = errnoCapture();
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, value);
        try {
            final int r = (int) SETSOCKOPT.invokeExact(capture, fd, level, option, scratch.address(), 4);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** getsockopt(2) of an {@code int} that is never negative; {@code -errno} on failure. */
    public static int option(int fd, int level, int option) {
        final MemorySegment capture = errnoCapture();
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, 0);
        scratch.set(ValueLayout.JAVA_INT, 8, 4);
        try {
            final int r = (int) GETSOCKOPT.invokeExact(capture, fd, level, option, scratch.address(), scratch.address() + 8);
            return r < 0 ? -errno(capture) : scratch.get(ValueLayout.JAVA_INT, 0);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** recvmmsg(2) without a timeout: how many of the {@code count} {@code mmsghdr} at {@code messages} were filled. */
    public static int recvmmsg(int fd, long messages, int count, int flags) {
        final MemorySegment capture = errnoCapture();
        try {
            final int r = (int) RECVMMSG.invokeExact(capture, fd, messages, count, flags, 0L);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** sendmmsg(2): how many of the {@code count} {@code mmsghdr} at {@code messages} were sent; an error only for the first. */
    public static int sendmmsg(int fd, long messages, int count, int flags) {
        final MemorySegment capture = errnoCapture();
        try {
            final int r = (int) SENDMMSG.invokeExact(capture, fd, messages, count, flags);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** send(2) of {@code length} bytes. */
    public static int send(int fd, long address, int length, int flags) {
        final MemorySegment capture = errnoCapture();
        try {
            final long r = (long) SEND.invokeExact(capture, fd, address, (long) length, flags);
            return r < 0 ? -errno(capture) : (int) r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** recv(2) into {@code length} bytes. */
    public static int recv(int fd, long address, int length, int flags) {
        final MemorySegment capture = errnoCapture();
        try {
            final long r = (long) RECV.invokeExact(capture, fd, address, (long) length, flags);
            return r < 0 ? -errno(capture) : (int) r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** Blocks until {@code fd} can be written or {@code timeoutMs} have passed: 1 when it can, 0 when not. */
    public static int awaitWritable(int fd, int timeoutMs) {
        final MemorySegment capture = errnoCapture();
        final MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_INT, 0, fd);
        scratch.set(ValueLayout.JAVA_SHORT, 4, POLLOUT);
        scratch.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
        try {
            final int r = (int) POLL.invokeExact(capture, scratch.address(), 1L, timeoutMs);
            return r < 0 ? -errno(capture) : r;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
