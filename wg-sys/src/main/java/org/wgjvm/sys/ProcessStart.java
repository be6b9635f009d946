package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;
import static org.wgjvm.sys.Native.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a process by posix_spawn(3) that inherits one file descriptor beyond the standard ones, and looks after it. {@link ProcessBuilder}
 * hands none on; and it needs a program of the JDK that may be another version's by now, when this process outlives an upgrade of the
 * installation.
 */
public final class ProcessStart {
    /** The number that the inherited descriptor has in the new process. */
    public static final int INHERITED_FD = 3;

    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int POSIX_SPAWN_SETPGROUP = 0x02;
    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final int POSIX_SPAWN_SETSID = 0x80;
    private static final int SIGKILL = 9;
    private static final int WNOHANG = 1;

    /** More than any C library's posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t take. */
    private static final int OPAQUE_BYTES = 1024;

    private static final MethodHandle SPAWN = Native.function("posix_spawn");
    private static final MethodHandle ATTRIBUTES_INIT = Native.function("posix_spawnattr_init");
    private static final MethodHandle ATTRIBUTES_FLAGS = Native.function("posix_spawnattr_setflags");
    private static final MethodHandle ATTRIBUTES_DEFAULT = Native.function("posix_spawnattr_setsigdefault");
    private static final MethodHandle ATTRIBUTES_MASK = Native.function("posix_spawnattr_setsigmask");
    private static final MethodHandle ACTIONS_INIT = Native.function("posix_spawn_file_actions_init");
    private static final MethodHandle ACTIONS_DUP2 = Native.function("posix_spawn_file_actions_adddup2");
    private static final MethodHandle ACTIONS_OPEN = Native.function("posix_spawn_file_actions_addopen");
    private static final MethodHandle SIGFILLSET = Native.function("sigfillset");
    private static final MethodHandle SIGEMPTYSET = Native.function("sigemptyset");
    private static final MethodHandle KILL = Native.function("kill");
    private static final MethodHandle WAITPID = Native.function("waitpid");
    private static final MethodHandle GETSID = Native.function("getsid");

    private ProcessStart() {}

    /**
     * Starts {@code command}, whose first word is the path of a program, with {@code inherited} as {@link #INHERITED_FD}, standard output
     * and error as ours, and nothing on standard input. All other descriptors of this process stay here. The new process leads
     * a process group, and a session if this one does.
     *
     * @param environment {@code NAME=value} each
     * @return the process's id; it is a zombie once it has ended, until {@link #hasEnded} says so
     */
    public static int start(List<String> command, List<String> environment, int inherited) throws IOException {
        keepDescriptors();
        try (Arena arena = Arena.ofConfined()) {
            final long attributes = arena.allocate(OPAQUE_BYTES, 16).address();
            final long actions = arena.allocate(OPAQUE_BYTES, 16).address();
            final long signals = arena.allocate(OPAQUE_BYTES, 16).address();
            final MemorySegment pid = arena.allocate(INT);
            final long nothing = arena.allocateFrom("/dev/null").address();
            final MemorySegment argv = strings(arena, command);
            final MemorySegment envp = strings(arena, environment);
            final int flags =
                    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (leadsSession() ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP);
            check("posix_spawnattr_init", Native.call(ATTRIBUTES_INIT, attributes, 0, 0));
            check("posix_spawn_file_actions_init", Native.call(ACTIONS_INIT, actions, 0, 0));
            check("sigfillset", Native.call(SIGFILLSET, signals, 0, 0));
            check("signals", Native.call(ATTRIBUTES_DEFAULT, attributes, signals, 0));
            check("sigemptyset", Native.call(SIGEMPTYSET, signals, 0, 0));
            check("signal mask", Native.call(ATTRIBUTES_MASK, attributes, signals, 0));
            check("flags", Native.call(ATTRIBUTES_FLAGS, attributes, flags, 0));
            check("stdin", Native.call(ACTIONS_OPEN, actions, 0, nothing, FileDescriptors.O_RDONLY, 0, 0));
            check("dup2", Native.call(ACTIONS_DUP2, actions, inherited, INHERITED_FD));
            final long program = argv.get(POINTER, 0).address();
            final int result = Native.call(SPAWN, pid.address(), program, actions, attributes, argv.address(), envp.address());
            // What glibc keeps beside attributes and actions is a few bytes for each start, and is let go of with the process.
            check(command.getFirst(), result);
            return pid.get(INT, 0);
        }
    }

    /** Kills the process and all that it started in its process group. It may have ended already. */
    public static void kill(int pid) {
        signal(pid, SIGKILL);
        signal(-pid, SIGKILL);
    }

    /** Whether a process that was started here has ended; to be asked until it says so, and not afterwards. */
    public static boolean hasEnded(int pid) {
        return Native.call(WAITPID, pid, 0, WNOHANG) != 0;
    }

    /** Waits for the end of a process that was started here. */
    public static void await(int pid) {
        int result;
        do {
            result = Native.call(WAITPID, pid, 0, 0);
        } while (result == -Errno.EINTR);
    }

    private static boolean leadsSession() {
        return Native.call(GETSID, 0, 0, 0) == ProcessHandle.current().pid();
    }

    private static void signal(int pid, int number) {
        final int ignored = Native.call(KILL, pid, number, 0);
    }

    /** Not everything that a JVM opens is closed on exec. */
    private static void keepDescriptors() throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : open) {
                final int fd = Integer.parseInt(entry.getFileName().toString());
                if (fd >= INHERITED_FD) {
                    FileDescriptors.fcntl(fd, F_SETFD, FD_CLOEXEC);
                }
            }
        }
    }

    private static MemorySegment strings(Arena arena, List<String> values) {
        final MemorySegment array = arena.allocate(POINTER, values.size() + 1L);
        for (int i = 0; i < values.size(); i++) {
            array.setAtIndex(POINTER, i, arena.allocateFrom(values.get(i)));
        }
        array.setAtIndex(POINTER, values.size(), MemorySegment.NULL);
        return array;
    }

    private static void check(String what, int error) throws IOException {
        if (error != 0) {
            throw Errno.failure("cannot start a process: " + what, -error);
        }
    }
}
