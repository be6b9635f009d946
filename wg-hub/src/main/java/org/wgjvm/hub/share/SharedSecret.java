package org.wgjvm.hub.share;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.wgjvm.crypto.Blake2s;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;

/**
 * What the operator has put on each host that is to have the same keys. A hub's private key follows from it and the hub's id, so that a
 * host that takes over a hub makes the same one, and none ever leaves a host. Preshared keys, which do come from elsewhere, are sealed
 * with it. Immutable.
 */
public final class SharedSecret {
    private static final int LEAST_CHARACTERS = 32;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;

    private final byte[] secret;
    private final SecureRandom random = new SecureRandom();

    private SharedSecret(byte[] secret) {
        this.secret = secret;
    }

    /** Reads a file, which must be its owner's alone. */
    public static SharedSecret read(Path file) throws IOException {
        final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER"))) {
            throw new IOException(file + ": others than its owner may use it: chmod 600");
        }
        return of(Files.readString(file));
    }

    /** Of a text; white space around it does not count. */
    public static SharedSecret of(String text) throws IOException {
        final String stripped = text.strip();
        if (stripped.length() < LEAST_CHARACTERS) {
            throw new IOException(
                    "a secret has at least " + LEAST_CHARACTERS + " characters, for example those of openssl rand -base64 32");
        }
        final byte[] hash = new byte[Blake2s.HASH_LENGTH];
        Blake2s.hash(hash, stripped.getBytes(StandardCharsets.UTF_8), new byte[0]);
        return new SharedSecret(hash);
    }

    private byte[] derive(String what) {
        final byte[] out = new byte[Blake2s.HASH_LENGTH];
        Blake2s.kdf(secret, what.getBytes(StandardCharsets.UTF_8), out);
        return out;
    }

    /** Tells two secrets apart, and nothing else of them. */
    public String fingerprint() {
        return Base64.getEncoder().encodeToString(Arrays.copyOf(derive("wg-hub fingerprint"), 9));
    }

    /** The private key of a hub. */
    public PrivateKey privateKey(String hub) {
        final byte[] bytes = derive("wg-hub private key of " + hub);
        try {
            return PrivateKey.generate(out -> System.arraycopy(bytes, 0, out, 0, bytes.length));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** A spoke's preshared key, for the store. */
    public String seal(String spoke, PresharedKey key) {
        final byte[] plain = new byte[PresharedKey.LENGTH];
        final byte[] nonce = new byte[NONCE_LENGTH];
        key.copyTo(plain, 0);
        random.nextBytes(nonce);
        try {
            final byte[] sealed = cipher(Cipher.ENCRYPT_MODE, spoke, nonce).doFinal(plain);
            final byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The preshared key that was sealed. */
    public PresharedKey open(String spoke, String sealed) throws IOException {
        try {
            final byte[] all = Base64.getDecoder().decode(sealed);
            if (all.length != NONCE_LENGTH + PresharedKey.LENGTH + TAG_BITS / 8) {
                throw new IOException("the preshared key of port " + spoke + " is not a sealed one");
            }
            final byte[] plain = cipher(Cipher.DECRYPT_MODE, spoke, Arrays.copyOf(all, NONCE_LENGTH))
                    .doFinal(all, NONCE_LENGTH, all.length - NONCE_LENGTH);
            try {
                return PresharedKey.of(plain, 0);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        } catch (IllegalArgumentException | AEADBadTagException e) {
            throw new IOException("the preshared key of port " + spoke + " was sealed with another secret", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Cipher cipher(int mode, String spoke, byte[] nonce) throws GeneralSecurityException {
        final byte[] key = derive("wg-hub preshared keys");
        final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(spoke.getBytes(StandardCharsets.UTF_8));
        Arrays.fill(key, (byte) 0);
        return cipher;
    }
}
