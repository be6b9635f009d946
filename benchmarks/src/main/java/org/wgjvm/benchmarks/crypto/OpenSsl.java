package org.wgjvm.benchmarks.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code openssl speed}, one second at a time. Where there is no OpenSSL, or no such cipher, figures are NaN. */
final class OpenSsl {
    /** Hides AVX-512 from OpenSSL: the bits of CPUID leaf 7 for F, DQ, IFMA, BW and VL in EBX, for VBMI in ECX. */
    private static final String NO_AVX512 = ":~0xd0230000";

    private static final Pattern KBYTES = Pattern.compile("(?im)^chacha20-poly1305\\s+([0-9.]+)k");
    private static final Pattern PER_SECOND = Pattern.compile("(?m)X25519\\)\\s+\\S+\\s+([0-9.]+)");

    private OpenSsl() {}

    /** Nanoseconds a packet of {@code size} bytes. */
    static double aeadNs(int size, boolean avx2) throws IOException, InterruptedException {
        final String out =
                run(avx2, "openssl", "speed", "-seconds", "1", "-bytes", Integer.toString(size), "-evp", "chacha20-poly1305");
        final Matcher m = KBYTES.matcher(out);
        return m.find() ? size * 1e6 / Double.parseDouble(m.group(1)) : Double.NaN;
    }

    /** Nanoseconds a key agreement. */
    static double x25519Ns() throws IOException, InterruptedException {
        final Matcher m = PER_SECOND.matcher(run(false, "openssl", "speed", "-seconds", "1", "ecdhx25519"));
        return m.find() ? 1e9 / Double.parseDouble(m.group(1)) : Double.NaN;
    }

    static String version() {
        try {
            return run(false, "openssl", "version").strip();
        } catch (IOException e) {
            return "no openssl";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "no openssl";
        }
    }

    private static String run(boolean avx2, String... command) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        if (avx2) {
            builder.environment().put("OPENSSL_ia32cap", NO_AVX512);
        }
        final Process process = builder.start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
