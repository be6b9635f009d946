package org.wgjvm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Becoming another user for good. To the kernel, identity and capabilities belong to a thread. The functions of the C library that change
 * users and groups change them in every thread of the process; those that change capabilities, in the calling thread alone. So everybody
 * loses what root had, but for a thread that asked to keep its capabilities, and then gives up all but one.
 */
public final class Credentials {
    /** The capability to configure the network: marks of sockets, sizes of their buffers beyond the limit. */
    public static final int CAP_NET_ADMIN = 12;

    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    /** {@code struct passwd}: two pointers, then user and group. */
    private static final int PASSWD_BYTES = 48;

    private static final int UID_OFFSET = 16;
    private static final int GID_OFFSET = 20;

    /**
     * A user of the system.
     *
     * @param name as the system has it
     * @param uid user id
     * @param gid its first group
     */
    public record User(String name, int uid, int gid) {}

    private Credentials() {}

    /** The user called {@code name}; null when there is none. */
    public static User user(String name) {
        final MethodHandle getpwnam = Native.function("getpwnam");
        try (Arena arena = Arena.ofConfined()) {
            final long entry = Native.callLong(getpwnam, arena.allocateFrom(name).address(), 0, 0);
            if (entry == 0) {
                return null;
            }
            final MemorySegment passwd = MemorySegment.ofAddress(entry).reinterpret(PASSWD_BYTES);
            return new User(name, passwd.get(ValueLayout.JAVA_INT, UID_OFFSET), passwd.get(ValueLayout.JAVA_INT, GID_OFFSET));
        }
    }

    /** Whether the calling thread is this user's already. */
    public static boolean isAlready(User user) {
        return Native.call(Native.function("getuid"), 0, 0, 0) == user.uid();
    }

    /** Has the calling thread keep its capabilities when the process becomes another user, or not. */
    public static void keepCapabilities(boolean keep) throws IOException {
        check("keep capabilities", Native.call(Native.function("prctl"), PR_SET_KEEPCAPS, keep ? 1 : 0, 0));
    }

    /** Makes every thread of the process {@code user}'s, with its groups, for good. */
    public static void become(User user) throws IOException {
        final int uid = user.uid();
        final int gid = user.gid();
        try (Arena arena = Arena.ofConfined()) {
            final long name = arena.allocateFrom(user.name()).address();
            check("take the groups of " + user.name(), Native.call(Native.function("initgroups"), name, gid, 0));
        }
        check("become group " + gid, Native.call(Native.function("setresgid"), gid, gid, gid));
        check("become user " + uid, Native.call(Native.function("setresuid"), uid, uid, uid));
    }

    /** Leaves the calling thread with these capabilities, permitted and effective, of those that it has. A set of bits, all below 32. */
    public static void restrictCapabilities(int capabilities) throws IOException {
        setCapabilities(capabilities, 0);
    }

    /** Leaves the calling thread with one capability, which programs that it starts get, too (capabilities(7): ambient). */
    public static void bequeathCapability(int capability) throws IOException {
        setCapabilities(1 << capability, 1 << capability);
        check("bequeath a capability", Native.call(Native.function("prctl"), PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability));
    }

    private static void setCapabilities(int capabilities, int inheritable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment header = arena.allocate(8, 4);
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
            // Two rounds of effective, permitted, inheritable: capabilities 0 to 31, then 32 to 63.
            final MemorySegment data = arena.allocate(24, 4);
            data.set(ValueLayout.JAVA_INT, 0, capabilities);
            data.set(ValueLayout.JAVA_INT, 4, capabilities);
            data.set(ValueLayout.JAVA_INT, 8, inheritable);
            check("set capabilities", Native.call(Native.function("capset"), header.address(), data.address(), 0));
        }
    }

    private static void check(String what, int result) throws IOException {
        if (result != 0) {
            throw Errno.failure("cannot " + what, result);
        }
    }
}
