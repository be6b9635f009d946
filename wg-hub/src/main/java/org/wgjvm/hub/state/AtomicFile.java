package org.wgjvm.hub.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Files that are there whole, new or old, whatever happens; readable by their owner alone from their first moment. */
final class AtomicFile {
    private static final String TEMPORARY = ".new-";
    private static final FileAttribute<?> OWNER_FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Told of each step, with the file that it is about; for tests, which end everything there. */
    private static volatile BiConsumer<String, Path> steps = (step, file) -> { };

    private AtomicFile() {}

    /** Has steps told, of all threads, until others are. */
    static void tell(BiConsumer<String, Path> to) {
        steps = to;
    }

    /** Makes a directory, and those above it, for the owner alone. */
    static void directory(Path directory) throws IOException {
        Files.createDirectories(directory, OWNER_DIRECTORY);
    }

    /** Writes a file; when this returns it is on the disk. */
    static void write(Path file, String text) throws IOException {
        write(file, text, true);
    }

    /** Writes a file, which is whole at any time, and without {@code durable} on the disk only after {@link #settle}. */
    static void write(Path file, String text, boolean durable) throws IOException {
        final Path directory = file.getParent();
        directory(directory);
        final Path fresh = directory.resolve(TEMPORARY + file.getFileName());
        steps.accept("before writing", file);
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE)) {
            final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (durable) {
                channel.force(true);
            }
        }
        steps.accept("before renaming", file);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        steps.accept("after renaming", file);
        if (durable) {
            sync(directory);
        }
    }

    /** Brings everything that was written to the disk, for many files at once. */
    static void settle(Path directory) throws IOException {
        final Process process = new ProcessBuilder("sync", "-f", directory.toString()).redirectErrorStream(true).start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("sync -f " + directory + ": exit code " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Removes a file if it is there; when this returns it stays away. */
    static void delete(Path file) throws IOException {
        delete(file, true);
    }

    /** The same, without {@code durable} only after {@link #settle}. */
    static void delete(Path file, boolean durable) throws IOException {
        steps.accept("before deleting", file);
        if (Files.deleteIfExists(file)) {
            steps.accept("after deleting", file);
            if (durable) {
                sync(file.getParent());
            }
        }
    }

    /** The files of a directory, in order, without what a crash in the middle of a write has left. */
    static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> !isTemporary(f)).sorted().toList();
        }
    }

    /** Removes what a crash in the middle of a write has left, in a directory and so many levels below it. */
    static void sweep(Path directory, int levels) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.walk(directory, 1 + levels)) {
                for (final Path left : files.filter(AtomicFile::isTemporary).toList()) {
                    Files.deleteIfExists(left);
                }
            }
        }
    }

    private static boolean isTemporary(Path file) {
        return file.getFileName().toString().startsWith(TEMPORARY);
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
