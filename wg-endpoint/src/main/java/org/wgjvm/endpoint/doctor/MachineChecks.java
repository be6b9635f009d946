package org.wgjvm.endpoint.doctor;

import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.Sockets;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.TunOptions;

/** What any interface of ours needs of the machine. */
final class MachineChecks {
    private static final int WANTED_JDK = 25;
    private static final int CAP_NET_ADMIN = 12;
    private static final long WANTED_BUFFER_BYTES = 7 << 20;

    /** No clock that is right is before this. */
    private static final Instant SOME_TIME_AGO = Instant.parse("2026-01-01T00:00:00Z");

    private final Path proc;
    private final Consumer<Finding> out;

    /** {@code proc} is {@code /proc}. */
    MachineChecks(Path proc, Consumer<Finding> out) {
        this.proc = proc;
        this.out = out;
    }

    void run() {
        java();
        cipher();
        final boolean netAdmin = capability();
        tun(netAdmin);
        udp();
        ring();
        buffers(netAdmin);
        clock();
    }

    private void java() {
        final int version = Runtime.version().feature();
        if (version < WANTED_JDK) {
            out.accept(Finding.fail("java", "Java " + Runtime.version(), "install a JDK of version " + WANTED_JDK + " or newer"));
        } else {
            out.accept(Finding.ok("java", "Java " + Runtime.version()));
        }
    }

    private void cipher() {
        try {
            final String cipher = Aeads.describe();
            if (cipher.contains("not vector: no -")) {
                out.accept(Finding.warn("cipher", cipher, "start with the flags for vectors, as bin/wg-jvm does"));
            } else {
                out.accept(Finding.ok("cipher", cipher));
            }
        } catch (ExceptionInInitializerError e) {
            final String reason = String.valueOf(e.getCause().getMessage());
            out.accept(Finding.fail("cipher", reason, "report this: no cipher passes its self-test here"));
        }
    }

    private boolean capability() {
        final long effective = effectiveCapabilities();
        final boolean netAdmin = (effective >>> CAP_NET_ADMIN & 1) != 0;
        if (netAdmin) {
            out.accept(Finding.ok("capabilities", "CAP_NET_ADMIN"));
        } else {
            out.accept(Finding.fail("capabilities", "no CAP_NET_ADMIN: no TUN device can be made, no fwmark set",
                    "run as root, or give the unit or container CAP_NET_ADMIN; or run in process, which needs none (`wg-jvm demo')"));
        }
        return netAdmin;
    }

    private long effectiveCapabilities() {
        try {
            for (final String line : Files.readAllLines(proc.resolve("self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
                }
            }
        } catch (IOException | NumberFormatException e) {
            // As if there were none.
        }
        return 0;
    }

    private void tun(boolean netAdmin) {
        final int fd = FileDescriptors.open("/dev/net/tun", FileDescriptors.O_RDWR | FileDescriptors.O_CLOEXEC);
        if (fd < 0) {
            final String fix = switch (-fd) {
                case Errno.ENOENT -> "modprobe tun; in a container: --device /dev/net/tun";
                case Errno.EACCES, Errno.EPERM -> "let this user open it (chmod 666 is usual), or the unit (DeviceAllow=/dev/net/tun rw)";
                default -> "modprobe tun";
            };
            out.accept(Finding.fail("tun", "/dev/net/tun: " + Errno.text(-fd), fix));
            return;
        }
        FileDescriptors.close(fd);
        if (!netAdmin) {
            out.accept(Finding.ok("tun", "/dev/net/tun can be opened"));
            return;
        }
        try (LinuxTun tun = LinuxTun.create("wgdr" + ProcessHandle.current().pid(), LinuxTun.DEFAULT_MTU, TunOptions.ALL)) {
            final String offloads = tun.offloads();
            out.accept(offloads.contains("uso")
                    ? Finding.ok("tun", "a device can be made; offloads: " + offloads)
                    : Finding.warn("tun", "a device can be made; offloads: " + offloads,
                            "Linux 6.2 or newer has USO: UDP inside is slower here"));
        } catch (IOException e) {
            out.accept(Finding.fail("tun", "no device can be made: " + e.getMessage(), "see the reason; a container needs CAP_NET_ADMIN"));
        }
    }

    private void udp() {
        for (final boolean v6 : new boolean[] {false, true}) {
            final String name = v6 ? "udp6" : "udp4";
            final int fd = Sockets.socket(v6 ? Sockets.AF_INET6 : Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
            if (fd < 0) {
                out.accept(v6
                        ? Finding.warn(name, "no IPv6 sockets: " + Errno.text(-fd), "peers over IPv6 cannot be reached; else harmless")
                        : Finding.fail(name, "no IPv4 sockets: " + Errno.text(-fd), "see the reason"));
                continue;
            }
            final boolean gso = Sockets.option(fd, Sockets.SOL_UDP, Sockets.UDP_SEGMENT) >= 0;
            final boolean gro = Sockets.setOption(fd, Sockets.SOL_UDP, Sockets.UDP_GRO, 1) == 0;
            Sockets.close(fd);
            final String text = "UDP_SEGMENT " + (gso ? "yes" : "no") + ", UDP_GRO " + (gro ? "yes" : "no");
            out.accept(gso && gro ? Finding.ok(name, text) : Finding.warn(name, text, "Linux 5.0 or newer has both: it is slower here"));
        }
    }

    private void ring() {
        if (IoUring.isAvailable()) {
            out.accept(Finding.ok("io_uring", "there"));
            return;
        }
        final String disabled = read("sys/kernel/io_uring_disabled");
        out.accept(Finding.warn(
                "io_uring",
                disabled.isEmpty() || disabled.equals("0")
                        ? "not there: " + reason(IoUring.unavailabilityCause())
                        : "disabled by sysctl",
                "nothing here needs it; sysctl kernel.io_uring_disabled=0 allows it, and so must a container's seccomp profile"));
    }

    private static String reason(Throwable cause) {
        return cause == null ? "no reason known" : String.valueOf(cause.getMessage());
    }

    private void buffers(boolean netAdmin) {
        for (final String side : List.of("rmem_max", "wmem_max")) {
            final String text = read("sys/net/core/" + side);
            final long bytes = text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
            if (netAdmin || bytes >= WANTED_BUFFER_BYTES) {
                final String limit = bytes > 0 ? bytes + " bytes" : "unknown";
                out.accept(Finding.ok(side, limit + (netAdmin ? "; CAP_NET_ADMIN goes beyond" : "")));
            } else {
                out.accept(Finding.warn(side, bytes + " bytes: bursts are lost",
                        "sysctl net.core." + side + "=" + WANTED_BUFFER_BYTES));
            }
        }
    }

    private void clock() {
        final Instant now = Instant.now();
        if (now.isBefore(SOME_TIME_AGO)) {
            out.accept(Finding.fail("clock", now + " cannot be", "set the clock: peers that saw a later time refuse our handshakes"));
        } else {
            out.accept(Finding.ok("clock", now + "; a clock that is set back must catch up before peers answer"));
        }
    }

    /** In one read: a file of {@code /proc/sys} has nothing more to give to a second one. */
    private String read(String path) {
        final byte[] bytes = new byte[256];
        try (InputStream in = Files.newInputStream(proc.resolve(path))) {
            return new String(bytes, 0, Math.max(0, in.read(bytes)), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
