package org.wgjvm.hub.share;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.hub.Ports;

final class SharedSecretTest {
    private static final String TEXT = "0123456789abcdef0123456789abcdef";
    private static final String PSK = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=";

    @TempDir
    Path directory;

    @Test
    void keysFollowFromTheSecretAndTheHubAndFromNothingElse() throws Exception {
        final SharedSecret one = SharedSecret.of(TEXT);
        final SharedSecret same = SharedSecret.of(TEXT + "\n");
        final SharedSecret other = SharedSecret.of(TEXT + "x");
        assertEquals(one.privateKey(Ports.hubId(1)).toBase64(), same.privateKey(Ports.hubId(1)).toBase64());
        assertNotEquals(one.privateKey(Ports.hubId(1)).toBase64(), one.privateKey(Ports.hubId(2)).toBase64());
        assertNotEquals(one.privateKey(Ports.hubId(1)).toBase64(), other.privateKey(Ports.hubId(1)).toBase64());
        assertEquals(one.fingerprint(), same.fingerprint());
        assertNotEquals(one.fingerprint(), other.fingerprint());
    }

    @Test
    void whatIsSealedOpensWithTheSameSecretForTheSamePortOnly() throws Exception {
        final SharedSecret secret = SharedSecret.of(TEXT);
        final String sealed = secret.seal(Ports.spokeId(1), PresharedKey.fromBase64(PSK));
        assertFalse(sealed.contains(PSK.substring(0, 8)));
        assertNotEquals(sealed, secret.seal(Ports.spokeId(1), PresharedKey.fromBase64(PSK)));
        assertEquals(PSK, SharedSecret.of(TEXT).open(Ports.spokeId(1), sealed).toBase64());
        assertThrows(IOException.class, () -> secret.open(Ports.spokeId(2), sealed));
        assertThrows(IOException.class, () -> SharedSecret.of(TEXT + "x").open(Ports.spokeId(1), sealed));
        assertThrows(IOException.class, () -> secret.open(Ports.spokeId(1), "AAAA"));
        assertThrows(IOException.class, () -> secret.open(Ports.spokeId(1), "?"));
    }

    @Test
    void aFileThatOthersCanReadOrThatIsShortIsRefused() throws Exception {
        final Path file = Files.writeString(directory.resolve("secret"), TEXT);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertTrue(assertThrows(IOException.class, () -> SharedSecret.read(file)).getMessage().contains("chmod 600"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertEquals(SharedSecret.of(TEXT).fingerprint(), SharedSecret.read(file).fingerprint());
        assertThrows(IOException.class, () -> SharedSecret.of("short"));
    }
}
