package org.wgjvm.endpoint.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.wgjvm.core.noise.KeyLog;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.log.Log;

/**
 * The key log that Wireshark's WireGuard dissector reads ({@code wg.keylog_file}): for each handshake our static private key, the peer's
 * public key, our ephemeral private key, and the preshared key, which belongs to the ephemeral one before it. For its owner alone; what is
 * in the file already stays. Whoever has it can read all traffic, and be us.
 */
public final class KeyLogFile implements KeyLog, AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final FileChannel file;
    private final Log log;

    private KeyLogFile(FileChannel file, Log log) {
        this.file = file;
        this.log = log;
    }

    /** Opens {@code path} to append to; refuses a file that others may read, a link, and what is no file. */
    public static KeyLogFile open(Path path, Log log) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(path + " is not a file");
            }
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw new IOException(path + " can be read by others than its owner: chmod 600 it, or remove it");
            }
        }
        final FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        return new KeyLogFile(file, log);
    }

    @Override
    public void onEphemeral(byte[] localStatic, PublicKey remoteStatic, byte[] localEphemeral, byte[] presharedKey) {
        final ByteBuffer text = ByteBuffer.allocate(512);
        line(text, "LOCAL_STATIC_PRIVATE_KEY", localStatic);
        line(text, "REMOTE_STATIC_PUBLIC_KEY", remoteStatic.toBytes());
        line(text, "LOCAL_EPHEMERAL_PRIVATE_KEY", localEphemeral);
        line(text, "PRESHARED_KEY", presharedKey);
        text.flip();
        try {
            while (text.hasRemaining()) {
                file.write(text);
            }
        } catch (IOException e) {
            log.error("The key log cannot be written: " + e.getMessage());
        } finally {
            Arrays.fill(text.array(), (byte) 0);
        }
    }

    private static void line(ByteBuffer text, String name, byte[] key) {
        final byte[] base64 = Base64.getEncoder().encode(key);
        text.put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) '=').put(base64).put((byte) '\n');
        Arrays.fill(base64, (byte) 0);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            log.error("The key log cannot be closed: " + e.getMessage());
        }
    }
}
