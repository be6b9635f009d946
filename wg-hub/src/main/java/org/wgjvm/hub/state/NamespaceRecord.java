package org.wgjvm.hub.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which namespaces are ours to remove: written down before each is made, and struck out after it is gone, so that a crash in between leaves
 * at most a line too much. A namespace that somebody else has made is never removed. One thread at a time.
 */
public final class NamespaceRecord {
    private final Path file;
    private final boolean dryRun;
    private final Set<String> names = new TreeSet<>();

    /** The record within a state directory; in a dry run nothing is written. */
    public NamespaceRecord(Path state, boolean dryRun) throws IOException {
        this.dryRun = dryRun;
        file = state.resolve("namespaces");
        if (Files.exists(file)) {
            Files.readString(file).lines().filter(l -> !l.isBlank()).forEach(names::add);
        }
    }

    /** The names, in order. */
    public Set<String> names() {
        return new TreeSet<>(names);
    }

    /** Whether it is ours. */
    public boolean has(String name) {
        return names.contains(name);
    }

    /** Writes down one that is about to be made. */
    public void add(String name) throws IOException {
        if (names.add(name)) {
            write();
        }
    }

    /** Strikes out one that is gone. */
    public void remove(String name) throws IOException {
        if (names.remove(name)) {
            write();
        }
    }

    private void write() throws IOException {
        if (dryRun) {
            return;
        }
        AtomicFile.write(file, names.isEmpty() ? "" : String.join("\n", names) + "\n");
    }
}
