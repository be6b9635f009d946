package org.wgjvm.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's etcd, alone, in a namespace. What it has written outlives it. */
final class Etcd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Namespace namespace;
    private final Path directory;
    private final String address;
    private Process process;

    Etcd(Namespace namespace, Path directory, String address) {
        this.namespace = namespace;
        this.directory = directory;
        this.address = address;
    }

    String url() {
        return "http://" + address + ":2379";
    }

    /** Starts it, and waits until it listens. */
    void start() {
        process = namespace.start(Lab.logs().resolve("etcd-" + namespace.name() + ".log"), Map.of(), List.of(
                "etcd", "--data-dir", directory.toString(), "--listen-client-urls", url(), "--advertise-client-urls", url(),
                "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
                "--initial-cluster", "default=http://127.0.0.1:2380"));
        Await.until("etcd listens", PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("etcd has ended");
            }
            return !namespace.sh("ss -Htln sport = :2379").isEmpty();
        });
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        Command.killTree(process.toHandle());
        Await.until("etcd is gone", PATIENCE, () -> !process.isAlive());
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }
}
