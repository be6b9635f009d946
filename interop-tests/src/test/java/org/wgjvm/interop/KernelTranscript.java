package org.wgjvm.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Records handshakes with the WireGuard module of a Linux kernel, one in each role, with keys made for it and published with it: what the
 * tests of wg-core replay byte for byte. {@code interop-tests/record-transcript.sh} runs it; the argument is the file to write.
 */
final class KernelTranscript {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String INSIDE = "10.67.0.2";

    private KernelTranscript() {}

    public static void main(String[] args) throws IOException {
        final StringBuilder out = new StringBuilder();
        try (Guest guest = new Guest()) {
            out.append("# Handshakes with the WireGuard module of Linux ").append(guest.sh("uname -r"))
                    .append(", and one ping through each session. Written by interop-tests/record-transcript.sh.\n")
                    .append("# Hexadecimal. The keys were made for this file and guard nothing. Packets are as sealed, with padding.\n");
            out.append(record(guest, "responder", "kernel-initiates"));
            out.append(record(guest, "initiator", "kernel-responds"));
        }
        Files.writeString(Path.of(args[0]), out);
        System.out.print(out);
    }

    private static String record(Guest guest, String ourRole, String section) throws IOException {
        final String ours = generate("genkey");
        final String psk = generate("genpsk");
        try (WgDevice kernel = WgDevice.kernel(guest)) {
            final PeerSpec us = PeerSpec.of(publicKey(ours), "10.67.0.1/32").withPresharedKey(psk);
            kernel.configure(Pair.RIGHT_PORT, ourRole.equals("responder") ? us.at(Pair.leftEndpoint()) : us);
            kernel.up(1420, INSIDE + "/24");
            final Path log = Lab.logs().resolve("transcript-" + section + ".log");
            final Process peer = guest.namespace()
                    .start(
                            log,
                            Map.of(),
                            List.of(
                                    System.getProperty("java.home") + "/bin/java",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    TranscriptPeer.class.getName(),
                                    ourRole,
                                    ours,
                                    kernel.publicKey(),
                                    psk));
            Await.until("the peer is ready", LIMIT, () -> text(log).contains("ready") || !peer.isAlive());
            if (ourRole.equals("responder")) {
                // The kernel initiates because it has something to send; that it is answered shows that it accepts our session.
                guest.run(LIMIT, "", List.of("ping", "-c", "1", "-W", "30", "10.67.0.1")).orFail();
            }
            Await.until("the peer is done", LIMIT, () -> !peer.isAlive());
            if (!text(log).contains("done")) {
                throw new AssertionError(text(log));
            }
            final String lines = text(log).lines().filter(l -> l.matches("\\w+ = [0-9a-f]+")).collect(Collectors.joining("\n"));
            return "\n[" + section + "]\nour_private = " + hex(ours) + "\ntheir_private = " + hex(kernel.privateKey()) + "\npreshared = "
                    + hex(psk) + "\n" + lines + "\n";
        }
    }

    private static String generate(String what) {
        return Command.run(LIMIT, "", List.of("wg", what)).orFail().out().strip();
    }

    private static String publicKey(String privateKey) {
        return Command.run(LIMIT, privateKey, List.of("wg", "pubkey")).orFail().out().strip();
    }

    private static String hex(String base64) {
        return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
    }

    private static String text(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
