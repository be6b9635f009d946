package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;

import java.lang.foreign.Arena;
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

    private static final MethodHandle OPEN = Native.function("open");
    private static final MethodHandle CLOSE = Native.function("close");
    private static final MethodHandle READ = Native.function("read");
    private static final MethodHandle WRITE = Native.function("write");
    private static final MethodHandle READV = Native.function("readv");
    private static final MethodHandle WRITEV = Native.function("writev");
    private static final MethodHandle FCNTL = Native.function("fcntl");
    private static final MethodHandle IOCTL = Native.function("ioctl");
    private static final MethodHandle POLL = Native.function("poll");
    private static final MethodHandle EVENTFD = Native.function("eventfd");
    private static final MethodHandle UMASK = Native.function("umask");
    private static final MethodHandle SETNS = Native.function("setns");

    private FileDescriptors() {}

    /** open(2). Returns the descriptor. Creates nothing, so there is no mode. */
    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return Native.call(OPEN, arena.allocateFrom(path).address(), flags, 0);
        }
    }

    /** close(2). Never to be repeated, whatever it returns. */
    public static int close(int fd) {
        return Native.call(CLOSE, fd, 0, 0);
    }

    /** read(2) of at most {@code length} bytes to {@code address}. */
    public static long read(int fd, long address, long length) {
        return Native.callLong(READ, fd, address, length);
    }

    /** write(2) of {@code length} bytes at {@code address}. */
    public static long write(int fd, long address, long length) {
        return Native.callLong(WRITE, fd, address, length);
    }

    /** readv(2) into the first {@code count} elements of {@code vector}. */
    public static long readv(int fd, IoVector vector, int count) {
        return Native.callLong(READV, fd, vector.addressOf(count), count);
    }

    /** writev(2) of the first {@code count} elements of {@code vector}. */
    public static long writev(int fd, IoVector vector, int count) {
        return Native.callLong(WRITEV, fd, vector.addressOf(count), count);
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
        return Native.call(FCNTL, fd, command, argument);
    }

    /** ioctl(2) with an integer argument. */
    public static int ioctl(int fd, long request, long argument) {
        return Native.call(IOCTL, fd, request, argument);
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
            final int result = Native.call(POLL, pollfd.address(), 1, timeoutMs);
            return result < 0 ? result : pollfd.get(INT, 4) >>> 16;
        }
    }

    /** eventfd(2): a counter that a poll can wait for. */
    public static int eventfd(int initial, int flags) {
        return Native.call(EVENTFD, initial, flags, 0);
    }

    /** Counts an eventfd up by one. */
    public static void signal(int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment one = arena.allocate(8, 8);
            one.set(Native.LONG, 0, 1);
            write(eventfd, one.address(), 8);
        }
    }

    /** umask(2) of the whole process. Returns the mask before. */
    public static int umask(int mask) {
        return Native.call(UMASK, mask, 0, 0);
    }

    /** setns(2): moves the calling thread, and only it, to another namespace. See {@link NetworkNamespace} for the safe way. */
    static int setns(int fd, int type) {
        return Native.call(SETNS, fd, type, 0);
    }
}
