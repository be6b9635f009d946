package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone, the last first, should something go wrong. */
final class Undo {
    /** One step back. */
    @FunctionalInterface
    interface Step {
        void run() throws QuickException, IOException;
    }

    private record Named(String name, Step step) {}

    private final Deque<Named> steps = new ArrayDeque<>();
    private final PrintStream err;

    Undo(PrintStream err) {
        this.err = err;
    }

    synchronized void push(String name, Step step) {
        steps.push(new Named(name, step));
    }

    /** Undoes everything; what fails is reported, and the rest is undone nevertheless. Returns whether nothing failed. */
    synchronized boolean run() {
        boolean whole = true;
        while (!steps.isEmpty()) {
            final Named next = steps.pop();
            try {
                next.step().run();
            } catch (QuickException | IOException e) {
                whole = false;
                err.println("Undoing " + next.name() + ": " + e.getMessage());
            }
        }
        return whole;
    }

    /** All is well. */
    synchronized void forget() {
        steps.clear();
    }
}
