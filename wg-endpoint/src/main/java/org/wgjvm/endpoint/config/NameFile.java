package org.wgjvm.endpoint.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.wgjvm.crypto.PublicKey;

/** The names of peers in a configuration file, which is read again when it has changed. Without the file there are no names. Any thread. */
public final class NameFile {
    private final Path file;
    private FileTime readAt;
    private Map<PublicKey, String> names = Map.of();

    /** Names from {@code file}, which need not exist. */
    public NameFile(Path file) {
        this.file = file;
    }

    /** The file that {@code WGJVM_CONFIG} names, or else {@code directory/INTERFACE.conf}. */
    public static NameFile of(String interfaceName, Map<String, String> environment, Path directory) {
        final String named = environment.getOrDefault("WGJVM_CONFIG", "");
        // The launcher puts a daemon into the root directory.
        final Path from = Path.of(System.getProperty("wgjvm.directory", ""));
        return new NameFile(named.isEmpty() ? directory.resolve(interfaceName + ".conf") : from.resolve(named));
    }

    /** The name of every peer that has one. */
    public synchronized Map<PublicKey, String> names() {
        try {
            final FileTime modified = Files.getLastModifiedTime(file);
            if (!modified.equals(readAt)) {
                names = FriendlyNames.in(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                readAt = modified;
            }
        } catch (IOException e) {
            names = Map.of();
            readAt = null;
        }
        return names;
    }
}
