package org.wgjvm.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network namespace of the test, with its loopback up. Closing it kills every process in it. */
final class Namespace implements Host, AutoCloseable {
    private final String name = Leftovers.freshName();
    private final Runnable removal = this::remove;

    Namespace() {
        Leftovers.remember(removal);
        // Strict reverse path filtering would drop what the cases with several ways do on purpose; duplicate address detection takes 1.5 s.
        Command.run(Duration.ofSeconds(30), "", List.of("ip", "netns", "add", name)).orFail();
        sh("ip link set lo up; sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0"
                + " net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0");
    }

    String name() {
        return name;
    }

    @Override
    public Outcome run(Duration limit, String stdin, List<String> words) {
        return Command.run(limit, stdin, inside(words));
    }

    /** Starts a program in this namespace; its output goes to {@code log}. */
    Process start(Path log, Map<String, String> environment, List<String> words) {
        return Command.start(log, environment, inside(words));
    }

    private List<String> inside(List<String> words) {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(words);
        return all;
    }

    private void remove() {
        final String pids = Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "pids", name)).out();
        pids.lines().filter(l -> l.matches("\\d+")).map(Long::parseLong).forEach(pid -> ProcessHandle.of(pid).ifPresent(Command::killTree));
        Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "delete", name));
    }

    @Override
    public void close() {
        Leftovers.forget(removal);
        remove();
    }
}
