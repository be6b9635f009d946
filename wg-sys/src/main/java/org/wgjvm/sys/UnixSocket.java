package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Calls on stream sockets known by their file descriptor, which the JDK's channels can neither take over nor give away. */
public final class UnixSocket {
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RDWR = 2;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int PATH_BYTES = 108;
    private static final int CHUNK_BYTES = 16 * 1024;

    private static final MethodHandle ACCEPT4 = Native.function("accept4");
    private static final MethodHandle RECV = Native.function("recv");
    private static final MethodHandle SEND = Native.function("send");
    private static final MethodHandle SHUTDOWN = Native.function("shutdown");
    private static final MethodHandle LISTEN = Native.function("listen");
    private static final MethodHandle POLL = Native.function("poll");

    private UnixSocket() {}

    /** A socket that listens at {@code path}, where nothing is yet; its file has the mode that the umask leaves. Non-blocking. */
    public static int listen(String path, int backlog) throws IOException {
        final byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new IOException(path + ": a path of a socket is shorter than " + PATH_BYTES + " bytes");
        }
        final int fd = Sockets.socket(AF_UNIX, SOCK_STREAM | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK, 0);
        if (fd < 0) {
            throw Errno.failure("socket", fd);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(2 + PATH_BYTES, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int result = Sockets.bind(fd, address.address(), (int) address.byteSize());
            if (result == 0) {
                result = Native.call(LISTEN, fd, backlog, 0);
            }
            if (result == 0) {
                return fd;
            }
            Sockets.close(fd);
            throw Errno.failure("listen at " + path, result);
        }
    }

    /**
     * Waits until the listening socket {@code fd} has a connection, or until {@code wakeFd}, an eventfd, is counted up.
     *
     * @return whether there is a connection, which somebody else may still take
     */
    public static boolean awaitConnection(int fd, int wakeFd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment two = arena.allocate(16, 8);
            two.set(Native.INT, 0, fd);
            two.set(Native.INT, 4, FileDescriptors.POLLIN);
            two.set(Native.INT, 8, wakeFd);
            two.set(Native.INT, 12, FileDescriptors.POLLIN);
            final int result = Native.call(POLL, two.address(), 2, -1);
            if (result < 0) {
                check("poll", result);
            }
            return result > 0 && two.get(Native.INT, 4) >>> 16 != 0;
        }
    }

    /** Takes a connection of the non-blocking listening socket {@code fd}: its descriptor, or {@code -EAGAIN} when there is none. */
    public static int accept(int fd) throws IOException {
        for (;;) {
            final int result = Native.call(ACCEPT4, fd, 0, 0, SOCK_CLOEXEC, 0, 0);
            if (result >= 0 || result == -Errno.EAGAIN) {
                return result;
            }
            check("accept", result);
        }
    }

    /** Reads what there is, at least one byte; -1 at the end. */
    public static int read(int fd, ByteBuffer into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final int wanted = Math.min(into.remaining(), CHUNK_BYTES);
            final MemorySegment chunk = arena.allocate(Math.max(1, wanted));
            for (;;) {
                final long result = Native.callLong(RECV, fd, chunk.address(), wanted, 0, 0, 0);
                if (result >= 0) {
                    into.put(chunk.asSlice(0, result).asByteBuffer());
                    chunk.fill((byte) 0);
                    return result == 0 && wanted > 0 ? -1 : (int) result;
                }
                check("recv", (int) result);
            }
        }
    }

    /** Writes some of {@code from}; returns how many bytes. */
    public static int write(int fd, ByteBuffer from) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final int length = Math.min(from.remaining(), CHUNK_BYTES);
            final MemorySegment chunk = arena.allocate(Math.max(1, length));
            for (int i = 0; i < length; i++) {
                chunk.set(ValueLayout.JAVA_BYTE, i, from.get(from.position() + i));
            }
            for (;;) {
                final long result = Native.callLong(SEND, fd, chunk.address(), length, MSG_NOSIGNAL, 0, 0);
                if (result >= 0) {
                    from.position(from.position() + (int) result);
                    chunk.fill((byte) 0);
                    return (int) result;
                }
                check("send", (int) result);
            }
        }
    }

    /** Ends both directions, which wakes whoever waits on {@code fd}. What is wrong with it does not matter any more. */
    public static void shutdown(int fd) {
        final int ignored = Native.call(SHUTDOWN, fd, SHUT_RDWR, 0);
    }

    private static void check(String call, int result) throws IOException {
        if (result != -Errno.EINTR) {
            throw Errno.failure(call, result);
        }
    }
}
