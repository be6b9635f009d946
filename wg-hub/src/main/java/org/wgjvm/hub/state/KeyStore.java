package org.wgjvm.hub.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Set;
import java.util.function.Function;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;

/**
 * The secrets, a file each that its owner alone may read: the private key of each hub, made once, and the preshared key of each spoke that
 * has one. They are nowhere else. One thread at a time.
 */
public final class KeyStore {
    private static final String PRIVATE = ".key";
    private static final String PRESHARED = ".psk";

    private final Path directory;
    private final SecureRandom random = new SecureRandom();
    private final Function<String, PrivateKey> derivation;

    /** The store within a state directory; keys are made at random. */
    public KeyStore(Path state) {
        this(state, null);
    }

    /**
     * The store within a state directory.
     *
     * @param derivation makes the private key of a hub, the same one each time; null for random ones
     */
    public KeyStore(Path state, Function<String, PrivateKey> derivation) {
        directory = state.resolve("keys");
        this.derivation = derivation;
    }

    /** The key of a hub, which is made if there is none. */
    public PrivateKey privateKey(String id) throws IOException {
        final PrivateKey known = knownPrivateKey(id);
        if (known != null) {
            return known;
        }
        final PrivateKey fresh = derivation == null ? PrivateKey.generate(random::nextBytes) : derivation.apply(id);
        AtomicFile.write(directory.resolve(id + PRIVATE), fresh.toBase64() + "\n");
        return fresh;
    }

    /** The key of a hub, which is made only if it would be the same each time; else null when there is none. */
    public PrivateKey derivedPrivateKey(String id) throws IOException {
        return derivation == null ? knownPrivateKey(id) : privateKey(id);
    }

    /** The key of a hub, or null. */
    public PrivateKey knownPrivateKey(String id) throws IOException {
        final Path file = directory.resolve(id + PRIVATE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return PrivateKey.fromBase64(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": not a private key", e);
        }
    }

    /** The preshared key of a spoke, or null. */
    public PresharedKey presharedKey(String id) throws IOException {
        final Path file = directory.resolve(id + PRESHARED);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return PresharedKey.fromBase64(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": not a preshared key", e);
        }
    }

    /** Whether a spoke has a preshared key. */
    public boolean hasPresharedKey(String id) {
        return Files.exists(directory.resolve(id + PRESHARED));
    }

    /** Keeps the preshared key of a spoke; null forgets it. */
    public void presharedKey(String id, PresharedKey key) throws IOException {
        if (key == null) {
            AtomicFile.delete(directory.resolve(id + PRESHARED));
        } else {
            AtomicFile.write(directory.resolve(id + PRESHARED), key.toBase64() + "\n");
        }
    }

    /** Forgets everything about a port. */
    public void forget(String id) throws IOException {
        AtomicFile.delete(directory.resolve(id + PRIVATE));
        AtomicFile.delete(directory.resolve(id + PRESHARED));
    }

    /** Forgets the keys of all ports but these: what a crash between two files has left. Returns how many there were. */
    public int forgetAllBut(Set<String> ids) throws IOException {
        AtomicFile.sweep(directory, 0);
        int forgotten = 0;
        for (final Path file : AtomicFile.list(directory)) {
            final String name = file.getFileName().toString();
            final int dot = name.lastIndexOf('.');
            if (dot > 0 && !ids.contains(name.substring(0, dot))) {
                AtomicFile.delete(file);
                forgotten++;
            }
        }
        return forgotten;
    }
}
