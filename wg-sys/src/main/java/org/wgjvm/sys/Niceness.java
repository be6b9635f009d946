package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How readily a thread gives way to others. Thread priorities of the JDK mean nothing on Linux unless a flag says so; there, niceness is a
 * property of each thread (setpriority(2), sched(7)).
 */
public final class Niceness {
    /** The most polite: a fifteenth of what an ordinary thread gets when both want to run on one processor. */
    public static final int MOST = 19;

    private static final int PRIO_PROCESS = 0;
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_IDLE = 5;
    private static final MethodHandle SETPRIORITY = Native.function("setpriority");
    private static final MethodHandle SCHED_SETSCHEDULER = Native.function("sched_setscheduler");

    private static final int THIS_THREAD = 0;

    /** One thread by its number; 0 or {@code -errno}. */
    private interface Setting {
        int set(int thread);
    }

    private Niceness() {}

    /** Sets the calling thread's niceness, 0 to {@link #MOST}. Returns 0 or {@code -errno}: lowering it again takes a privilege. */
    public static int ofThisThread(int niceness) {
        return Native.call(SETPRIORITY, PRIO_PROCESS, THIS_THREAD, niceness);
    }

    /**
     * Sets that of the threads of this process whose names begin so, as the kernel has them: of at most 15 bytes.
     *
     * @return for how many it was set; one that has ended meanwhile needs none
     */
    public static int ofThreads(String name, int niceness) throws IOException {
        return each(name, thread -> Native.call(SETPRIORITY, PRIO_PROCESS, thread, niceness));
    }

    /**
     * Lets the threads of that name run only when no other has a use for the processor (SCHED_IDLE), or ends that. To the scheduler a
     * processor with nothing else is idle: what wakes up is put there at once, where a very nice thread would keep it away.
     *
     * @return for how many threads that was done: to end it takes a privilege or a limit ({@link #mayEndIdleTime})
     */
    public static int inIdleTimeOnly(String name, boolean only) throws IOException {
        return each(name, thread -> policy(thread, only));
    }

    /** Whether the calling thread, with its niceness, may end what {@link #inIdleTimeOnly} begins. If not, it is left in that state. */
    public static boolean mayEndIdleTime() {
        return policy(THIS_THREAD, true) == 0 && policy(THIS_THREAD, false) == 0;
    }

    private static int policy(int thread, boolean idle) {
        try (Arena arena = Arena.ofConfined()) {
            // struct sched_param with a priority of 0.
            final MemorySegment parameters = arena.allocate(64, 8);
            return Native.call(SCHED_SETSCHEDULER, thread, idle ? SCHED_IDLE : SCHED_OTHER, parameters.address());
        }
    }

    private static int each(String name, Setting setting) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (final Path thread : threads) {
                if (isCalled(thread, name) && setting.set(Integer.parseInt(thread.getFileName().toString())) == 0) {
                    count++;
                }
            }
        }
        return count;
    }

    private static boolean isCalled(Path thread, String name) {
        try {
            return Files.readString(thread.resolve("comm")).startsWith(name);
        } catch (IOException e) {
            return false;
        }
    }
}
