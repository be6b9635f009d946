package org.wgjvm.router.profile;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.StateDirectory;

/**
 * The key pair of each profile, made once and kept (0600): through restarts, while the profile is disabled, and after it was removed, so
 * that
 * a rollback brings back the router that peers know. Thread-safe.
 */
public final class ProfileKeys {
    private final StateDirectory directory;
    private final Map<String, PublicKey> known = new ConcurrentHashMap<>();

    /** Keys of the profiles of one router, in {@code keys} of its state directory. */
    public ProfileKeys(StateDirectory state) throws IOException {
        directory = state.inside("keys");
    }

    /** The private key of a profile, made if there is none yet. */
    public synchronized PrivateKey privateKey(String profile) throws IOException {
        final String file = profile + ".key";
        final String text = directory.read(file);
        final PrivateKey key;
        if (text == null) {
            key = PrivateKey.generate(new SecureRandom()::nextBytes);
            directory.write(file, key.toBase64() + "\n");
        } else {
            try {
                key = PrivateKey.fromBase64(text.strip());
            } catch (IllegalArgumentException e) {
                throw new IOException(directory.file(file) + " is not a key: " + e.getMessage(), e);
            }
        }
        known.put(profile, key.publicKey());
        return key;
    }

    /** The public key of a profile, or null when it has none yet. */
    public synchronized PublicKey publicKey(String profile) throws IOException {
        final PublicKey cached = known.get(profile);
        if (cached != null || directory.read(profile + ".key") == null) {
            return cached;
        }
        privateKey(profile).close();
        return known.get(profile);
    }
}
