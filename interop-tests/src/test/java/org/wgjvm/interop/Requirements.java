package org.wgjvm.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Skips a case, with the reason, where it cannot run; or fails it where running is required. */
final class Requirements implements BeforeEachCallback {
    private static final List<String> PROGRAMS = List.of("ip", "wg", "wg-quick", "nft", "ping", "iperf3", "ss", "sysctl");
    private static final List<String> GUEST_PROGRAMS = List.of("qemu-system-x86_64", "busybox", "cpio", "modprobe", "nc", "xz");
    private static final String ENVIRONMENT = environmentMissing();

    @Override
    public void beforeEach(ExtensionContext context) {
        final Interop interop = context.getRequiredTestClass().getAnnotation(Interop.class);
        final String missing = Stream.concat(Stream.of(Implementation.OURS), Arrays.stream(interop.value()))
                .map(Requirements::missing)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> absent(List.of(interop.programs())));
        if (missing == null) {
            return;
        }
        if ("true".equals(System.getenv("CI")) || "1".equals(System.getenv("WGJVM_REQUIRE_INTEROP"))) {
            throw new AssertionError("required here, but it cannot run: " + missing);
        }
        throw new TestAbortedException(missing);
    }

    private static String missing(Implementation implementation) {
        if (ENVIRONMENT != null) {
            return ENVIRONMENT;
        }
        return implementation == Implementation.LINUX && absent(GUEST_PROGRAMS) != null
                ? absent(GUEST_PROGRAMS)
                : implementation.missing();
    }

    private static String environmentMissing() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return "it makes network namespaces, and so must run as root";
            }
        } catch (IOException | UnsupportedOperationException e) {
            return "it needs Linux";
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            return "there is no /dev/net/tun";
        }
        return absent(PROGRAMS);
    }

    private static String absent(List<String> programs) {
        final String path = System.getenv("PATH") + ":/usr/sbin:/sbin";
        for (final String program : programs) {
            if (Arrays.stream(path.split(":")).noneMatch(d -> Files.isExecutable(Path.of(d.isEmpty() ? "." : d, program)))) {
                return "the program " + program + " is missing: run interop-tests/lab/get-peers.sh install";
            }
        }
        return null;
    }
}
