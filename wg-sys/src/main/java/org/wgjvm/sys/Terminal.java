package org.wgjvm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The terminal at standard input, in raw mode: a key is read when it is pressed, nothing is echoed, and Ctrl-C is a key like any other. It
 * is as it was after {@link #close}. Any thread.
 */
public final class Terminal implements AutoCloseable {
    /** What Ctrl-C sends in raw mode. */
    public static final int CTRL_C = 3;

    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int TCSANOW = 0;
    private static final long TIOCGWINSZ = 0x5413;

    /** Larger than any struct termios. */
    private static final int TERMIOS_BYTES = 256;

    private static final MethodHandle TCGETATTR = Native.function("tcgetattr");
    private static final MethodHandle TCSETATTR = Native.function("tcsetattr");
    private static final MethodHandle CFMAKERAW = Native.function("cfmakeraw");

    private final MemorySegment before = Arena.ofAuto().allocate(TERMIOS_BYTES, 8);
    private boolean raw;

    private Terminal() {}

    /** A size in characters. */
    public record Size(int columns, int rows) {}

    /** Puts the terminal into raw mode; null when standard input is none. */
    public static Terminal open() {
        final Terminal terminal = new Terminal();
        if (Native.call(TCGETATTR, STDIN, terminal.before.address(), 0) != 0) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment changed = arena.allocate(TERMIOS_BYTES, 8).copyFrom(terminal.before);
            Native.call(CFMAKERAW, changed.address(), 0, 0);
            if (Native.call(TCSETATTR, STDIN, TCSANOW, changed.address()) != 0) {
                return null;
            }
        }
        terminal.raw = true;
        return terminal;
    }

    /** The size of the terminal at standard output now; null when that is none, or does not know. */
    public static Size size() {
        final MemorySegment window = Arena.ofAuto().allocate(8, 2);
        if (FileDescriptors.ioctl(STDOUT, TIOCGWINSZ, window) < 0) {
            return null;
        }
        final int rows = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, 0));
        final int columns = Short.toUnsignedInt(window.get(ValueLayout.JAVA_SHORT, 2));
        return rows == 0 || columns == 0 ? null : new Size(columns, rows);
    }

    /** Puts the terminal back. Idempotent. */
    @Override
    public synchronized void close() {
        if (!raw) {
            return;
        }
        raw = false;
        Native.call(TCSETATTR, STDIN, TCSANOW, before.address());
    }
}
