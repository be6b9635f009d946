package org.wgjvm.endpoint.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.Tunnel;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.web.ListenAddress;

@Timeout(60)
final class PageServerTest {
    private Tunnel tunnel;
    private PageServer server;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        tunnel = new Tunnel();
        server = PageServer.start(
                ListenAddress.of("0"), "wg0", tunnel.left.plane::statistics, () -> Map.of(tunnel.right.key.publicKey(), "Right"), 50,
                Log.silent());
        tunnel.left.plane.tell(server.events()).toCompletableFuture().join();
        tunnel.cross(3);
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        tunnel.close();
    }

    private HttpResponse<String> get(String address, String cookie) throws Exception {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String cookie() throws Exception {
        return get(server.address(), null).headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private JsonObject state(String cookie) throws Exception {
        HttpResponse<String> answer = get(server.place() + "api/state", cookie);
        while (answer.statusCode() == 503) {
            answer = get(server.place() + "api/state", cookie);
        }
        assertEquals(200, answer.statusCode(), answer.body());
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    @Test
    void everythingWantsTheToken() throws Exception {
        for (final String path : List.of("", "app.js", "app.css", "api/state", "api/config", "api/qr", "nothing")) {
            assertEquals(401, get(server.place() + path, null).statusCode(), path);
            assertEquals(401, get(server.place() + path + "?token=", null).statusCode(), path);
            assertEquals(401, get(server.place() + path, cookie() + "x").statusCode(), path);
        }
        assertTrue(server.address().length() > server.place().length() + 40);
    }

    @Test
    void theFirstAddressGivesACookieThatOpensTheRest() throws Exception {
        final HttpResponse<String> page = get(server.address(), null);
        assertEquals(200, page.statusCode());
        final String set = page.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(set.contains("; HttpOnly") && set.contains("; SameSite=Strict"), set);
        for (final String path : List.of("", "app.js", "app.css", "api/state")) {
            final HttpResponse<String> answer = get(server.place() + path, "other=1; " + cookie());
            assertTrue(answer.statusCode() == 200 || answer.statusCode() == 503, path);
            assertTrue(answer.headers().firstValue("Set-Cookie").isEmpty(), path);
        }
        assertEquals(404, get(server.place() + "nothing", cookie()).statusCode());
        assertEquals(404, get(server.place() + "../PageServer.class", cookie()).statusCode());
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNothingIsInline() throws Exception {
        final HttpResponse<String> page = get(server.address(), null);
        final String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertTrue(policy.startsWith("default-src 'none';") && !policy.contains("unsafe"), policy);
        assertFalse(page.body().matches("(?s).*(<script>|<style|style=|onclick=|https?://).*"), "inline, or from elsewhere");
        assertEquals("no-store", page.headers().firstValue("Cache-Control").orElseThrow());
        assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElseThrow());
    }

    @Test
    void theStateIsThatOfTheTunnelAndHasNoSecret() throws Exception {
        final String cookie = cookie();
        JsonObject state = state(cookie);
        while (state.getAsJsonObject("series").getAsJsonArray("rx").size() < 2) {
            state = state(cookie);
        }
        assertEquals("wg0", state.get("interface").getAsString());
        assertEquals(1, state.get("activePeers").getAsInt());
        final JsonObject peer = state.getAsJsonArray("peers").get(0).getAsJsonObject();
        assertEquals("Right", peer.get("name").getAsString());
        assertTrue(peer.get("txBytes").getAsLong() > 3000);
        assertEquals(DropReason.values().length, state.getAsJsonArray("drops").size());
        assertTrue(state.getAsJsonArray("events").toString().contains("completed-as-initiator"));
        assertFalse(state.toString().contains(tunnel.left.key.toBase64()));
    }

    private String peerQuery(String endpoint, String allowed) {
        return "?key=" + URLEncoder.encode(tunnel.right.key.publicKey().toBase64(), StandardCharsets.UTF_8)
                + "&endpoint=" + URLEncoder.encode(endpoint, StandardCharsets.UTF_8)
                + "&allowed=" + URLEncoder.encode(allowed, StandardCharsets.UTF_8);
    }

    @Test
    void aPeersConfigurationHasAPlaceholderForItsKey() throws Exception {
        final String cookie = cookie();
        state(cookie);
        final HttpResponse<String> answer =
                get(server.place() + "api/config" + peerQuery("[2001:db8::1]:51820", "0.0.0.0/0, ::/0"), cookie);
        assertEquals("[Interface]\nPrivateKey = " + PeerConfiguration.PLACEHOLDER + "\nAddress = 10.0.0.2/32\n\n[Peer]\nPublicKey = "
                + tunnel.left.key.publicKey().toBase64()
                + "\nAllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = [2001:db8::1]:51820\nPersistentKeepalive = 25\n", answer.body());
        assertEquals("image/svg+xml", get(server.place() + "api/qr" + peerQuery("a:1", "::/0"), cookie)
                .headers().firstValue("Content-Type").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:b", "a:1\nPostUp = rm -rf /", "a b:1", "<script>:1"})
    void anEndpointThatIsNoneIsRefused(String endpoint) throws Exception {
        final String cookie = cookie();
        state(cookie);
        assertEquals(400, get(server.place() + "api/config" + peerQuery(endpoint, "::/0"), cookie).statusCode());
        assertEquals(400, get(server.place() + "api/qr" + peerQuery("a:1", "::/0\n#" + endpoint), cookie).statusCode());
        assertEquals(400, get(server.place() + "api/config?key=x", cookie).statusCode());
    }

    @Test
    void queriesAreReadLeniently() {
        assertEquals(Map.of("a", "1 2", "b", ""), PageServer.query("a=1+2&b=&c&%zz=1&=x&a=3"));
        assertEquals(Map.of(), PageServer.query(null));
    }

    /** Rates, history and the choice of the busiest, on a clock of our own. */
    @Test
    void ratesAndHistoryAreOfTheTimeBetweenSamples() {
        final PageState state = new PageState();
        assertEquals(List.of(), state.update(statistics(600, 0), 1000).history());
        final PageState.View second = state.update(statistics(600, 1), 3000);
        assertEquals(PageState.MOST_PEERS, second.peers().size());
        assertEquals(600, second.device().peers().size());
        // Peer i receives i bytes a sample: the busiest are shown.
        assertEquals(599 / 2.0, second.peers().getFirst().rxRate());
        assertEquals(1, second.history().size());
        assertEquals(600 * 599 / 2 / 2.0, second.history().getFirst().rxRate());
        for (int i = 2; i < 500; i++) {
            assertTrue(state.update(statistics(1, i), 3000 + i * 1000L).history().size() <= PageState.HISTORY);
        }
        assertNull(new PageState().update(statistics(1, 1), 1).peers().getFirst().rxRate());
    }

    private static DeviceStatistics statistics(int peers, int round) {
        final List<PeerStatistics> list = IntStream.range(0, peers)
                .mapToObj(i -> {
                    final byte[] key = new byte[32];
                    key[0] = (byte) i;
                    key[1] = (byte) (i >> 8);
                    return new PeerStatistics(PublicKey.of(key, 0), null, 0, 0, (long) i * round, 0, round, 0, 0, List.of());
                })
                .toList();
        return new DeviceStatistics(
                null, true, 1, 1420, new DeviceStatistics.Handshakes(0, 0, 0, 0, 0, 0, 0),
                Map.of(DropReason.FORGED, (long) round), 0, 0, list);
    }

    @Test
    void tooMuchForACodeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> PeerConfiguration.qrSvg("x".repeat(4000)));
        assertTrue(PeerConfiguration.qrSvg("x").startsWith("<svg "));
    }
}
