package org.wgjvm.hub.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.Overview;
import org.wgjvm.hub.agent.Overview.HubLook;
import org.wgjvm.hub.agent.Overview.SpokeLook;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortReader;

/** The page's server, and what it makes of looks at an agent. */
@Timeout(120)
final class AgentPageTest {
    @TempDir
    static Path directory;

    private static Node node;

    /** An answer. */
    private record Reply(int status, String head, String body) {
        JsonObject json() {
            assertEquals(200, status, body);
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String header(String name) {
            return head.lines().filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name + ":")).map(l -> l.split(": ", 2)[1])
                    .findFirst().orElse(null);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        node = new Node(directory, 2, 30, false);
        final long now = System.currentTimeMillis();
        node.machine.count(peer -> switch (Node.number(peer) % 3) {
            case 0 -> Node.peer(peer, now, 1000, 2000);
            case 1 -> Node.peer(peer, now - 3_600_000, 17, 4);
            default -> Node.peer(peer, 0, 0, 148);
        });
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private Reply exchange(String method, String path, String headers) throws Exception {
        final URI at = URI.create(node.page.place());
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress(at.getHost(), at.getPort()))) {
            channel.write(ByteBuffer.wrap((method + " " + path + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n")
                    .getBytes(StandardCharsets.UTF_8)));
            Channels.newInputStream(channel).transferTo(out);
        }
        final String answer = out.toString(StandardCharsets.UTF_8);
        final int end = answer.indexOf("\r\n\r\n");
        return new Reply(Integer.parseInt(answer.split(" ", 3)[1]), answer.substring(0, end), answer.substring(end + 4));
    }

    private Reply get(String path, String cookie) throws Exception {
        return exchange("GET", "/" + path, "Host: localhost:1\r\n" + (cookie == null ? "" : "Cookie: " + cookie + "\r\n"));
    }

    private String query() {
        return node.page.address().replaceFirst(".*\\?", "?");
    }

    private String cookie() throws Exception {
        return get(query(), null).header("set-cookie").replaceFirst(";.*", "");
    }

    private Reply ask(String path) throws Exception {
        return get(path, cookie());
    }

    @Test
    void everythingWantsTheToken() throws Exception {
        final String cookie = cookie();
        for (final String path : List.of(
                "", "app.js", "app.css", "icon.svg", "api/state", "api/hubs", "api/spokes", "api/config", "api/qr.svg", "nothing")) {
            assertEquals(401, get(path, null).status(), path);
            assertEquals(401, get(path + "?token=", null).status(), path);
            assertEquals(401, get(path, cookie + "x").status(), path);
            assertNull(get(path, null).header("set-cookie"), path);
        }
        for (final String path : List.of("", "app.js", "app.css", "icon.svg", "api/state", "api/hubs", "api/spokes")) {
            final Reply reply = get(path, "other=1; " + cookie);
            assertEquals(200, reply.status(), path);
            assertNull(reply.header("set-cookie"), path);
        }
        assertEquals(404, get("nothing", cookie).status());
        assertEquals(404, get("../AgentPage.class", cookie).status());
        assertTrue(get(query(), null).header("set-cookie").endsWith("; Path=/; HttpOnly; SameSite=Strict"));
    }

