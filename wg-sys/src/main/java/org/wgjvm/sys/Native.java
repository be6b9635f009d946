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
 * Makes method handles for functions of the C library that return {@code -errno} style results without a race on {@code errno}.
 *
 * <p>A handle from {@link #downcall} takes a capture segment as its first argument; each thread passes its own ({@link #errnoCapture()}).
 */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private Native() {}

    /** A handle for {@code name} that captures errno. Variadic functions name their first variadic argument in {@code options}. */
    static MethodHandle downcall(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        final Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        final MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, descriptor, all);
    }

    /** This thread's segment for captured errno. Look it up once per batch, not per call. */
    static MemorySegment errnoCapture() {
        return CAPTURES.get();
    }

    /** The errno that the last call with {@code capture} left; meaningful only after that call failed. */
    static int errno(MemorySegment capture) {
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
