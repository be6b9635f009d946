package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
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

    private static final MethodHandle ACCEPT4 =
            Native.downcall("accept4", FunctionDescriptor.of(Native.INT, Native.INT, Native.POINTER, Native.POINTER, Native.INT));
    private static final MethodHandle RECV =
            Native.downcall("recv", FunctionDescriptor.of(Native.LONG, Native.INT, Native.POINTER, Native.LONG, Native.INT));
    private static final MethodHandle SEND =
            Native.downcall("send", FunctionDescriptor.of(Native.LONG, Native.INT, Native.POINTER, Native.LONG, Native.INT));
    private static final MethodHandle SHUTDOWN = Native.downcall("shutdown", FunctionDescriptor.of(Native.INT, Native.INT, Native.INT));

    private UnixSocket() {}

    /** Waits for a connection to the listening socket {@code fd}; returns its descriptor. */
    public static int accept(int fd) throws IOException {
        final MemorySegment capture = Native.errnoCapture();
        for (;;) {
            final int result;
            try {
                result = (int) ACCEPT4.invokeExact(capture, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC);
            } catch (Throwable t) {
                throw Native.unexpected(t);
            }
            if (result >= 0) {
                return result;
            }
            check("accept", capture);
        }
    }

    /** Reads what there is, at least one byte; -1 at the end. */
    public static int read(int fd, ByteBuffer into) throws IOException {
        final MemorySegment capture = Native.errnoCapture();
        try (Arena arena = Arena.ofConfined()) {
            final int wanted = Math.min(into.remaining(), CHUNK_BYTES);
            final MemorySegment chunk = arena.allocate(Math.max(1, wanted));
            for (;;) {
                final long result;
                try {
                    result = (long) RECV.invokeExact(capture, fd, chunk, (long) wanted, 0);
                } catch (Throwable t) {
                    throw Native.unexpected(t);
                }
                if (result >= 0) {
                    into.put(chunk.asSlice(0, result).asByteBuffer());
                    chunk.fill((byte) 0);
                    return result == 0 && wanted > 0 ? -1 : (int) result;
                }
                check("recv", capture);
            }
        }
    }

    /** Writes some of {@code from}; returns how many bytes. */
    public static int write(int fd, ByteBuffer from) throws IOException {
        final MemorySegment capture = Native.errnoCapture();
        try (Arena arena = Arena.ofConfined()) {
            final int length = Math.min(from.remaining(), CHUNK_BYTES);
            final MemorySegment chunk = arena.allocate(Math.max(1, length));
            for (int i = 0; i < length; i++) {
                chunk.set(ValueLayout.JAVA_BYTE, i, from.get(from.position() + i));
            }
            for (;;) {
                final long result;
                try {
                    result = (long) SEND.invokeExact(capture, fd, chunk, (long) length, MSG_NOSIGNAL);
                } catch (Throwable t) {
                    throw Native.unexpected(t);
                }
                if (result >= 0) {
                    from.position(from.position() + (int) result);
                    chunk.fill((byte) 0);
                    return (int) result;
                }
                check("send", capture);
            }
        }
    }

    /** Ends both directions, which wakes whoever waits on {@code fd}. What is wrong with it does not matter any more. */
    public static void shutdown(int fd) {
        try {
            final int ignored = (int) SHUTDOWN.invokeExact(Native.errnoCapture(), fd, SHUT_RDWR);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    private static void check(String call, MemorySegment capture) throws IOException {
        final int errno = Native.errno(capture);
        if (errno != Errno.EINTR) {
            throw Errno.failure(call, -errno);
        }
    }
}
