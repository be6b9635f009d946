package org.wgjvm.endpoint.wg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.config.ConfigParser;
import org.wgjvm.endpoint.config.HostResolver;

final class DeviceDiffTest {
    private static final String[] KEYS = new String[6];
    private static final String[] SECRETS = new String[6];

    static {
        for (int i = 0; i < KEYS.length; i++) {
            final PrivateKey key = PrivateKey.generate(new Random(i)::nextBytes);
            KEYS[i] = key.publicKey().toBase64();
            SECRETS[i] = key.toBase64();
        }
    }

    private static DeviceChange file(String text) throws Exception {
        return ConfigParser.parse("test", text, true).toAddconf(HostResolver.of(Map.of(), System.err));
    }

    private static FakeDevice running(String text) throws Exception {
        final FakeDevice device = new FakeDevice();
        device.apply(file(text));
        return device;
    }

    private static DeviceSnapshot get(FakeDevice device) {
        return device.snapshot().toCompletableFuture().join();
    }

    private static String peer(int key, String lines) {
        return "[Peer]\nPublicKey = " + KEYS[key] + "\n" + lines + "\n";
    }

    @Test
    void nothingDiffersFromWhatIsThere() throws Exception {
        final String text = "[Interface]\nPrivateKey = " + SECRETS[0] + "\nListenPort = 5\n"
                + peer(1, "AllowedIPs = 10.0.0.0/24\nEndpoint = 192.0.2.1:1\nPersistentKeepalive = 7\nPresharedKey = " + SECRETS[5])
                + peer(2, "");
        final DeviceDiff diff = DeviceDiff.of(get(running(text)), file(text));
        assertTrue(diff.isEmpty(), diff.lines().toString());
        assertEquals(2, diff.unchangedPeers());
        assertEquals(new DeviceChange(null, null, null, false, List.of()), diff.change());
    }

    @Test
    void whatTheFileDoesNotNameOfTheInterfaceStaysAsItIs() throws Exception {
        final FakeDevice device = running("[Interface]\nPrivateKey = " + SECRETS[0] + "\nListenPort = 5\nFwMark = 9\n");
        assertTrue(DeviceDiff.of(get(device), file("[Interface]\n")).isEmpty());
    }

    @Test
    void everyDifferenceIsSaidAndNoSecretIs() throws Exception {
        final FakeDevice device = running("[Interface]\nPrivateKey = " + SECRETS[0] + "\nListenPort = 5\n"
                + peer(1, "AllowedIPs = 10.0.0.0/24, 10.1.0.0/24\nPresharedKey = " + SECRETS[5]) + peer(2, "AllowedIPs = 10.2.0.0/24"));
        final DeviceDiff diff = DeviceDiff.of(get(device), file("[Interface]\nListenPort = 6\nFwMark = 0x10\n"
                + "PrivateKey = " + SECRETS[3] + "\n"
                + peer(1, "AllowedIPs = 10.0.0.0/24, fd00::/64\nEndpoint = [fd01::1]:7\nPresharedKey = " + SECRETS[4])
                + peer(4, "AllowedIPs = 10.4.0.0/24\nEndpoint = 192.0.2.4:4\nPersistentKeepalive = 25\nPresharedKey = " + SECRETS[4])));
        assertEquals(
                List.of(
                        "~ private key: another one, so every peer has to know the new public key and shakes hands anew",
                        "~ listen port: 5 -> 6",
                        "~ fwmark: off -> 0x10",
                        "- peer " + KEYS[2],
                        "~ peer " + KEYS[1],
                        "    ~ preshared key: another one, from the next handshake on",
                        "    ~ endpoint: none -> [fd01::1]:7",
                        "    + allowed IP: fd00::/64",
                        "    - allowed IP: 10.1.0.0/24",
                        "+ peer " + KEYS[4],
                        "    + endpoint: 192.0.2.4:4",
                        "    + allowed IP: 10.4.0.0/24",
                        "    + preshared key",
                        "    + persistent keepalive: 25 s"),
                diff.lines());
        for (final String secret : SECRETS) {
            assertFalse(diff.lines().toString().contains(secret));
        }
        assertTrue(diff.change().peers().stream().noneMatch(p -> p.publicKey().toBase64().equals(KEYS[0])));
    }

    @Test
    void aPeerThatRoamedIsNotCalledBack() throws Exception {
        final FakeDevice device = running("[Interface]\n" + peer(1, "AllowedIPs = 10.0.0.0/24\nEndpoint = 192.0.2.9:9")
                + peer(2, "AllowedIPs = 10.2.0.0/24\nEndpoint = 192.0.2.8:8"));
        final DeviceDiff diff = DeviceDiff.of(get(device), file("[Interface]\n" + peer(1, "AllowedIPs = 10.0.0.0/24")
                + peer(2, "AllowedIPs = 10.3.0.0/24")));
        assertEquals(1, diff.change().peers().size(), "the first has no endpoint in the file, which is no difference");
        assertNull(diff.change().peers().getFirst().endpoint());
        assertNull(diff.inverse().peers().getFirst().endpoint(), "nor does the way back know better");
    }

