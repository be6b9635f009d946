package org.wgjvm.sys;

import java.lang.foreign.Arena;
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

    private static final MethodHandle MMAP = Native.function("mmap");
    private static final MethodHandle MUNMAP = Native.function("munmap");
    private static final MethodHandle MADVISE = Native.function("madvise");

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
        final long at = Native.callLong(MMAP, 0, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (at < 0) {
            throw new OutOfMemoryError("mmap of " + mapped + " bytes: " + Errno.failure("mmap", (int) at).getMessage());
        }
        final long begin = huge ? at + HUGE_PAGE - 1 & -HUGE_PAGE : at;
        if (huge) {
            // Only advice: without huge pages it works as well, a little slower.
            Native.call(MADVISE, begin, bytes, MADV_HUGEPAGE);
        }
        return MemorySegment.ofAddress(begin).reinterpret(bytes, arena, segment -> Native.call(MUNMAP, at, mapped, 0));
    }
}