    @Test
    void itIsForThisMachineAndOnlyToLookAt() throws Exception {
        final String cookie = "Cookie: " + cookie() + "\r\n";
        for (final String host : List.of("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "")) {
            assertEquals(421, exchange("GET", "/api/state", "Host: " + host + "\r\n" + cookie).status(), host);
        }
        assertEquals(421, exchange("GET", "/api/state", cookie).status());
        for (final String host : List.of("127.0.0.1", "localhost:8080", "[::1]:9")) {
            assertEquals(200, exchange("GET", "/api/state", "Host: " + host + "\r\n" + cookie).status(), host);
        }
        for (final String method : List.of("PUT", "POST", "DELETE", "OPTIONS")) {
            assertEquals(405, exchange(method, "/v1/ports/" + Ports.hubId(0), "Host: localhost\r\n" + cookie).status(), method);
        }
        assertEquals(404, get("v1/ports", cookie()).status(), "the API is not here");
        assertThrows(IllegalArgumentException.class, () -> AgentPage.start(
                new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0), node.agent, directory.resolve("other.url"), line -> { }));
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNothingIsInline() throws Exception {
        final Reply page = get(query(), null);
        final String policy = page.header("content-security-policy");
        assertTrue(policy.startsWith("default-src 'none';") && !policy.contains("unsafe"), policy);
        assertFalse(page.body().matches("(?s).*(<script>|<style|style=|onclick=|https?://).*"), "inline, or from elsewhere");
        assertEquals("no-store", page.header("cache-control"));
        assertEquals("nosniff", page.header("x-content-type-options"));
    }

    @Test
    void itsAddressIsInAFileOfItsOwnersAloneAndGoesWithIt() throws Exception {
        final Path file = directory.resolve("other.url");
        try (AgentPage other = AgentPage.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), node.agent, file, line -> { })) {
            assertEquals(other.address() + "\n", Files.readString(file));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void theFiguresAreThoseOfTheAgentAndHaveNoSecret() throws Exception {
        final JsonObject state = ask("api/state").json();
        assertEquals(Ports.HOST, state.get("host").getAsString());
        assertEquals(7, state.get("revision").getAsInt());
        assertEquals(2, state.get("activeHubs").getAsInt());
        assertEquals("{\"connected\":20,\"stale\":20,\"never\":20,\"off\":0,\"unserved\":0}", state.get("states").toString());
        final String all = ask("api/state").body() + ask("api/spokes?limit=200").body() + ask("api/hubs").body();
        try (Stream<Path> keys = Files.list(directory.resolve("state/keys"))) {
            for (final Path key : keys.toList()) {
                assertFalse(all.contains(Files.readString(key).strip()), key.toString());
            }
        }
    }

    @Test
    void whatIsWrongWithAHubIsShown() throws Exception {
        node.attach(Ports.hubId(1), "qrouter-none");
        JsonObject hub;
        do {
            // A look is taken once a second.
            hub = ask("api/hubs?order=state").json().getAsJsonArray("rows").get(0).getAsJsonObject();
        } while (hub.get("active").getAsBoolean());
        assertEquals("hub 1", hub.get("name").getAsString());
        assertTrue(hub.get("error").getAsString().contains("qrouter-none"), hub.toString());
        node.agent.detach(Ports.hubId(1));
        do {
            hub = ask("api/hubs?order=state").json().getAsJsonArray("rows").get(0).getAsJsonObject();
        } while (!hub.get("active").getAsBoolean());
        assertEquals("", hub.get("error").getAsString());
    }

    private List<String> names(String path) throws Exception {
        return ask(path).json().getAsJsonArray("rows").asList().stream().map(r -> r.getAsJsonObject().get("name").getAsString()).toList();
    }

    @Test
    void rowsAreFilteredSortedAndCutHere() throws Exception {
        final JsonObject first = ask("api/spokes?order=handshake&descending=true&limit=7&state=connected").json();
        assertEquals(20, first.get("matching").getAsInt());
        assertEquals(7, first.getAsJsonArray("rows").size());
        first.getAsJsonArray("rows").forEach(r -> assertEquals("connected", r.getAsJsonObject().get("state").getAsString()));
        assertEquals(List.of("spoke 42"), names("api/spokes?filter=SPOKE+42"));
        assertEquals(List.of("spoke 42"), names("api/spokes?filter=" + Ports.spokeId(42)));
        assertEquals(List.of("spoke 42"), names("api/spokes?filter=" + Node.key(42).substring(0, 6)));
        assertEquals(List.of("spoke 7", "spoke 37"), names("api/spokes?filter=10.50.0.9/32&order=rxRate"), "in the order of their ids");
        assertEquals(30, ask("api/spokes?network=" + Node.network(1)).json().get("matching").getAsInt());
        assertEquals(List.of("hub 1"), names("api/hubs?filter=" + Node.network(1)));
        assertEquals(List.of("hub 1", "hub 0"), names("api/hubs?order=name&descending=true"));
        final JsonObject beyond = ask("api/spokes?offset=1000&limit=25").json();
        assertEquals(50, beyond.get("offset").getAsInt(), "the last page rather than none");
        assertEquals(10, beyond.getAsJsonArray("rows").size());
        assertEquals(List.of(), names("api/spokes?filter=nobody&offset=10"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "api/spokes?order=x", "api/spokes?limit=201", "api/spokes?limit=-1", "api/hubs?offset=99999999999", "api/spokes?state=x",
        "api/config", "api/config?id=x", "api/qr.svg?id=../../etc/passwd"})
    void whatMakesNoSenseIsRefused(String path) throws Exception {
        assertEquals(400, ask(path).status(), path);
    }

    @Test
    void aDevicesConfigurationHasAPlaceForItsKeyAndAHubHasNone() throws Exception {
        final String text = ask("api/config?id=" + Ports.spokeId(3)).body();
        assertTrue(text.contains("PrivateKey = PUT-THE-PRIVATE-KEY") && text.contains("Endpoint = 192.0.2.7:20000"), text);
        final Reply code = ask("api/qr.svg?id=" + Ports.spokeId(3));
        assertEquals("image/svg+xml", code.header("content-type"));
        assertTrue(code.body().matches("(?s)<svg [^>]* width=\"\\d+\" height=\"\\d+\" .*"), code.body().substring(0, 100));
        assertEquals(409, ask("api/config?id=" + Ports.hubId(0)).status());
        assertEquals(404, ask("api/config?id=" + Ports.spokeId(999)).status());
    }

    private static Overview look(long epochMs, long rxBytes, long handshakeMs) throws Exception {
        final JsonObject json = Ports.spoke("10.50.0.10", Node.key(1));
        final Port spoke = PortReader.read(Ports.fields(json), Ports.spokeId(1), null).port();
        final Port hub = PortReader.read(Ports.fields(Ports.hub("p1")), Ports.hubId(1), null).port();
        return new Overview(
                epochMs, "net1", 1,
                List.of(new HubLook(hub, true, true, "tun-p1", "", Node.key(9), "192.0.2.7:1", rxBytes, 0)),
                List.of(new SpokeLook(spoke, true, null, handshakeMs * 1_000_000, rxBytes, 0)));
    }

    /** On a clock of our own. */
    @Test
    void ratesAreOfTheTimeBetweenLooksAndAStaleSpokeIsOneOfWhichNothingCanBeGood() throws Exception {
        final PageState state = new PageState();
        final PageState.View first = state.update(look(1_000_000, 1000, 900_000));
        assertNull(first.spokes().getFirst().rates().rx());
        assertEquals(List.of(), first.history());
        assertEquals(SpokeState.CONNECTED, first.spokes().getFirst().state());
        final PageState.View second = state.update(look(1_002_000, 5000, 900_000));
        assertEquals(2000.0, second.spokes().getFirst().rates().rx());
        assertEquals(2000.0, second.hubs().getFirst().rates().rx());
        assertEquals(2000.0, second.history().getFirst().rxRate());
        assertEquals(1, second.hubs().getFirst().connected());
        assertNull(state.update(look(1_003_000, 10, 900_000)).spokes().getFirst().rates().rx(), "another interface begins at 0");
        assertEquals(SpokeState.CONNECTED, state.update(look(1_080_000, 10, 900_000)).spokes().getFirst().state());
        assertEquals(SpokeState.STALE, state.update(look(1_080_001, 10, 900_000)).spokes().getFirst().state());
        assertEquals(SpokeState.NEVER, state.update(look(1_080_001, 10, 0)).spokes().getFirst().state());
        for (int i = 0; i < 500; i++) {
            assertTrue(state.update(look(2_000_000 + i * 1000L, 10, 0)).history().size() <= PageState.HISTORY);
        }
    }

    @Test
    void anAgentThatIsBusyHoldsUpNobodyForLongAndIsAskedOnce() throws Exception {
        final CountDownLatch busy = new CountDownLatch(1);
        final AtomicInteger asked = new AtomicInteger();
        final Sampler sampler = new Sampler(() -> {
            if (asked.incrementAndGet() > 1) {
                busy.await();
            }
            return look(1000L * asked.get(), 1, 0);
        });
        final PageState.View first = sampler.view();
        assertEquals(1000, first.overview().epochMs());
        Thread.sleep(1000); // A look is taken once a second.
        assertEquals(1000, sampler.view().overview().epochMs(), "what was seen last");
        assertEquals(1000, sampler.view().overview().epochMs());
        assertEquals(2, asked.get());
        busy.countDown();
        while (sampler.view().overview().epochMs() == 1000) {
            Thread.onSpinWait();
        }
    }
}
