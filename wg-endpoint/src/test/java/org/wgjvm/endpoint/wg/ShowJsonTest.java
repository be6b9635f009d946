package org.wgjvm.endpoint.wg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;

final class ShowJsonTest {
    private static final Random RANDOM = new Random(5);
    private static final PrivateKey KEY = PrivateKey.generate(RANDOM::nextBytes);
    private static final PresharedKey SHARED = PresharedKey.generate(RANDOM::nextBytes);
    private static final PeerSnapshot PEER = new PeerSnapshot(
            KEY.publicKey(), SHARED, Endpoint.v6(0x20010db8L << 32, 1, 51820, 0), 1_700_000_000L * 1_000_000_000L + 5, -1, 7, 25,
            List.of(IpPrefix.v4(0x0a000002, 32), IpPrefix.v6(0xfd00L << 48, 0, 64)));

    private static JsonObject read(String text) throws IOException {
        final JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        return JsonParser.parseReader(reader).getAsJsonObject();
    }

    @Test
    void theFieldsAreThoseOfWgJson() throws IOException {
        final DeviceSnapshot device = new DeviceSnapshot(KEY, 51820, -1, List.of(PEER));
        final String text = ShowJson.of(
                Map.of("wg0", device), false, Map.of("wg0", Map.of(PEER.publicKey(), "Alice \"A\"\n")));
        final JsonObject wg0 = read(text).getAsJsonObject("wg0");
        assertEquals(KEY.publicKey().toBase64(), wg0.get("publicKey").getAsString());
        assertEquals(51820, wg0.get("listenPort").getAsInt());
        assertEquals(0xffffffffL, wg0.get("fwmark").getAsLong());
        final JsonObject peer = wg0.getAsJsonObject("peers").getAsJsonObject(PEER.publicKey().toBase64());
        assertEquals("Alice \"A\"\n", peer.get("friendlyName").getAsString());
        assertEquals("[2001:db8::1]:51820", peer.get("endpoint").getAsString());
        assertEquals(1_700_000_000L, peer.get("latestHandshake").getAsLong());
        assertEquals("18446744073709551615", peer.get("transferTx").getAsString());
        assertEquals(7, peer.get("transferRx").getAsLong());
        assertEquals(25, peer.get("persistentKeepalive").getAsInt());
        assertEquals("[\"10.0.0.2/32\",\"fd00::/64\"]", peer.get("allowedIps").toString());
    }

    @Test
    void secretsAreHiddenUnlessAskedFor() throws IOException {
        final Map<String, DeviceSnapshot> devices = Map.of("wg0", new DeviceSnapshot(KEY, 0, 0, List.of(PEER)));
        final String hidden = ShowJson.of(devices, false, Map.of());
        assertFalse(hidden.contains(KEY.toBase64()) || hidden.contains(SHARED.toBase64()));
        assertEquals("(hidden)", read(hidden).getAsJsonObject("wg0").get("privateKey").getAsString());
        final String shown = ShowJson.of(devices, true, Map.of());
        assertTrue(shown.contains(KEY.toBase64()) && shown.contains(SHARED.toBase64()));
    }

    @Test
    void whatIsNotSetIsNotThere() throws IOException {
        final PeerSnapshot bare = new PeerSnapshot(KEY.publicKey(), null, null, 0, 0, 0, 0, List.of());
        final JsonObject wg0 =
                read(ShowJson.of(Map.of("wg0", new DeviceSnapshot(null, 0, 0, List.of(bare))), false, Map.of())).getAsJsonObject("wg0");
        assertEquals("{\"peers\":{\"" + KEY.publicKey().toBase64() + "\":{\"transferRx\":0,\"transferTx\":0,\"allowedIps\":[]}}}",
                wg0.toString());
        assertEquals("{}", read(ShowJson.of(Map.of(), false, Map.of())).toString());
    }

    @Test
    void everyFieldIsDocumented() throws IOException {
        final String text = Files.readString(Path.of("../docs/operations/top.md"));
        final JsonObject wg0 = read(ShowJson.of(
                Map.of("wg0", new DeviceSnapshot(KEY, 1, 1, List.of(PEER))), false,
                Map.of("wg0", Map.of(PEER.publicKey(), "x")))).getAsJsonObject("wg0");
        wg0.keySet().forEach(field -> assertTrue(text.contains("`" + field + "`"), field));
        wg0.getAsJsonObject("peers").entrySet().iterator().next().getValue().getAsJsonObject().keySet()
                .forEach(field -> assertTrue(text.contains("`" + field + "`"), field));
    }
}
