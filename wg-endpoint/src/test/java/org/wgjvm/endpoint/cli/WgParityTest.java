package org.wgjvm.endpoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.text.InetReader;
import org.wgjvm.endpoint.uapi.PathListener;
import org.wgjvm.endpoint.uapi.UapiServer;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** Our commands against the real {@code wg(8)} on the same devices, served over real sockets: the same bytes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class WgParityTest {
    @TempDir
    Path directory;

    private final FakeDevice full = new FakeDevice();
    private final FakeDevice empty = new FakeDevice();
    private Path sockets;
    private UapiServer fullServer;
    private UapiServer emptyServer;

    @BeforeAll
    static void present() throws IOException {
        Wg.assumePresent(WgParityTest.class);
    }

    @BeforeEach
    void start() throws IOException {
        sockets = directory.resolve("wireguard");
        fullServer = UapiServer.start(PathListener.open(UapiSocket.path(sockets, "wg0")), full, Log.silent());
        emptyServer = UapiServer.start(PathListener.open(UapiSocket.path(sockets, "wg1")), empty, Log.silent());
        fill(full);
    }

    @AfterEach
    void stop() {
        fullServer.close();
        emptyServer.close();
    }

    private static void fill(FakeDevice device) {
        final Random random = new Random(3);
        device.privateKey = PrivateKey.generate(random::nextBytes);
        device.listenPort = 51820;
        device.fwmark = 0xca6c;
        final long nowSeconds = System.currentTimeMillis() / 1000;
        final long[] ages = {0, 59, 60, 3600, 86_400, 3_600 * 24 * 366L + 3_661, 1_000, -500, 7_200};
        final long[] counts = {0, 1, 1023, 1024, 1_048_575, 1_048_576, 5_368_709_120L, 123_456_789_012_345L, -1};
        for (int i = 0; i < ages.length; i++) {
            final byte[] key = new byte[32];
            random.nextBytes(key);
            final FakeDevice.Peer peer = new FakeDevice.Peer();
            peer.lastHandshakeEpochNs = ages[i] == 0 ? 0 : (nowSeconds - ages[i]) * 1_000_000_000L + i;
            peer.txBytes = counts[i];
            peer.rxBytes = counts[counts.length - 1 - i];
            peer.keepaliveSeconds = i == 3 ? 0 : i * 7_000;
            peer.presharedKey = i % 2 == 0 ? null : PresharedKey.generate(random::nextBytes);
            peer.endpoint = switch (i % 4) {
                case 0 -> null;
                case 1 -> Endpoint.v4(random.nextInt(), 1 + random.nextInt(65_535));
                case 2 -> Endpoint.v6(random.nextLong(), random.nextLong(), 5, 0);
                default -> Endpoint.v6(0xfe80_0000_0000_0000L, 1, 51820, 1);
            };
            device.peers.put(PublicKey.of(key, 0), peer);
            for (int j = 0; j < i; j++) {
                peer.allowedIps.add(j % 2 == 0 ? IpPrefix.v4(random.nextInt(), random.nextInt(33)) : v6(random, j));
            }
        }
    }

    private static IpPrefix v6(Random random, int j) {
        final String[] odd = {"::/0", "::1.2.3.4/128", "::ffff:1.2.3.4/128", "::1/128", "1::/16", "2001:0:0:1::1/128", "::1:0/112"};
        return j < 4 ? new InetReader().prefix(odd[random.nextInt(odd.length)]) : IpPrefix.v6(random.nextLong(), random.nextLong(), 64);
    }

    private void same(Map<String, String> environment, String... arguments) throws Exception {
        Run theirs = null;
        Run ours = null;
        // "1 second ago" may change between the two.
        for (int i = 0; i < 5 && (theirs == null || !theirs.out().equals(ours.out())); i++) {
            theirs = Wg.run(sockets, environment, "", arguments);
            ours = Run.command(sockets, environment, "", arguments);
        }
        assertEquals(theirs.out(), ours.out());
        assertEquals("", theirs.err());
        assertEquals("", ours.err());
        assertEquals(theirs.code(), ours.code());
        assertTrue(ours.out().length() > 3, ours.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public-key", "private-key", "listen-port", "fwmark", "peers", "preshared-keys", "endpoints", "allowed-ips", "latest-handshakes",
        "transfer", "persistent-keepalive", "dump"
    })
    void fieldsAreTheSame(String field) throws Exception {
        same(Map.of(), "show", "wg0", field);
        // Before 2023 wg printed the interface only for endpoints that are known.
        if (!field.equals("endpoints")) {
            same(Map.of(), "show", "all", field);
        }
    }

    @Test
    void showIsTheSame() throws Exception {
        same(Map.of(), "show", "wg0");
        same(Map.of("WG_HIDE_KEYS", "never"), "show", "wg0");
        same(Map.of("WG_COLOR_MODE", "always"), "show", "wg0");
        same(Map.of("WG_COLOR_MODE", "always", "WG_HIDE_KEYS", "never"), "show", "all");
        same(Map.of("WG_COLOR_MODE", "never"), "show");
        same(Map.of(), "show", "wg1");
        same(Map.of(), "show", "interfaces");
    }

    @Test
    void showconfIsTheSame() throws Exception {
        same(Map.of(), "showconf", "wg0");
        same(Map.of(), "showconf", "wg1");
    }

    @Test
    void pubkeyIsTheSame() throws Exception {
        for (int i = 0; i < 5; i++) {
            final String key = Run.command(sockets, Map.of(), "", "genkey").out();
            assertEquals(Wg.run(sockets, Map.of(), key, "pubkey"), Run.command(sockets, Map.of(), key, "pubkey"));
        }
        for (final String wrong : new String[] {"", "x", "A".repeat(44), "A".repeat(42) + "B=", "A".repeat(43) + "=x"}) {
            assertEquals(1, Wg.run(sockets, Map.of(), wrong, "pubkey").code(), wrong);
            assertEquals(1, Run.command(sockets, Map.of(), wrong, "pubkey").code(), wrong);
        }
    }

    private static DeviceSnapshot state(FakeDevice device) {
        return device.snapshot().toCompletableFuture().join();
    }

    /** Runs a command that changes a device: theirs on one fake, ours on another; both must come out the same. */
    private void sameEffect(String... arguments) throws Exception {
        final FakeDevice ourDevice = new FakeDevice();
        final FakeDevice theirDevice = new FakeDevice();
        for (final FakeDevice device : new FakeDevice[] {ourDevice, theirDevice}) {
            fill(device);
            device.peers.values().forEach(p -> p.lastHandshakeEpochNs = 0);
        }
        try (UapiServer ours = UapiServer.start(PathListener.open(UapiSocket.path(sockets, "ours")), ourDevice, Log.silent());
                UapiServer theirs = UapiServer.start(PathListener.open(UapiSocket.path(sockets, "theirs")), theirDevice, Log.silent())) {
            arguments[1] = "theirs";
            final Run wg = Wg.run(sockets, Map.of(), "", arguments);
            arguments[1] = "ours";
            final Run mine = Run.command(sockets, Map.of(), "", arguments);
            assertEquals(wg.code(), mine.code(), () -> wg + " " + mine);
            assertTrue(!ours.closed().toCompletableFuture().isDone() && !theirs.closed().toCompletableFuture().isDone());
        }
        assertEquals(text(state(theirDevice)), text(state(ourDevice)));
    }

    private static String text(DeviceSnapshot device) {
        final Set<String> peers = new HashSet<>();
        device.peers().forEach(p -> peers.add(p.publicKey() + " " + (p.presharedKey() == null ? "" : p.presharedKey().toHex()) + " "
                + p.endpoint() + " " + p.persistentKeepaliveSeconds() + " " + new HashSet<>(p.allowedIps())));
        return (device.privateKey() == null ? "" : device.privateKey().toHex()) + " " + device.listenPort() + " "
                + device.fwmark() + " " + peers;
    }

    @Test
    void setHasTheSameEffect() throws Exception {
        final String first = full.peers.keySet().iterator().next().toBase64();
        final Path key = Files.writeString(directory.resolve("key"), PresharedKey.generate(new Random(9)::nextBytes).toBase64() + "\n");
        final String fresh = PrivateKey.generate(new Random(4)::nextBytes).publicKey().toBase64();
        sameEffect("set", "", "listen-port", "7", "fwmark", "0xffffffff", "private-key", key.toString());
        sameEffect("set", "", "fwmark", "off", "private-key", "/dev/null");
        sameEffect("set", "", "peer", first, "remove");
        sameEffect("set", "", "peer", first, "preshared-key", "/dev/null", "persistent-keepalive", "off", "allowed-ips", "");
        sameEffect("set", "", "peer", fresh, "preshared-key", key.toString(), "endpoint", "[::1]:77", "persistent-keepalive", "25",
                "allowed-ips",
                "10.0.0.0/8, fd00::/8,1.2.3.4", "peer", first, "endpoint", "127.0.0.1:9");
        sameEffect("set", "", "peer", fresh, "endpoint", "localhost:5");
        sameEffect("set", "", "peer", fresh, "endpoint", "[fe80::1%lo]:5");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "listen-port", "listen-port x", "fwmark x", "fwmark 0x100000000", "fwmark 0x", "private-key /none",
        "endpoint 1.2.3.4:5",
        "peer x", "peer KEY endpoint", "peer KEY endpoint 1.2.3.4", "peer KEY endpoint [::1]", "peer KEY allowed-ips 1.2.3.4/33",
        "peer KEY allowed-ips 1.2.3", "peer KEY persistent-keepalive 65536", "peer KEY listen-port 5",
        "peer KEY preshared-key /etc/hostname", "foo"
    })
    void whatWgRefusesWeRefuse(String change) throws Exception {
        final String key = PrivateKey.generate(new Random(4)::nextBytes).publicKey().toBase64();
        sameEffect(("set IF " + change.replace("KEY", key)).split(" "));
    }

    @Test
    void filesHaveTheSameEffect() throws Exception {
        final var keys = full.peers.keySet().iterator();
        final String text = "[interface]\n privatekey = " + full.privateKey.toBase64() + " # mine\nListenPort=9\n\n[PEER]\nPublicKey = "
                + keys.next().toBase64()
                        + "\nAllowedIPs = 10.0.0.0/8, 11.0.0.0/8\nAllowedIPs = fd00::/8\n[Peer]\nEndpoint = 127.0.0.1:5\nPublicKey="
                + keys.next().toBase64() + "\nPresharedKey = " + full.privateKey.toBase64()
                        + "\nPersistentKeepalive = off\nPersistentKeepalive=7\n";
        final Path file = Files.writeString(directory.resolve("a.conf"), text);
        sameEffect("setconf", "", file.toString());
        sameEffect("addconf", "", file.toString());
        final Path bare = Files.writeString(directory.resolve("b.conf"), "[Interface]\n");
        sameEffect("setconf", "", bare.toString());
        sameEffect("syncconf", "", bare.toString());
        final Path conf = Files.writeString(directory.resolve("c.conf"), Run.command(sockets, Map.of(), "", "showconf", "wg0").out());
        sameEffect("setconf", "", conf.toString());
        sameEffect("syncconf", "", conf.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ListenPort = 5", "[Interface]\nFoo = 1", "[Interface]\nListenPort", "[Interface]\nListenPort =", "[Foo]", "[Peer]",
        "[Peer]\nPublicKey = x",
        "[Interface]\nAddress = 10.0.0.1/24", "[Interface]\nPrivateKey = x"
    })
    void filesThatWgRefusesWeRefuse(String text) throws Exception {
        sameEffect("setconf", "", Files.writeString(directory.resolve("bad.conf"), text + "\n").toString());
    }

    @Test
    void aThousandPeersAreTheSame() throws Exception {
        final StringBuilder text = new StringBuilder("[Interface]\n");
        int next = 0;
        for (int i = 0; i < 1020; i++) {
            final byte[] key = new byte[32];
            new Random(i).nextBytes(key);
            text.append("[Peer]\nPublicKey = ").append(PublicKey.of(key, 0)).append("\nAllowedIPs = ");
            for (int j = 0; j < 128; j++, next++) {
                text.append(j == 0 ? "" : ", ").append(IpPrefix.v4(0x0a000000 + next, 32));
            }
            text.append('\n');
        }
        final Path file = Files.writeString(directory.resolve("big.conf"), text, StandardCharsets.US_ASCII);
        assertEquals(0, Wg.run(sockets, Map.of(), "", "setconf", "wg1", file.toString()).code());
        assertEquals(130_560, empty.peers.values().stream().mapToInt(p -> p.allowedIps.size()).sum());
        same(Map.of(), "show", "wg1", "dump");
        assertEquals(0, Wg.run(sockets, Map.of(), "", "syncconf", "wg1", file.toString()).code());
        assertEquals(0, Run.command(sockets, Map.of(), "", "syncconf", "wg1", file.toString()).code());
        assertEquals(1020, empty.peers.size());
    }

    @Test
    void aDeviceThatIsNotThereIsAnError() throws Exception {
        for (final String command : new String[] {"show", "showconf"}) {
            assertEquals(1, Wg.run(sockets, Map.of(), "", command, "nosuch").code());
            final Run ours = Run.command(sockets, Map.of(), "", command, "nosuch");
            assertEquals(1, ours.code());
            assertTrue(ours.err().contains("nosuch") && ours.err().lines().count() == 1, ours.err());
        }
    }
}
