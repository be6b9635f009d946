package org.wgjvm.sys;

import java.io.IOException;
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
    private static final MethodHandle SETPRIORITY = Native.function("setpriority");

    private Niceness() {}

    /** Sets the calling thread's niceness, 0 to {@link #MOST}. Returns 0 or {@code -errno}: lowering it again takes a privilege. */
    public static int ofThisThread(int niceness) {
        // 0 is the calling thread.
        return Native.call(SETPRIORITY, PRIO_PROCESS, 0, niceness);
    }

    /**
     * Sets that of the threads of this process whose names begin so, as the kernel has them: of at most 15 bytes.
     *
     * @return how many there are
     */
    public static int ofThreads(String name, int niceness) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (final Path thread : threads) {
                if (isCalled(thread, name)) {
                    count++;
                    // One that has ended meanwhile needs none.
                    final int ignored = Native.call(SETPRIORITY, PRIO_PROCESS, Integer.parseInt(thread.getFileName().toString()), niceness);
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
