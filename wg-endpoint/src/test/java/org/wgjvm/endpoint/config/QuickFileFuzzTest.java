package org.wgjvm.endpoint.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files of any bytes, for {@code wg setconf} and for {@code wg-quick}. */
final class QuickFileFuzzTest {
    /** Refused with a {@link ConfigException} that names a line of the file and shows no key, or read; never anything else. */
    @FuzzTest
    void files(byte[] data) {
        final String text = new String(data, StandardCharsets.UTF_8);
        final WgConfig plain = read(text, false);
        final WgConfig quick = read(text, true);
        if (plain != null) {
            assertTrue(quick != null, "what wg takes, wg-quick takes");
            assertSameForWg(plain, quick);
        }
        if (quick != null) {
            final WgConfig stripped = read(quick.stripped(), false);
            assertTrue(stripped != null, quick.stripped());
            assertSameForWg(quick, stripped);
            final WgConfig again = read(quick.stripped(), true);
            assertEquals(quick.stripped(), again.stripped());
        }
    }

    private static WgConfig read(String text, boolean quickKeys) {
        try {
            return ConfigParser.parse("wg0.conf", text, quickKeys);
        } catch (ConfigException e) {
            assertTrue(e.line() >= 1 && e.line() <= text.lines().count(), e.getMessage());
            assertFalse(e.reason() == Reason.BAD_KEY && e.text() != null);
            return null;
        }
    }

    private static void assertSameForWg(WgConfig a, WgConfig b) {
        assertEquals(a.listenPort(), b.listenPort());
        assertEquals(a.fwmark(), b.fwmark());
        assertEquals(a.privateKey() == null, b.privateKey() == null);
        if (a.privateKey() != null) {
            assertEquals(a.privateKey().toBase64(), b.privateKey().toBase64());
        }
        assertEquals(a.peers().size(), b.peers().size());
        for (int i = 0; i < a.peers().size(); i++) {
            assertEquals(described(a.peers().get(i)), described(b.peers().get(i)));
        }
    }

    /** A peer without its place in the file. */
    private static String described(PeerConfig peer) {
        final Object psk = peer.presharedKey() == null ? "none" : peer.presharedKey().toBase64();
        return Arrays.asList(peer.publicKey(), psk, peer.endpoint(), peer.persistentKeepaliveSeconds(), peer.replaceAllowedIps(),
                peer.allowedIps()).toString();
    }
}
