package org.wgjvm.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A Linux kernel with its WireGuard module in an emulated machine ({@code lab/kernel-peer.sh}), on a link to a namespace of ours: there
 * 10.66.0.1 and fd66::1, in the guest 10.66.0.2 and fd66::2.
 */
final class Guest implements Host, AutoCloseable {
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
    private static final String EXIT_MARK = "exit-code-of-the-command:";

    private final Namespace namespace = new Namespace();
    private final Path directory;
    private Process machine;

    /** Boots it and waits until it takes commands. The emulator can lose a guest that boots on a busy machine: one more try. */
    Guest() {
        namespace.sh("ip tuntap add eth0 mode tap; ip link set eth0 mtu 9000 up; ip addr add 10.66.0.1/24 dev eth0;"
                + " ip addr add fd66::1/64 dev eth0 nodad");
        try {
            directory = Files.createDirectories(Lab.logs().resolve("guest-" + namespace.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Leftovers.remember(this::powerOff);
        boolean up = false;
        for (int i = 0; i < 2 && !up; i++) {
            up = boot();
        }
        if (!up) {
            throw new AssertionError("the emulator ended: " + text("qemu.log") + text("console.log"));
        }
        Await.until("the guest's shell answers", BOOT_LIMIT, () -> run(Duration.ofSeconds(5), "", List.of("true")).ok());
        final String ready = text("console.log");
        System.out.println("Linux guest: " + ready.substring(ready.indexOf("GUEST-READY")).strip());
    }

    /** Whether it has come up; false when the emulator ended instead. */
    private boolean boot() {
        final List<String> words = List.of(Lab.script("kernel-peer.sh"), "run", namespace.name(), "eth0", directory.toString());
        // Not inside the namespace: the script looks for its own way in, as it does when it is run by hand.
        machine = Command.start(directory.resolve("qemu.log"), Map.of(), words);
        Await.until(
                "the guest takes commands; see " + directory,
                BOOT_LIMIT,
                () -> !machine.isAlive() || text("console.log").contains("GUEST-READY"));
        return machine.isAlive();
    }

    /** The namespace on this side of the link. */
    Namespace namespace() {
        return namespace;
    }

    @Override
    public Outcome run(Duration limit, String stdin, List<String> words) {
        final String quoted = words.stream().map(w -> "'" + w.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
        final String input = Base64.getEncoder().encodeToString(stdin.getBytes(StandardCharsets.UTF_8));
        final String pipe = "base64 -d <<< '" + input + "' | " + quoted;
        final String script = "exec 2>&1\n" + pipe + "\necho \"" + EXIT_MARK + "${PIPESTATUS[1]}\"\nexit\n";
        final Outcome shell = namespace.run(limit, script, List.of("nc", "-N", "10.66.0.2", "2323"));
        final int mark = shell.out().lastIndexOf(EXIT_MARK);
        if (mark < 0) {
            return new Outcome(words, shell.exit() == 0 ? 255 : shell.exit(), shell.out());
        }
        final String exit = shell.out().substring(mark + EXIT_MARK.length()).strip();
        return new Outcome(words, Integer.parseInt(exit), shell.out().substring(0, mark));
    }

    private String text(String file) {
        try {
            final Path path = directory.resolve(file);
            return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void powerOff() {
        Command.killTree(machine.toHandle());
    }

    @Override
    public void close() {
        powerOff();
        namespace.close();
    }
}
