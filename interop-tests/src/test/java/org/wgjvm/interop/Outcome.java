package org.wgjvm.interop;

import java.util.List;

/**
 * What a finished command left.
 *
 * @param command its words
 * @param exit exit code; 124 when it was ended because its time was up
 * @param out standard output and standard error, as they came
 */
record Outcome(List<String> command, int exit, String out) {
    boolean ok() {
        return exit == 0;
    }

    /** This, or an {@link AssertionError} with the command and all it said. */
    Outcome orFail() {
        if (exit != 0) {
            throw new AssertionError("exit code " + exit + " of " + String.join(" ", command) + "\n" + out);
        }
        return this;
    }
}
