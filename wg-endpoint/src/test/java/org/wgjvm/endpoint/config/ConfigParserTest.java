package org.wgjvm.endpoint.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.quick.QuickFile;

final class ConfigParserTest {
    private static final String KEY = PrivateKey.generate(new Random(1)::nextBytes).toBase64();

    @TempDir
    Path directory;

    private static WgConfig quick(String text) throws ConfigException {
        return ConfigParser.parse("wg0.conf", text, true);
    }

    private static final Set<Reason> SEEN = EnumSet.noneOf(Reason.class);

    private static ConfigException refuse(Reason reason, int line, String section, String key, String text) {
        final ConfigException e = assertThrows(ConfigException.class, () -> quick(text), text);
        assertEquals(reason, e.reason(), e.getMessage());
        assertEquals("wg0.conf", e.file());
        assertEquals(line, e.line(), e.getMessage());
        assertEquals(section, e.section());
        assertEquals(key, e.key());
        assertTrue(e.getMessage().startsWith("wg0.conf:" + line + ": "), e.getMessage());
        assertTrue(e.getMessage().endsWith(reason.text()), e.getMessage());
        SEEN.add(reason);
        return e;
    }

    @Test
    void everythingIsRead() throws ConfigException {
        final WgConfig c = quick("# all of it\n[interface]\nADDRESS = 10.0.0.1/24 , fd00::1\nAddress=10.0.0.2\n"
                + "DNS = 1.1.1.1, example.com ,2606:4700::1\n"
                + "MTU = 1420\nTable = AUTO\nFwMark = 0xca6c\nPreUp = a # b\nPostUp = b %i\nPreDown = c\nPostDown = d = e\n"
                + "SaveConfig = true\n"
                + "ListenPort = 51820\nPrivateKey = " + KEY + "\n\n[ Peer ] # one\nPublicKey = " + KEY + "\nPresharedKey=" + KEY
                + "\nAllowedIPs = 10.0.0.0/8,\t11.0.0.1\nAllowedIPs = ::/0\nEndpoint = [2001:db8::1]:5\nPersistentKeepalive = 25\n"
                + "[Peer]\nPublicKey = "
                + KEY + "\nEndpoint = example.com:6\nPersistentKeepalive = OFF\n");
        assertEquals(
                new QuickOptions(
                        List.of("10.0.0.1/24", "fd00::1", "10.0.0.2"), List.of("1.1.1.1", "2606:4700::1"), List.of("example.com"), 1420,
                                "auto",
                        List.of("a # b"), List.of("b %i"), List.of("c"), List.of("d = e"), true),
                c.quick());
        assertEquals(0xca6c, c.fwmark());
        assertEquals(51820, c.listenPort());
        assertEquals(KEY, c.privateKey().toBase64());
        final PeerConfig first = c.peers().getFirst();
        assertEquals(KEY, first.presharedKey().toBase64());
        assertEquals(
                List.of("10.0.0.0/8", "11.0.0.1/32", "::/0"), first.allowedIps().stream().map(a -> a.prefix().toString()).toList());
        assertEquals(new HostPort("2001:db8::1", 5), first.endpoint());
        assertEquals(25, first.persistentKeepaliveSeconds());
        assertEquals(new HostPort("example.com", 6), c.peers().get(1).endpoint());
        assertEquals(0, c.peers().get(1).persistentKeepaliveSeconds());
    }

    @Test
    void whatIsNotWrittenIsNull() throws ConfigException {
        final WgConfig c = quick("[Interface]\n[Peer]\nPublicKey = " + KEY);
        assertNull(c.privateKey());
        assertNull(c.listenPort());
        assertNull(c.fwmark());
        assertNull(c.quick().mtu());
        assertNull(c.peers().getFirst().endpoint());
        final DeviceChange set = c.toSetconf(HostResolver.of(Map.of(), System.err));
        assertTrue(set.privateKey().isZero() && set.listenPort() == 0 && set.fwmark() == 0 && set.replacePeers());
        final DeviceChange add = c.toAddconf(HostResolver.of(Map.of(), System.err));
        assertTrue(add.privateKey() == null && add.listenPort() == null && add.fwmark() == null && !add.replacePeers());
        assertTrue(add.peers().getFirst().replaceAllowedIps());
    }

    @Test
    void strippedIsWhatWgReads() throws ConfigException {
        assertEquals(
                "[Interface]\n# kept\nListenPort = 5\n\n[Peer]\nPublicKey = " + KEY + "\n",
                quick("[Interface]\n  # kept\nAddress = 10.0.0.1\nListenPort = 5\nPostUp = x\n\n[Peer]\nPublicKey = "
                        + KEY + "\n").stripped());
    }

