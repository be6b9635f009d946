package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiver is written anew here, from unix(7), since the JDK has no datagram sockets of this family. */
final class NotifySocketTest {
    private static final MethodHandle SOCKET = Native.function("socket");
    private static final MethodHandle BIND = Native.function("bind");

    @TempDir
    Path directory;

    private static int receiver(String name) {
        final int fd = Native.call(SOCKET, 1, 2 | FileDescriptors.O_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(110, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                address.set(ValueLayout.JAVA_BYTE, 2 + i, i == 0 && bytes[0] == '@' ? 0 : bytes[i]);
            }
            assertEquals(0, Native.call(BIND, fd, address.address(), 2 + bytes.length));
        }
        return fd;
    }

    private static String receive(int fd) {
        assertEquals(FileDescriptors.POLLIN, FileDescriptors.poll(fd, FileDescriptors.POLLIN, 10_000));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment into = arena.allocate(256);
            final int length = (int) FileDescriptors.read(fd, into.address(), 256);
            return new String(into.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("try")
    void messagesArriveWhole(boolean inNameSpace) throws Throwable {
        final String name = inNameSpace ? "@wgjvm-test-" + ProcessHandle.current().pid() : directory.resolve("notify").toString();
        final int fd = receiver(name);
        try (NotifySocket socket = NotifySocket.to(name)) {
            assertEquals(0, socket.send("READY=1\nSTATUS=up"));
            assertEquals(0, socket.send("WATCHDOG=1"));
            assertEquals("READY=1\nSTATUS=up", receive(fd));
            assertEquals("WATCHDOG=1", receive(fd));
            socket.close();
            assertTrue(socket.send("WATCHDOG=1") < 0);
        } finally {
            FileDescriptors.close(fd);
        }
    }

    @Test
    void nobodyThereIsAnErrorAndNoException() throws Exception {
        try (NotifySocket socket = NotifySocket.to(directory.resolve("nobody").toString())) {
            assertTrue(socket.send("READY=1") < 0);
        }
    }

    @Test
    void aFullReceiverIsNotWaitedFor() throws Throwable {
        final String name = "@wgjvm-full-" + ProcessHandle.current().pid();
        final int fd = receiver(name);
        try (NotifySocket socket = NotifySocket.to(name)) {
            int sent = 0;
            while (socket.send("WATCHDOG=1") == 0) {
                assertTrue(++sent < 1_000_000, "never full");
            }
        } finally {
            FileDescriptors.close(fd);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "/", "relative", "vsock:2:1", "host:1"})
    void whatIsNoAddressIsRefused(String name) {
        assertThrows(IOException.class, () -> NotifySocket.to(name));
        assertThrows(IOException.class, () -> NotifySocket.to("/" + "x".repeat(107)));
    }
}
