package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;
import static org.wgjvm.sys.Native.LONG;
import static org.wgjvm.sys.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls on file descriptors. All of them return {@code -errno} on failure and nothing here throws because of what the kernel says
 * (see {@link Errno}). Memory of the hot calls is passed by address, so that no slice is allocated; the caller keeps it alive.
 */
public final class FileDescriptors {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    /** {@link #eventfd} flag: non-blocking. */
    public static final int EFD_NONBLOCK = O_NONBLOCK;

    /** {@link #eventfd} flag: closed on exec. */
    public static final int EFD_CLOEXEC = O_CLOEXEC;

    /** {@link #poll} event: readable. */
    public static final int POLLIN = 1;

    /** {@link #poll} event: writable. */
    public static final int POLLOUT = 4;

    /** {@link #poll} event: error, always reported. */
    public static final int POLLERR = 8;

    /** {@link #setns} type: a network namespace. */
    public static final int CLONE_NEWNET = 0x40000000;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private static final MethodHandle OPEN = Native.downcall(
            "open", FunctionDescriptor.of(INT, POINTER, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = Native.downcall("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle READ = Native.downcall("read", FunctionDescriptor.of(LONG, INT, LONG, LONG));
    private static final MethodHandle WRITE = Native.downcall("write", FunctionDescriptor.of(LONG, INT, LONG, LONG));
    private static final MethodHandle READV = Native.downcall("readv", FunctionDescriptor.of(LONG, INT, LONG, INT));
    private static final MethodHandle WRITEV = Native.downcall("writev", FunctionDescriptor.of(LONG, INT, LONG, INT));
    private static final MethodHandle FCNTL = Native.downcall(
            "fcntl", FunctionDescriptor.of(INT, INT, INT, LONG), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = Native.downcall(
            "ioctl", FunctionDescriptor.of(INT, INT, LONG, LONG), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle POLL = Native.downcall("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final MethodHandle EVENTFD = Native.downcall("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle UMASK = Native.downcall("umask", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SETNS = Native.downcall("setns", FunctionDescriptor.of(INT, INT, INT));

    private FileDescriptors() {}

    /** open(2). Returns the descriptor. Creates nothing, so there is no mode. */
    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) OPEN.invokeExact(capture, arena.allocateFrom(path), flags, 0);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** close(2). Never to be repeated, whatever it returns. */
    public static int close(int fd) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) CLOSE.invokeExact(capture, fd);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** read(2) of at most {@code length} bytes to {@code address}. */
    public static long read(int fd, long address, long length) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final long result = (long) READ.invokeExact(capture, fd, address, length);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** write(2) of {@code length} bytes at {@code address}. */
    public static long write(int fd, long address, long length) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final long result = (long) WRITE.invokeExact(capture, fd, address, length);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** readv(2) into the first {@code count} elements of {@code vector}. */
    public static long readv(int fd, IoVector vector, int count) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final long result = (long) READV.invokeExact(capture, fd, vector.address(), count);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** writev(2) of the first {@code count} elements of {@code vector}. */
    public static long writev(int fd, IoVector vector, int count) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final long result = (long) WRITEV.invokeExact(capture, fd, vector.address(), count);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** Sets or clears O_NONBLOCK. */
    public static int setNonBlocking(int fd, boolean nonBlocking) {
        final int flags = fcntl(fd, F_GETFL, 0);
        if (flags < 0) {
            return flags;
        }
        return fcntl(fd, F_SETFL, nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }

    /** A duplicate of {@code fd} that is closed on exec. */
    public static int dup(int fd) {
        return fcntl(fd, F_DUPFD_CLOEXEC, 0);
    }

    /** fcntl(2) with an integer argument. */
    public static int fcntl(int fd, int command, long argument) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) FCNTL.invokeExact(capture, fd, command, argument);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** ioctl(2) with an integer argument. */
    public static int ioctl(int fd, long request, long argument) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) IOCTL.invokeExact(capture, fd, request, argument);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** ioctl(2) with a structure, which the kernel reads or fills. */
    public static int ioctl(int fd, long request, MemorySegment structure) {
        return ioctl(fd, request, structure.address());
    }

    /**
     * Waits for {@code events} on one descriptor for at most {@code timeoutMs} milliseconds, for ever if negative. Returns the events that
     * are ready, 0 after the timeout.
     */
    public static int poll(int fd, int events, int timeoutMs) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(INT, 0, fd);
            pollfd.set(INT, 4, events & 0xffff);
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) POLL.invokeExact(capture, pollfd, 1L, timeoutMs);
            return result < 0 ? -Native.errno(capture) : pollfd.get(INT, 4) >>> 16;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** eventfd(2): a counter that a poll can wait for. */
    public static int eventfd(int initial, int flags) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) EVENTFD.invokeExact(capture, initial, flags);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** umask(2) of the whole process. Returns the mask before. */
    public static int umask(int mask) {
        try {
            return (int) UMASK.invokeExact(Native.errnoCapture(), mask);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** setns(2): moves the calling thread, and only it, to another namespace. See {@link NetworkNamespace} for the safe way. */
    static int setns(int fd, int type) {
        try {
            final MemorySegment capture = Native.errnoCapture();
            final int result = (int) SETNS.invokeExact(capture, fd, type);
            return result < 0 ? -Native.errno(capture) : result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
