package org.wgjvm.router.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories and files that only their owner may read, each file written whole or not at all: a crash leaves the old one or the new one.
 */
public final class StateDirectory {
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY);
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path root;

    /** Makes the directory (0700) if it is not there; refuses one that others may look into. */
    public StateDirectory(Path root) throws IOException {
        this.root = root;
        make(root);
    }

    private static void make(Path directory) throws IOException {
        if (directory.toAbsolutePath().getParent() != null) {
            Files.createDirectories(directory.toAbsolutePath().getParent());
        }
        try {
            Files.createDirectory(directory, DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + " is not a directory", e);
            }
            if (!OWNER_DIRECTORY.containsAll(Files.getPosixFilePermissions(directory))) {
                throw new IOException(directory + " holds keys and is open to others: chmod 700 " + directory, e);
            }
        }
    }

    /** The directory itself. */
    public Path root() {
        return root;
    }

    /** A directory in this one, made if it is not there. */
    public StateDirectory inside(String name) throws IOException {
        return new StateDirectory(root.resolve(name));
    }

    /** Where a file of that name is, or would be. */
    public Path file(String name) {
        return root.resolve(name);
    }

    /** The text of a file, or null when it is not there. */
    public String read(String name) throws IOException {
        return Files.exists(file(name)) ? Files.readString(file(name)) : null;
    }

    /** Writes a file (0600) that is seen whole or not at all, also after a crash. */
    public void write(String name, String text) throws IOException {
        final Path temporary = Files.createTempFile(root, "." + name, ".new", FILE);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
            directory.force(true); // the name as well as the bytes
        }
    }
}