    @Test
    void anAllowedIpThatTwoPeersNameIsTheLastOnes() throws Exception {
        final String text = "[Interface]\n" + peer(1, "AllowedIPs = 10.0.0.0/24") + peer(2, "AllowedIPs = 10.0.0.0/24");
        assertTrue(DeviceDiff.of(get(running(text)), file(text)).isEmpty());
    }

    static Stream<Integer> seeds() {
        return Stream.iterate(0, i -> i + 1).limit(300);
    }

    /** There and back again, from any state to any file. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theChangeLeadsToTheFileAndTheInverseBack(int seed) throws Exception {
        final Random random = new Random(seed);
        final FakeDevice device = running(random(random));
        final DeviceSnapshot before = get(device);
        final DeviceChange file = file(random(random));
        final DeviceDiff diff = DeviceDiff.of(before, file);
        device.apply(diff.change());
        final DeviceDiff left = DeviceDiff.of(get(device), file);
        assertTrue(left.isEmpty(), () -> diff.lines() + " leaves " + left.lines());
        final Set<IpPrefix> routed = new HashSet<>();
        get(device).peers().forEach(p -> routed.addAll(p.allowedIps()));
        assertEquals(routed, diff.wantedAllowedIps());
        for (final PeerSnapshot peer : before.peers()) {
            final boolean touched = diff.change().peers().stream().anyMatch(p -> p.publicKey().equals(peer.publicKey()));
            final boolean shown = diff.lines().stream().anyMatch(l -> l.endsWith("peer " + peer.publicKey().toBase64()));
            assertEquals(shown, touched);
        }
        device.apply(diff.inverse());
        assertEquals(normal(before), normal(get(device)));
    }

    private static String random(Random random) {
        final StringBuilder s = new StringBuilder("[Interface]\n");
        if (random.nextBoolean()) {
            s.append("ListenPort = ").append(1 + random.nextInt(3)).append('\n');
        }
        if (random.nextBoolean()) {
            s.append("FwMark = ").append(random.nextInt(3)).append('\n');
        }
        if (random.nextBoolean()) {
            s.append("PrivateKey = ").append(SECRETS[4 + random.nextInt(2)]).append('\n');
        }
        for (int i = 0; i < 4; i++) {
            if (random.nextBoolean()) {
                continue;
            }
            final List<String> ips = new ArrayList<>();
            for (int ip = 0; ip < 4; ip++) {
                if (random.nextBoolean()) {
                    ips.add(ip == 3 ? "fd00::/64" : "10." + ip + ".0.0/16");
                }
            }
            s.append(peer(i, (ips.isEmpty() ? "" : "AllowedIPs = " + String.join(", ", ips))
                    + (random.nextBoolean() ? "\nEndpoint = 192.0.2." + (1 + random.nextInt(2)) + ":1" : "")
                    + (random.nextBoolean() ? "\nPersistentKeepalive = " + random.nextInt(3) : "")
                    + (random.nextBoolean() ? "\nPresharedKey = " + SECRETS[random.nextInt(2)] : "")));
        }
        return s.toString();
    }

    /** All but the order of peers and allowed IPs, and an endpoint where there was none: there is no change that takes one away. */
    private static String normal(DeviceSnapshot device) {
        final String key = device.privateKey() == null ? "" : device.privateKey().toBase64();
        return key + " " + device.listenPort() + " " + device.fwmark() + "\n"
                + device.peers().stream().sorted(Comparator.comparing(p -> p.publicKey().toBase64())).map(p -> p.publicKey().toBase64()
                        + " " + secret(p.presharedKey()) + " " + p.persistentKeepaliveSeconds() + " "
                        + p.allowedIps().stream().map(IpPrefix::toString).sorted().toList()).collect(Collectors.joining("\n"));
    }

    private static String secret(PresharedKey key) {
        return key == null ? "" : key.toBase64();
    }

    @Test
    void anEndpointComesBackWhereThereWasOne() throws Exception {
        final FakeDevice device = running("[Interface]\n" + peer(1, "Endpoint = 192.0.2.1:1"));
        final DeviceDiff diff = DeviceDiff.of(get(device), file("[Interface]\n" + peer(1, "Endpoint = 192.0.2.2:2")));
        device.apply(diff.change());
        device.apply(diff.inverse());
        assertEquals("192.0.2.1:1", WgText.endpoint(get(device).peers().getFirst().endpoint()));
        final List<PeerChange> forth = diff.change().peers();
        assertTrue(forth.getFirst().updateOnly(), "a peer that somebody removed meanwhile does not come back");
    }
}
