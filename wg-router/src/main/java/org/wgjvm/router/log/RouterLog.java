package org.wgjvm.router.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.wgjvm.router.config.StateDirectory;

/**
 * Two kinds of journal in the state directory (0600): {@code config.log} of what a commit did, and {@code peers-PROFILE.log} of each
 * profile's peers. A line begins as one of the system journal does: time, host, program. No journal grows beyond a megabyte and the one
 * before it. Any thread; nobody waits for the disk.
 */
public final class RouterLog implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM dd HH:mm:ss", Locale.ROOT);
    private static final long MAX_BYTES = 1 << 20;

    private final StateDirectory directory;
    private final String prefix;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        final Thread thread = new Thread(task, "router-log");
        thread.setDaemon(true);
        return thread;
    });

    /** The journals of the router {@code name}. */
    public RouterLog(StateDirectory state, String name) throws IOException {
        directory = state.inside("log");
        prefix = " " + name + " wg-router[" + ProcessHandle.current().pid() + "]: ";
    }

    /** A line about configuration. */
    public void config(String text) {
        write("config.log", text);
    }

    /** A line about a peer of a profile. */
    public void peer(String profile, String text) {
        write("peers-" + profile + ".log", text);
    }

    private void write(String file, String text) {
        final String line = ZonedDateTime.now(java.time.ZoneId.systemDefault()).format(TIME) + prefix + text.replaceAll("\\p{Cntrl}", " ")
                + "\n";
        try {
            writer.execute(() -> append(directory.file(file), line));
        } catch (RejectedExecutionException e) {
            // The router is closed: nobody reads on.
        }
    }

    private static void append(Path file, String line) {
        try {
            if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the thread's handler tells; the next line tries again
        }
    }

    /** The lines of the journal of configuration, oldest first. */
    public List<String> configLines() throws IOException {
        return lines("config.log");
    }

    /** The lines of the journal of a profile's peers, oldest first. */
    public List<String> peerLines(String profile) throws IOException {
        return lines("peers-" + profile + ".log");
    }

    private List<String> lines(String name) throws IOException {
        try {
            writer.submit(() -> {}).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("the journal is not written", e);
        }
        final List<String> all = new ArrayList<>();
        for (final Path file : List.of(directory.file(name + ".1"), directory.file(name))) {
            if (Files.exists(file)) {
                all.addAll(Files.readAllLines(file));
            }
        }
        return all;
    }

    @Override
    public void close() {
        writer.shutdown();
    }
}
