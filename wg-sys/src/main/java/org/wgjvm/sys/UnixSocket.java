package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/** Blocking calls on stream sockets known by their file descriptor, which the JDK's channels cannot take over. */
public final class UnixSocket {
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RDWR = 2;
    private static final int CHUNK_BYTES = 16 * 1024;

    private static final MethodHandle ACCEPT4 = Native.function("accept4");
    private static final MethodHandle RECV = Native.function("recv");
    private static final MethodHandle SEND = Native.function("send");
    private static final MethodHandle SHUTDOWN = Native.function("shutdown");

    private UnixSocket() {}

    /** Waits for a connection to the listening socket {@code fd}; returns its descriptor. */
    public static int accept(int fd) throws IOException {
        for (;;) {
            final int result = Native.call(ACCEPT4, fd, 0, 0, SOCK_CLOEXEC, 0, 0);
            if (result >= 0) {
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
