package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptors through a socket, and a process that inherits one. */
@Timeout(60)
final class PassedDescriptorsTest {
    private static final int F_GETFD = 1;
    private static final int FD_CLOEXEC = 1;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private static String readAll(int fd) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (UnixSocket.read(fd, buffer) >= 0) {
            assertTrue(buffer.hasRemaining());
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void severalDescriptorsArriveInOrderAndAreClosedOnExec() throws IOException {
        final int[] way = PassedDescriptors.pair();
        final int[] first = PassedDescriptors.pair();
        final int[] second = PassedDescriptors.pair();
        PassedDescriptors.send(way[0], 'F', first[0], second[0]);
        final int[] arrived = PassedDescriptors.receive(way[1], 'F');
        assertEquals(2, arrived.length);
        UnixSocket.write(arrived[0], ByteBuffer.wrap("one".getBytes(StandardCharsets.UTF_8)));
        UnixSocket.write(arrived[1], ByteBuffer.wrap("two".getBytes(StandardCharsets.UTF_8)));
        for (int fd : new int[] {first[0], second[0], arrived[0], arrived[1]}) {
            assertEquals(FD_CLOEXEC, FileDescriptors.fcntl(fd, F_GETFD, 0));
            FileDescriptors.close(fd);
        }
        assertEquals("one", readAll(first[1]));
        assertEquals("two", readAll(second[1]));
        for (int fd : new int[] {way[0], way[1], first[1], second[1]}) {
            FileDescriptors.close(fd);
        }
    }

    @Test
    void anotherByteOrNobodyThereIsAFailure() throws IOException {
        final int[] way = PassedDescriptors.pair();
        PassedDescriptors.send(way[0], 'X');
        assertThrows(IOException.class, () -> PassedDescriptors.receive(way[1], 'F'));
        FileDescriptors.close(way[0]);
        assertThrows(IOException.class, () -> PassedDescriptors.receive(way[1], 'F'));
        assertThrows(IOException.class, () -> PassedDescriptors.send(way[1], 'F'));
        FileDescriptors.close(way[1]);
    }

    /** What this process has open besides is not there, and the environment is the one given. */
    @Test
    void aProcessInheritsOneDescriptorAndNothingElse() throws IOException {
        final int[] way = PassedDescriptors.pair();
        final int leak = FileDescriptors.open("/proc/version", FileDescriptors.O_RDONLY);
        final String script = "echo $GREETING >&3; ls -l /proc/$$/fd >&3; cat >&3";
        final int pid = ProcessStart.start(List.of("/bin/sh", "-c", script), List.of("GREETING=hello", "PATH=/usr/bin:/bin"), way[1]);
        FileDescriptors.close(way[1]);
        final String said = readAll(way[0]);
        final long giveUpNs = System.nanoTime() + PATIENCE_NS;
        while (!ProcessStart.hasEnded(pid)) {
            assertTrue(System.nanoTime() < giveUpNs);
            Thread.onSpinWait();
        }
        FileDescriptors.close(leak);
        FileDescriptors.close(way[0]);
        assertTrue(said.startsWith("hello\n"), said);
        assertTrue(said.contains(" 0 -> /dev/null") && said.contains(" 3 -> socket:"), said);
        assertTrue(leak > 0 && !said.contains("/proc/version"), said);
    }

    @Test
    void whatCannotBeStartedIsSaidAndWhatHangsIsKilled() throws IOException {
        final int[] way = PassedDescriptors.pair();
        final IOException e =
                assertThrows(IOException.class, () -> ProcessStart.start(List.of("/nowhere/to/be/found"), List.of(), way[1]));
        assertEquals("cannot start a process: /nowhere/to/be/found: no such file or directory (ENOENT)", e.getMessage());
        final int pid = ProcessStart.start(List.of("/bin/sh", "-c", "sleep 1000"), List.of("PATH=/usr/bin:/bin"), way[1]);
        assertTrue(Files.exists(Path.of("/proc/" + pid)));
        FileDescriptors.close(way[1]);
        ProcessStart.kill(pid);
        assertEquals("", readAll(way[0]));
        final long giveUpNs = System.nanoTime() + PATIENCE_NS;
        while (!ProcessStart.hasEnded(pid)) {
            assertTrue(System.nanoTime() < giveUpNs);
            Thread.onSpinWait();
        }
        FileDescriptors.close(way[0]);
    }
}
