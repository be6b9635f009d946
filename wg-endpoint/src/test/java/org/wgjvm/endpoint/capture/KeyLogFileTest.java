package org.wgjvm.endpoint.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.log.Log;

final class KeyLogFileTest {
    @TempDir
    Path directory;

    private static byte[] key(int fill) {
        final byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    @Test
    void eachHandshakeIsFourLinesForTheOwnerAlone() throws IOException {
        final Path path = directory.resolve("keys");
        for (int run = 0; run < 2; run++) {
            try (KeyLogFile log = KeyLogFile.open(path, Log.silent())) {
                log.onEphemeral(key(1), PublicKey.of(key(2), 0), key(3), key(4));
            }
        }
        final String once = "LOCAL_STATIC_PRIVATE_KEY=" + base64(1) + "\nREMOTE_STATIC_PUBLIC_KEY=" + base64(2)
                + "\nLOCAL_EPHEMERAL_PRIVATE_KEY=" + base64(3) + "\nPRESHARED_KEY=" + base64(4) + "\n";
        assertEquals(once + once, Files.readString(path));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void aFileThatOthersCanReadIsRefusedAndSoIsALink() throws IOException {
        final Path open = Files.writeString(directory.resolve("open"), "");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(assertThrows(IOException.class, () -> KeyLogFile.open(open, Log.silent())).getMessage().contains("chmod 600"));
        final Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));
        assertThrows(IOException.class, () -> KeyLogFile.open(link, Log.silent()));
    }

    private static String base64(int fill) {
        return Base64.getEncoder().encodeToString(key(fill));
    }
}
