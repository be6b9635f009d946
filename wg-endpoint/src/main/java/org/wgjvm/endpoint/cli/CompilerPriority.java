package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.sys.Niceness;

/**
 * How far the JIT's second compiler gives way to packets once the cipher is compiled. What is left for it makes what runs faster, and takes
 * its time from it: in the first seconds, when it has the most to do, it does not compete at all. After that it gets a tenth of a busy
 * processor, for without it a machine that has no time to spare would never get what it compiles.
 *
 * <p>The data path waits for no compilation, so a compiler that gets no time delays nothing.
 */
final class CompilerPriority {
    /** Its thread, as far as the kernel has the name. */
    private static final String COMPILER = "C2 Compiler";

    private static final int NICENESS = 10;
    private static final int SECONDS_AT_MOST_POLITE = 10;

    private CompilerPriority() {}

    /**
     * From now on, in the background. The calling thread is left as polite as the compiler.
     *
     * @param privilegesStay whether this process may later what it may now
     */
    static void giveWay(boolean privilegesStay, Log log) {
        final boolean canReturn = privilegesStay && mayBeLowered();
        set(canReturn ? Niceness.MOST : NICENESS, log);
        if (canReturn) {
            CompletableFuture.delayedExecutor(SECONDS_AT_MOST_POLITE, TimeUnit.SECONDS).execute(() -> set(NICENESS, log));
        }
    }

    /** Takes a privilege, or a limit that allows it (RLIMIT_NICE). */
    private static boolean mayBeLowered() {
        return Niceness.ofThisThread(NICENESS + 1) == 0 && Niceness.ofThisThread(NICENESS) == 0;
    }

    private static void set(int niceness, Log log) {
        try {
            final int threads = Niceness.ofThreads(COMPILER, niceness);
            log.verbose("Niceness of the JIT's second compiler: " + niceness + ", " + threads + " thread(s)");
        } catch (IOException e) {
            log.verbose("The JIT's second compiler does not give way: " + e.getMessage());
        }
    }
}
