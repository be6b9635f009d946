package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class FileDescriptorsTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(64, 8);

    @Test
    void failuresAreNegativeErrorNumbers() {
        assertEquals(-Errno.ENOENT, FileDescriptors.open("/nowhere/nothing", FileDescriptors.O_RDONLY));
        assertEquals(-Errno.EBADF, FileDescriptors.close(-1));
        assertEquals(-Errno.EBADF, FileDescriptors.read(-1, memory.address(), 8));
        assertEquals(-Errno.EBADF, FileDescriptors.write(-1, memory.address(), 8));
        assertEquals(-Errno.EBADF, FileDescriptors.ioctl(-1, 0, memory));
        assertEquals(-Errno.EBADF, FileDescriptors.setNonBlocking(-1, true));
    }

    @Test
    void anEventCounterIsPolledReadAndWritten() {
        final int fd = FileDescriptors.eventfd(0, FileDescriptors.EFD_CLOEXEC | FileDescriptors.EFD_NONBLOCK);
        assertTrue(fd >= 0);
        assertEquals(0, FileDescriptors.poll(fd, FileDescriptors.POLLIN, 0));
        assertEquals(-Errno.EAGAIN, FileDescriptors.read(fd, memory.address(), 8));
        memory.set(ValueLayout.JAVA_LONG, 0, 5);
        assertEquals(8, FileDescriptors.write(fd, memory.address(), 8));
        final int twin = FileDescriptors.dup(fd);
        assertEquals(FileDescriptors.POLLIN, FileDescriptors.poll(twin, FileDescriptors.POLLIN, -1));
        assertEquals(0, FileDescriptors.close(twin));
        assertEquals(8, FileDescriptors.read(fd, memory.address() + 8, 8));
        assertEquals(5, memory.get(ValueLayout.JAVA_LONG, 8));
        assertEquals(0, FileDescriptors.close(fd));
    }

    @Test
    void vectorsGatherAndScatter() {
        final int zero = FileDescriptors.open("/dev/zero", FileDescriptors.O_RDWR | FileDescriptors.O_CLOEXEC);
        memory.fill((byte) 7);
        final IoVector vector = new IoVector(2);
        vector.set(0, memory.address() + 4, 3);
        vector.set(1, memory.address() + 20, 5);
        assertEquals(8, FileDescriptors.writev(zero, vector, 2));
        assertEquals(8, FileDescriptors.readv(zero, vector, 2));
        for (int i = 0; i < 64; i++) {
            final boolean within = i >= 4 && i < 7 || i >= 20 && i < 25;
            assertEquals(within ? 0 : 7, memory.get(ValueLayout.JAVA_BYTE, i), "byte " + i);
        }
        FileDescriptors.close(zero);
    }

    @Test
    void umaskGivesTheMaskBefore() {
        final int before = FileDescriptors.umask(0077);
        assertEquals(0077, FileDescriptors.umask(before));
    }
}
