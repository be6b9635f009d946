package org.wgjvm.benchmarks.crypto;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.wgjvm.crypto.Aeads;

/** What the figures were measured on. */
public final class Machine {
    private Machine() {}

    /** One line. */
    public static String describe() {
        return String.format(
                Locale.ROOT, "%s, %d CPUs, load %.1f; %s; Java %s; cipher %s; %s",
                cpu(), Runtime.getRuntime().availableProcessors(), ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"), Runtime.version(), Aeads.describe(),
                OpenSsl.version());
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
            final String[] fields = lines.filter(l -> l.startsWith("model name") || l.startsWith("cpu family")).limit(2)
                    .map(l -> l.replaceAll(".*: *", "")).toArray(String[]::new);
            return fields.length == 2 ? fields[1] + " (family " + fields[0] + ")" : System.getProperty("os.arch");
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
