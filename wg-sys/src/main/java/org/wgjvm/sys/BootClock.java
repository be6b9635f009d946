package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * CLOCK_BOOTTIME: it never goes back, and unlike {@link System#nanoTime()} it counts on while the host sleeps, so that sessions are as old
 * after a suspend as they are for the other side. One instance belongs to one thread.
 */
public final class BootClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final MethodHandle CLOCK_GETTIME = handle();

    private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

    /** A clock for the calling thread. */
    public BootClock() {}

    /** Nanoseconds since boot; where the system has no such clock, {@link System#nanoTime()}. */
    public long nowNs() {
        if (CLOCK_GETTIME == null) {
            return System.nanoTime();
        }
        try {
            if ((int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, timespec) != 0) {
                return System.nanoTime();
            }
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
        return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + timespec.get(ValueLayout.JAVA_LONG, 8);
    }

    private static MethodHandle handle() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return null;
        }
        final Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("clock_gettime").orElseThrow(),
                FunctionDescriptor.of(Native.INT, Native.INT, Native.POINTER),
                Linker.Option.critical(false));
    }
}
