package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LargeMemoryTest {
    @ParameterizedTest
    @ValueSource(longs = {4096, (2L << 20) - 8, 2L << 20, (5L << 20) + 8})
    void itIsZeroCanBeWrittenToItsEndAndEndsWithItsArena(long bytes) {
        final MemorySegment memory;
        try (Arena arena = Arena.ofConfined()) {
            memory = LargeMemory.allocate(bytes, arena);
            assertEquals(bytes, memory.byteSize());
            assertEquals(0, memory.address() & 63);
            for (long at = 0; at < bytes; at += 8) {
                assertEquals(0L, memory.get(ValueLayout.JAVA_LONG, at));
                memory.set(ValueLayout.JAVA_LONG, at, at);
            }
            assertEquals(bytes - 8, memory.get(ValueLayout.JAVA_LONG, bytes - 8));
        }
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_LONG, 0));
    }
}
