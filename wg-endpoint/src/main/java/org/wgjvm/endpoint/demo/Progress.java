package org.wgjvm.endpoint.demo;

import java.io.PrintStream;

/** Says what is going on: on a terminal the last line is rewritten, elsewhere a line is printed each second at most. */
public final class Progress {
    private static final long PLAIN_INTERVAL_NS = 1_000_000_000L;
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final boolean terminal;
    private boolean lineIsOpen;
    private long lastPlainNs;

    /** {@code terminal} tells whether {@code out} is one. */
    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line that stays. */
    public synchronized void say(String text) {
        out.println((lineIsOpen ? "\r" : "") + (lineIsOpen ? pad(text) : text));
        out.flush();
        lineIsOpen = false;
        lastPlainNs = System.nanoTime();
    }

    /** A line that the next one replaces. */
    synchronized void update(String text) {
        if (terminal) {
            out.print("\r" + pad(text));
            lineIsOpen = true;
        } else if (System.nanoTime() - lastPlainNs >= PLAIN_INTERVAL_NS) {
            out.println(text);
            lastPlainNs = System.nanoTime();
        }
        out.flush();
    }

    private static String pad(String text) {
        return text + " ".repeat(Math.max(0, WIDTH - text.length()));
    }
}
