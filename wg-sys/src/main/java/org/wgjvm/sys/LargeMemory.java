package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory for tables of many megabytes: zeros that take no room until they are touched, and huge pages where the kernel has them, because a
 * lookup at a random place otherwise costs a miss of the address translation besides that of the cache.
 */
public final class LargeMemory {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final int MADV_HUGEPAGE = 14;
    private static final long HUGE_PAGE = 2L << 20;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle MMAP = Native.downcall(
            "mmap",
            FunctionDescriptor.of(Native.POINTER, Native.POINTER, Native.LONG, Native.INT, Native.INT, Native.INT, Native.LONG));
    private static final MethodHandle MUNMAP =
            Native.downcall("munmap", FunctionDescriptor.of(Native.INT, Native.POINTER, Native.LONG));
    private static final MethodHandle MADVISE =
            Native.downcall("madvise", FunctionDescriptor.of(Native.INT, Native.POINTER, Native.LONG, Native.INT));

    private LargeMemory() {}

    /**
     * {@code bytes} bytes of zeros, aligned to a cache line at least, until {@code arena} is closed or forgotten.
     *
     * @throws OutOfMemoryError if the kernel gives no address space
     */
    public static MemorySegment allocate(long bytes, Arena arena) {
        final boolean huge = bytes >= HUGE_PAGE;
        // Room to begin at the border of a huge page.
        final long mapped = huge ? bytes + HUGE_PAGE : bytes;
        final MemorySegment capture = Native.errnoCapture();
        try {
            final MemorySegment at = (MemorySegment) MMAP.invokeExact(
                    capture, MemorySegment.NULL, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (at.address() == MAP_FAILED) {
                throw new OutOfMemoryError("mmap of " + mapped + " bytes: errno " + Native.errno(capture));
            }
            final long begin = huge ? at.address() + HUGE_PAGE - 1 & -HUGE_PAGE : at.address();
            if (huge) {
                // Only advice: without huge pages it works as well, a little slower.
                final int ignored = (int) MADVISE.invokeExact(capture, MemorySegment.ofAddress(begin), bytes, MADV_HUGEPAGE);
            }
            final long mapping = at.address();
            return MemorySegment.ofAddress(begin).reinterpret(bytes, arena, segment -> unmap(mapping, mapped));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    private static void unmap(long address, long bytes) {
        try {
            final int ignored = (int) MUNMAP.invokeExact(Native.errnoCapture(), MemorySegment.ofAddress(address), bytes);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