    @Test
    void aReasonForEverything() throws Exception {
        refuse(Reason.UNKNOWN_SECTION, 1, null, null, "[Foo]");
        refuse(Reason.OUTSIDE_SECTION, 2, null, "MTU", "\nMTU = 5");
        refuse(Reason.NO_EQUALS_SIGN, 2, "Interface", null, "[Interface]\n" + KEY.replace("=", ""));
        refuse(Reason.UNKNOWN_KEY, 2, "Interface", "Foo", "[Interface]\nFoo = 1");
        refuse(Reason.UNKNOWN_KEY, 3, "Peer", "MTU", "[Peer]\nPublicKey=" + KEY + "\nMTU = 1400");
        refuse(Reason.MISSING_VALUE, 2, "Interface", "ListenPort", "[Interface]\nListenPort = # 5");
        refuse(Reason.MISSING_VALUE, 2, "Interface", "Address", "[Interface]\nAddress =");
        refuse(Reason.MISSING_PUBLIC_KEY, 3, "Peer", null, "[Interface]\n\n[Peer]\nAllowedIPs = ::/0\n[Peer]\nPublicKey = " + KEY);
        refuse(Reason.BAD_KEY, 2, "Interface", "PrivateKey", "[Interface]\nPrivateKey = short");
        refuse(Reason.BAD_KEY, 2, "Peer", "PublicKey", "[Peer]\nPublicKey = " + "A".repeat(42) + "B=");
        refuse(Reason.BAD_KEY, 2, "Peer", "PresharedKey", "[Peer]\nPresharedKey = x");
        refuse(Reason.BAD_PORT, 2, "Interface", "ListenPort", "[Interface]\nListenPort = 65536");
        refuse(Reason.BAD_FWMARK, 2, "Interface", "FwMark", "[Interface]\nFwMark = 0x100000000");
        refuse(Reason.BAD_FWMARK, 2, "Interface", "FwMark", "[Interface]\nFwMark = -1");
        refuse(Reason.BAD_KEEPALIVE, 2, "Peer", "PersistentKeepalive", "[Peer]\nPersistentKeepalive = 65536");
        refuse(Reason.BAD_ALLOWED_IP, 2, "Peer", "AllowedIPs", "[Peer]\nAllowedIPs = 10.0.0.0/8, 11.0.0.0/33");
        refuse(Reason.BAD_ALLOWED_IP, 2, "Peer", "AllowedIPs", "[Peer]\nAllowedIPs = 10.0.0.0/8,,");
        refuse(Reason.BAD_ENDPOINT, 2, "Peer", "Endpoint", "[Peer]\nEndpoint = example.com");
        refuse(Reason.BAD_ENDPOINT, 2, "Peer", "Endpoint", "[Peer]\nEndpoint = [::1:5");
        refuse(Reason.BAD_ADDRESS, 2, "Interface", "Address", "[Interface]\nAddress = 10.0.0.1/33");
        refuse(Reason.BAD_DNS, 2, "Interface", "DNS", "[Interface]\nDNS = 1.1.1.300");
        refuse(Reason.BAD_DNS, 2, "Interface", "DNS", "[Interface]\nDNS = a;b");
        refuse(Reason.BAD_MTU, 2, "Interface", "MTU", "[Interface]\nMTU = 67");
        refuse(Reason.BAD_TABLE, 2, "Interface", "Table", "[Interface]\nTable = 0");
        refuse(Reason.BAD_TABLE, 2, "Interface", "Table", "[Interface]\nTable = a b");
        refuse(Reason.BAD_BOOLEAN, 2, "Interface", "SaveConfig", "[Interface]\nSaveConfig = yes");

        final WgConfig unresolved = quick("[Peer]\nPublicKey = " + KEY + "\nEndpoint = no-such-host.invalid:5");
        final ConfigException host = assertThrows(
                ConfigException.class,
                () -> unresolved.toSetconf(HostResolver.of(Map.of("WG_ENDPOINT_RESOLUTION_RETRIES", "0"), System.err)));
        assertEquals(Reason.UNKNOWN_HOST, host.reason());
        assertEquals(3, host.line());
        SEEN.add(host.reason());
        final ConfigException unreadable = assertThrows(ConfigException.class, () -> ConfigParser.readWg(directory.resolve("none")));
        assertEquals(Reason.NOT_READABLE, unreadable.reason());
        SEEN.add(unreadable.reason());
        Files.writeString(directory.resolve("a name too long for it.conf"), "");
        final ConfigException name = assertThrows(
                ConfigException.class, () -> QuickFile.find(directory.resolve("a name too long for it.conf").toString(), directory,
                        System.err));
        assertEquals(Reason.BAD_INTERFACE_NAME, name.reason());
        SEEN.add(name.reason());
        final ConfigException keyFile = assertThrows(
                ConfigException.class,
                () -> SetArguments.parse(List.of("private-key", "/nonexistent"), HostResolver.of(Map.of(), System.err)));
        assertEquals(Reason.BAD_KEY_FILE, keyFile.reason());
        SEEN.add(keyFile.reason());
        assertEquals(EnumSet.allOf(Reason.class), SEEN);
    }

    @Test
    void secretsAreNotShown() {
        final String secret = KEY.substring(1);
        for (final String text : List.of("[Interface]\nPrivateKey = " + secret, "[Peer]\nPresharedKey = " + secret,
                "[Interface]\n" + secret.replace("=", ""))) {
            final ConfigException e = assertThrows(ConfigException.class, () -> quick(text));
            assertFalse(e.getMessage().contains(secret.substring(5, 20)), e.getMessage());
        }
    }
}
