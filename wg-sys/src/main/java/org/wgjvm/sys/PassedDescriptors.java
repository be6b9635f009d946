package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;
import static org.wgjvm.sys.Native.LONG;
import static org.wgjvm.sys.Native.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** A pair of connected unix sockets, and file descriptors that travel through one (unix(7), {@code SCM_RIGHTS}). */
public final class PassedDescriptors {
    /** Most descriptors in one message. */
    public static final int MAX = 16;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 0x8;

    private static final int MSGHDR_BYTES = 56;
    private static final int CMSG_HEADER_BYTES = 16;
    private static final int CONTROL_BYTES = CMSG_HEADER_BYTES + MAX * 4;

    private static final MethodHandle SOCKETPAIR = Native.function("socketpair");
    private static final MethodHandle SENDMSG = Native.function("sendmsg");
    private static final MethodHandle RECVMSG = Native.function("recvmsg");

    private PassedDescriptors() {}

    /** Two connected stream sockets, closed on exec. */
    public static int[] pair() throws IOException {
        return pair(SOCK_STREAM);
    }

    /** Two connected sockets that keep messages apart, closed on exec, which do not block. */
    public static int[] pairOfMessages() throws IOException {
        return pair(SOCK_SEQPACKET | FileDescriptors.O_NONBLOCK);
    }

    private static int[] pair(int type) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment two = arena.allocate(8, 4);
            final int result = Native.call(SOCKETPAIR, AF_UNIX, type | Sockets.SOCK_CLOEXEC, 0, two.address(), 0, 0);
            if (result < 0) {
                throw Errno.failure("socketpair", result);
            }
            return new int[] {two.get(INT, 0), two.get(INT, 4)};
        }
    }

    /** Sends one byte, and with it duplicates of {@code descriptors}, at most {@value #MAX}. */
    public static void send(int socket, int value, int... descriptors) throws IOException {
        if (descriptors.length > MAX) {
            throw new IllegalArgumentException(descriptors.length + " descriptors");
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment message = message(arena, (byte) value, CMSG_HEADER_BYTES + descriptors.length * 4L);
            final MemorySegment control = message.get(POINTER, 32).reinterpret(CONTROL_BYTES);
            control.set(LONG, 0, CMSG_HEADER_BYTES + descriptors.length * 4L);
            control.set(INT, 8, SOL_SOCKET);
            control.set(INT, 12, SCM_RIGHTS);
            MemorySegment.copy(descriptors, 0, control, INT, CMSG_HEADER_BYTES, descriptors.length);
            int result;
            do {
                result = (int) Native.callLong(SENDMSG, socket, message.address(), MSG_NOSIGNAL);
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw Errno.failure("sendmsg", result);
            }
        }
    }

    /**
     * Receives the byte {@code value} and what came with it; blocks.
     *
     * @return descriptors of this process now, closed on exec
     * @throws IOException at the end, for another byte, or when some could not be received
     */
    public static int[] receive(int socket, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment message = message(arena, (byte) 0, CONTROL_BYTES);
            int result;
            do {
                result = (int) Native.callLong(RECVMSG, socket, message.address(), MSG_CMSG_CLOEXEC);
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw Errno.failure("recvmsg", result);
            }
            final int[] received = received(message);
            final byte first = message.get(POINTER, 16).reinterpret(16).get(POINTER, 0).reinterpret(1).get(ValueLayout.JAVA_BYTE, 0);
            final boolean all = (message.get(INT, 48) & MSG_CTRUNC) == 0;
            if (result == 0 || first != (byte) value || !all) {
                Arrays.stream(received).forEach(FileDescriptors::close);
                throw new IOException(result == 0 ? "the other side is gone" : all ? "no descriptors came" : "not all descriptors came");
            }
            return received;
        }
    }

    private static int[] received(MemorySegment message) {
        final long controlBytes = message.get(LONG, 40);
        final MemorySegment control = message.get(POINTER, 32).reinterpret(CONTROL_BYTES);
        if (controlBytes < CMSG_HEADER_BYTES || control.get(INT, 8) != SOL_SOCKET || control.get(INT, 12) != SCM_RIGHTS) {
            return new int[0];
        }
        final int count = (int) (Math.min(control.get(LONG, 0), controlBytes) - CMSG_HEADER_BYTES) / 4;
        return control.asSlice(CMSG_HEADER_BYTES, count * 4L).toArray(INT);
    }

    /** A {@code struct msghdr} of one byte and room for control data. */
    private static MemorySegment message(Arena arena, byte value, long controlBytes) {
        final MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        final MemorySegment vector = arena.allocate(16, 8);
        final MemorySegment one = arena.allocate(1);
        one.set(ValueLayout.JAVA_BYTE, 0, value);
        vector.set(POINTER, 0, one);
        vector.set(LONG, 8, 1);
        message.set(POINTER, 16, vector);
        message.set(LONG, 24, 1);
        message.set(POINTER, 32, arena.allocate(CONTROL_BYTES, 8));
        message.set(LONG, 40, controlBytes);
        return message;
    }
}
