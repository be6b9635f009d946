package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.sys.Niceness;

/**
 * How far the JIT's second compiler gives way to packets once the cipher is compiled. What is left for it makes what runs faster, and takes
 * its time from it: in the first seconds, when it has the most to do, it has the time that nobody else wants. After that it gets a tenth of
 * a busy processor, for without it a machine that has no time to spare would never get what it compiles.
 *
 * <p>The data path waits for no compilation, so a compiler that gets no time delays nothing.
 */
final class CompilerPriority {
    /** Its thread, as far as the kernel has the name. */
    private static final String COMPILER = "C2 Compiler";

    private static final int NICENESS = 10;
    private static final int IDLE_TIME_SECONDS = 10;

    private CompilerPriority() {}

    /**
     * From now on. Returns when that has its end, so a thread of its own calls; it may be left with nothing but idle time.
     *
     * @param privilegesStay whether this process may later what it may now
     */
    static void giveWay(boolean privilegesStay, Log log) {
        try {
            // A thread that may leave idle time must be allowed the niceness that it has then.
            final boolean canEnd = privilegesStay && Niceness.ofThisThread(NICENESS) == 0 && Niceness.mayEndIdleTime();
            final int nice = Niceness.ofThreads(COMPILER, NICENESS);
            final int idle = canEnd ? Niceness.inIdleTimeOnly(COMPILER, true) : 0;
            log.verbose("The JIT's second compiler gives way: " + nice + " thread(s), " + idle + " of them in idle time only");
            if (idle > 0) {
                TimeUnit.SECONDS.sleep(IDLE_TIME_SECONDS);
                final int again = Niceness.inIdleTimeOnly(COMPILER, false);
                log.verbose("The JIT's second compiler has its share again: " + again + " thread(s)");
            }
        } catch (IOException e) {
            log.error("The JIT's second compiler does not give way as it should: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
