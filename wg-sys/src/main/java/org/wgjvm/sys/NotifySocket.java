package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The way to tell a service manager how a service does: datagrams to the unix socket that it names in {@code NOTIFY_SOCKET} (sd_notify(3)),
 * in the file system or, after {@code @}, in the abstract name space. The JDK's unix sockets are streams only. Any thread.
 */
public final class NotifySocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;
    private static final int PATH_BYTES = 108;

    private static final MethodHandle SOCKET = Native.function("socket");
    private static final MethodHandle SENDTO = Native.function("sendto");

    private final int fd;
    private final MemorySegment address;
    private boolean closed;

    private NotifySocket(int fd, MemorySegment address) {
        this.fd = fd;
        this.address = address;
    }

    /**
     * A socket for messages to {@code name}: an absolute path, or {@code @} and an abstract name. Whether anybody listens there is known
     * only when something is sent.
     *
     * @throws IOException when {@code name} is neither or too long
     */
    public static NotifySocket to(String name) throws IOException {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final boolean known = name.length() > 1 && (name.startsWith("/") || name.startsWith("@"));
        if (!known || bytes.length >= PATH_BYTES) {
            throw new IOException("`" + name + "' is not the address of a notification socket");
        }
        final boolean inNameSpace = bytes[0] == '@';
        if (inNameSpace) {
            bytes[0] = 0;
        }
        // An abstract name is as long as the address says; a path ends with a zero byte.
        final MemorySegment address = Arena.ofAuto().allocate(FAMILY_BYTES + bytes.length + (inNameSpace ? 0 : 1), 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, bytes.length);
        final int fd = Native.call(SOCKET, AF_UNIX, SOCK_DGRAM | FileDescriptors.O_CLOEXEC, 0);
        if (fd < 0) {
            throw Errno.failure("open a notification socket", fd);
        }
        return new NotifySocket(fd, address);
    }

    /** Sends one message, {@code NAME=value} lines, without waiting. Returns 0 or {@code -errno}. */
    public synchronized int send(String message) {
        if (closed) {
            return -Errno.EBADF;
        }
        try (Arena arena = Arena.ofConfined()) {
            final byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            final MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            final int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
            final long sent = Native.callLong(SENDTO, fd, text.address(), bytes.length, flags, address.address(), address.byteSize());
            return (int) Math.min(0, sent);
        }
    }

    /** Closes the socket. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            FileDescriptors.close(fd);
        }
    }
}
