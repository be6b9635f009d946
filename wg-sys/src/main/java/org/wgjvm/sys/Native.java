package org.wgjvm.sys;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Calls functions of the C library, with results in the style of {@code -errno} and without a race on {@code errno}.
 *
 * <p>Memory is passed by address: the caller keeps alive what it points to.
 */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private static final FunctionDescriptor SIX_WORDS = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    private Native() {}

    /**
     * A handle for the C function {@code name}, for {@link #call} and {@link #callLong}.
     *
     * <p>All handles have one shape, six words in and one out, because the first of each shape costs milliseconds of every start, and those
     * after it nothing. On Linux, on x86-64 as on AArch64, the first six integers or pointers are in registers (System V psABI, 3.2.3;
     * AAPCS64, 6.4): a parameter that is narrower ignores the rest of its register, a function ignores registers that it has no parameter
     * for, and one with variable arguments finds them in the same places.
     */
    static MethodHandle function(String name) {
        final MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, SIX_WORDS, Linker.Option.captureCallState("errno"));
    }

    /** Calls a function that returns an {@code int}: its result, or {@code -errno}. */
    static int call(MethodHandle function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /** Calls a function that returns an {@code int}: its result, or {@code -errno}. */
    static int call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        final MemorySegment capture = errnoCapture();
        try {
            final int result = (int) (long) function.invokeExact(capture, a, b, c, d, e, f);
            return result < 0 ? -errno(capture) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Calls a function that returns a {@code ssize_t}: its result, or {@code -errno}. */
    static long callLong(MethodHandle function, long a, long b, long c) {
        return callLong(function, a, b, c, 0, 0, 0);
    }

    /** Calls a function that returns a {@code ssize_t}: its result, or {@code -errno}. */
    static long callLong(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        final MemorySegment capture = errnoCapture();
        try {
            final long result = (long) function.invokeExact(capture, a, b, c, d, e, f);
            return result < 0 ? -errno(capture) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static MemorySegment errnoCapture() {
        return CAPTURES.get();
    }

    private static int errno(MemorySegment capture) {
        return (int) ERRNO.get(capture, 0L);
    }

    /** Turns what a handle threw into an unchecked error: handles of system calls throw nothing themselves. */
    static AssertionError unexpected(Throwable t) {
        return new AssertionError("a native call threw", t);
    }

    /** {@code int}. */
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /** {@code long}, {@code size_t} and {@code ssize_t} on a 64-bit system. */
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** Any pointer. */
    static final AddressLayout POINTER = ValueLayout.ADDRESS;
}
