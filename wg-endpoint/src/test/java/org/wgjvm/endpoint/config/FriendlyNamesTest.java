package org.wgjvm.endpoint.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.crypto.PublicKey;

final class FriendlyNamesTest {
    private static final String A = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
    private static final String B = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";
    private static final String C = "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M=";

    private static String name(String text, String key) {
        return FriendlyNames.in(text).get(PublicKey.fromBase64(key));
    }

    @Test
    void aGivenNameIsPreferredToAComment() {
        assertEquals("Alice", name("[Peer]\n# her phone\n# friendly_name = Alice\nPublicKey = " + A, A));
        assertEquals("Alice", name("[Peer]\nPublicKey = " + A + "\n#Name=Alice\n", A));
        assertEquals("her phone", name("[peer]\n## her phone\n# second\npublickey=" + A, A));
        assertEquals("her phone", name("[Peer] # her phone\nPublicKey = " + A + " # a key\n", A));
    }

    @Test
    void aCommentDirectlyAboveNamesThePeerAndNotTheOneBefore() {
        final String text = "[Interface]\n# Server\n# Alice\n[Peer]\nPublicKey = " + A + "\n\n# Bob\n[Peer]\nPublicKey = " + B
                + "\n\n# Nobody\n\n[Peer]\nPublicKey = " + C + "\n";
        assertEquals("Alice", name(text, A));
        assertEquals("Bob", name(text, B));
        assertEquals(null, name(text.replace("# Nobody\n", ""), C));
    }

    @Test
    void settingsThatAreSwitchedOffAndKeysAreNoNames() {
        assertEquals(Map.of(), FriendlyNames.in(
                "[Peer]\n# PresharedKey = " + B + "\n#" + C + "\n# Endpoint=x:1\n#\n# ----\nPublicKey = " + A));
        assertEquals(Map.of(), FriendlyNames.in("# PrivateKey = " + B + "\n[Peer]\nPublicKey = " + A));
    }

    @Test
    void longNamesAreCutAndControlCharactersGo() {
        assertEquals("x".repeat(64), name("[Peer]\n# " + "x".repeat(100) + "\nPublicKey = " + A, A));
        assertEquals("a [31mb", name("[Peer]\n# a\u001b[31mb\nPublicKey = " + A, A));
    }

    @Test
    void theFileIsReadAgainWhenItHasChanged(@TempDir Path directory) throws Exception {
        final NameFile names = NameFile.of("wg0", Map.of(), directory);
        assertEquals(Map.of(), names.names());
        final Path file = directory.resolve("wg0.conf");
        Files.writeString(file, "[Peer]\n# Alice\nPublicKey = " + A);
        assertEquals("Alice", names.names().get(PublicKey.fromBase64(A)));
        Files.writeString(file, "[Peer]\n# Bob\nPublicKey = " + A);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertEquals("Bob", names.names().get(PublicKey.fromBase64(A)));
        Files.delete(file);
        assertEquals(Map.of(), NameFile.of("wg0", Map.of("WGJVM_CONFIG", file.toString()), Path.of("/nowhere")).names());
        assertEquals(Map.of(), names.names());
    }
}
