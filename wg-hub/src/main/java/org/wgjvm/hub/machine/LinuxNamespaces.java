package org.wgjvm.hub.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.NetworkNamespace;
import org.wgjvm.sys.RouteNetlink;

/** Named network namespaces, as ip-netns(8) keeps them. */
final class LinuxNamespaces {
    private static final Path DIRECTORY = Path.of("/run/netns");
    private static final int PATIENCE_SECONDS = 20;

    /** What some kernels put into every new namespace. */
    private static final Set<String> FALLBACK = Set.of(
            "lo", "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0");

    private LinuxNamespaces() {}

    /** Whether the name stands for a namespace: a file by itself is what is left when it was deleted the wrong way. */
    static boolean exists(String name) {
        try {
            final Path file = DIRECTORY.resolve(name);
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.getFileStore(file).type().equals("nsfs");
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens a namespace; the caller closes the descriptor. */
    static int open(String name) throws IOException {
        if (!exists(name)) {
            throw new IOException("there is no network namespace " + name);
        }
        final int fd = FileDescriptors.open(DIRECTORY.resolve(name).toString(), FileDescriptors.O_RDONLY | FileDescriptors.O_CLOEXEC);
        if (fd < 0) {
            throw Errno.failure("open network namespace " + name, fd);
        }
        return fd;
    }

    /** What identifies the namespace open as {@code fd}. */
    static String identity(int fd) throws IOException {
        return Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:ino").toString();
    }

    /** What identifies a named one. */
    static String identity(String name) throws IOException {
        final int fd = open(name);
        try {
            return identity(fd);
        } finally {
            FileDescriptors.close(fd);
        }
    }

    /** Runs a task within a namespace. */
    static <T> T within(String name, Callable<T> task) throws IOException {
        final int fd = open(name);
        try {
            return NetworkNamespace.call(fd, task);
        } finally {
            FileDescriptors.close(fd);
        }
    }

    /** Makes one, or what is missing of it, since whoever makes one may be killed half-way. */
    static void make(String name) throws IOException {
        if (!exists(name)) {
            Files.deleteIfExists(DIRECTORY.resolve(name));
            ip("netns", "add", name);
        }
        within(name, () -> {
            try (RouteNetlink netlink = RouteNetlink.openForRequests()) {
                netlink.setUp(netlink.link(RouteNetlink.OWN_NAMESPACE, "lo").index(), true);
            }
            set("/proc/sys/net/ipv4/ip_forward", "1");
            set("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            // What comes from one spoke for another goes back where it came from: that is meant to be so.
            set("/proc/sys/net/ipv4/conf/all/send_redirects", "0");
            set("/proc/sys/net/ipv4/conf/default/send_redirects", "0");
            return null;
        });
    }

    private static void set(String setting, String value) throws IOException {
        final Path file = Path.of(setting);
        if (Files.exists(file)) {
            Files.writeString(file, value);
        }
    }

    static boolean remove(String name) throws IOException {
        if (exists(name)) {
            final List<String> there = within(name, LinuxNamespaces::interfaces);
            if (!FALLBACK.containsAll(there)) {
                return false;
            }
            ip("netns", "delete", name);
        } else {
            Files.deleteIfExists(DIRECTORY.resolve(name));
        }
        return true;
    }

    /** The names of all interfaces of the calling thread's namespace. */
    static List<String> interfaces() throws IOException {
        final List<String> all = new ArrayList<>();
        for (final String line : Files.readAllLines(Path.of("/proc/thread-self/net/dev"))) {
            final int colon = line.indexOf(':');
            if (colon > 0) {
                all.add(line.substring(0, colon).strip());
            }
        }
        return all;
    }

    private static void ip(String... words) throws IOException {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try {
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + ": does not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
