package org.wgjvm.sys;

import java.lang.invoke.MethodHandle;

/**
 * How readily a thread gives way to others. Thread priorities of the JDK mean nothing on Linux unless a flag says so; there, niceness is a
 * property of each thread (setpriority(2), sched(7)).
 */
public final class Niceness {
    /** The most polite: a fifteenth of what an ordinary thread gets when both want to run on one processor. */
    public static final int MOST = 19;

    private static final int PRIO_PROCESS = 0;
    private static final MethodHandle SETPRIORITY = Native.function("setpriority");

    private Niceness() {}

    /** Sets the calling thread's niceness, 0 to {@link #MOST}. Returns 0 or {@code -errno}: lowering it again takes a privilege. */
    public static int ofThisThread(int niceness) {
        // 0 is the calling thread.
        return Native.call(SETPRIORITY, PRIO_PROCESS, 0, niceness);
    }
}
