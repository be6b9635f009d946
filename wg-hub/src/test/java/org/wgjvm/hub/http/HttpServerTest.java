package org.wgjvm.hub.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.Settings;
import org.wgjvm.hub.machine.DryMachine;
import org.wgjvm.hub.machine.LinuxMachine;

/** The API over real sockets, in front of an agent that does nothing to the machine. */
final class HttpServerTest {
    private static final String TOKEN = "a-token-of-sufficient-length";

    @TempDir
    Path directory;

    private final Routes routes = new Routes();
    private Agent agent;
    private HttpServer server;
    private Path socket;
    private InetSocketAddress tcp;

    /** An answer. */
    private record Reply(int status, String head, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }
    }

    @BeforeEach
    void start() throws IOException {
        final Settings settings = new Settings(directory.resolve("state"), Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), 45820, 45830,
                1420, false, 3600, List.of(), true);
        agent = Agent.start(settings, new DryMachine(new LinuxMachine(1), line -> { }), Set.of(), line -> { });
        new PortApi(agent).addTo(routes);
        server = new HttpServer(routes, line -> { });
        socket = directory.resolve("agent.sock");
        server.listen(socket);
        tcp = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TOKEN, null);
    }

    @AfterEach
    void close() {
        server.close();
        agent.close();
    }

    private static Reply exchange(SocketAddress at, String text) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open(at)) {
            final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            Channels.newInputStream(channel).transferTo(out);
        }
        final String answer = out.toString(StandardCharsets.UTF_8);
        final int end = answer.indexOf("\r\n\r\n");
        return new Reply(Integer.parseInt(answer.split(" ", 3)[1]), answer.substring(0, end), answer.substring(end + 4));
    }

    private Reply ask(String method, String path, JsonElement body) throws IOException {
        return exchange(UnixDomainSocketAddress.of(socket), request(method, path, body, ""));
    }

    private static String request(String method, String path, JsonElement body, String headers) {
        final String text = body == null ? "" : body.toString();
        return method + " " + path + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n" + headers + "Content-Length: " + text.length()
                + "\r\n\r\n" + text;
    }

    @Test
    void aPortComesAndGoes() throws IOException {
        final String path = "/v1/ports/" + Ports.hubId(1);
        assertEquals(201, ask("PUT", path, Ports.hub("p1")).status());
        final JsonObject wrapped = new JsonObject();
        wrapped.add("port", Ports.hub("p1"));
        assertEquals(200, ask("PUT", path, wrapped).status(), "as Neutron has it, too");
        assertEquals("ACTIVE", ask("GET", path, null).json().getAsJsonObject("port").get("status").getAsString());
        assertEquals(1, ask("GET", "/v1/ports?kind=hub&network_id=" + Ports.NETWORK, null).json().getAsJsonArray("ports").size());
        assertEquals(0, ask("GET", "/v1/ports?kind=spoke", null).json().getAsJsonArray("ports").size());
        assertEquals(204, ask("DELETE", path, null).status());
        assertEquals(404, ask("DELETE", path, null).status());
        assertEquals(404, ask("GET", path, null).status());
    }

    @Test
    void aRefusalNamesTheField() throws IOException {
        final JsonObject spoke = Ports.spoke("10.50.0.10", Ports.key());
        spoke.add("binding:profile", new JsonObject());
        final Reply reply = ask("PUT", "/v1/ports/" + Ports.spokeId(1), spoke);
        assertEquals(400, reply.status());
        assertEquals("binding:profile.public_key", reply.json().getAsJsonObject("error").get("field").getAsString());
        assertEquals(400, exchange(UnixDomainSocketAddress.of(socket),
                "PUT /v1/ports/" + Ports.hubId(1) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n{x}").status());
        assertEquals("id", ask("GET", "/v1/ports/7", null).json().getAsJsonObject("error").get("field").getAsString());
        assertEquals(404, ask("GET", "/v2", null).status());
        assertEquals(405, ask("DELETE", "/healthz", null).status());
    }

    @Test
    void theSocketIsItsOwnersAloneAndAStaleOneIsReplaced() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        final HttpServer second = new HttpServer(routes, line -> { });
        assertTrue(assertThrows(IOException.class, () -> second.listen(socket)).getMessage().contains("already"));
        final Path stale = directory.resolve("stale.sock");
        try (var left = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(stale));
        }
        second.listen(stale);
        assertEquals(200, exchange(UnixDomainSocketAddress.of(stale), request("GET", "/healthz", null, "")).status());
        second.close();
        assertFalse(Files.exists(stale));
    }

    @Test
    void tcpWantsTheToken() throws IOException {
        assertEquals(401, exchange(tcp, request("GET", "/healthz", null, "")).status());
        assertEquals(401, exchange(tcp, request("GET", "/healthz", null, "Authorization: Bearer x\r\n")).status());
        assertEquals(200, exchange(tcp, request("GET", "/healthz", null, "Authorization: Bearer " + TOKEN + "\r\n")).status());
        assertEquals(200, exchange(tcp, request("GET", "/healthz", null, "X-Auth-Token: " + TOKEN + "\r\n")).status());
        assertThrows(IllegalArgumentException.class, () -> server.listen(tcp, (String) null, null));
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws IOException {
        final Reply reply = exchange(UnixDomainSocketAddress.of(socket),
                request("GET", "/v1/ports", null, "").replace("Connection: close\r\n", "")
                        + request("GET", "/healthz", null, ""));
        assertTrue(reply.body().startsWith("{\"ports\""), reply.body());
        assertTrue(reply.body().contains("{\"status\":\"ok\""), reply.body());
    }

    @Test
    void theDescriptionHasEveryRouteAndNoOther() throws IOException {
        final JsonObject document = ask("GET", "/v1/openapi.json", null).json();
        final Set<String> described = new TreeSet<>();
        for (final var path : document.getAsJsonObject("paths").entrySet()) {
            for (final String method : path.getValue().getAsJsonObject().keySet()) {
                if (!method.equals("parameters")) {
                    described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        final Set<String> served = new TreeSet<>();
        routes.all().forEach(r -> served.add(r.method() + " " + r.template()));
        assertEquals(served, described);
        references(document, document);
    }

    private static void references(JsonObject document, JsonElement element) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(e -> references(document, e));
        } else if (element.isJsonObject()) {
            for (final var each : element.getAsJsonObject().entrySet()) {
                if (each.getKey().equals("$ref")) {
                    final String name = each.getValue().getAsString().replace("#/components/schemas/", "");
                    assertTrue(document.getAsJsonObject("components").getAsJsonObject("schemas").has(name), name);
                }
                references(document, each.getValue());
            }
        }
    }

    @Test
    void answersHaveWhatTheDescriptionRequires() throws IOException {
        final JsonObject schemas = ask("GET", "/v1/openapi.json", null).json().getAsJsonObject("components").getAsJsonObject("schemas");
        final String path = "/v1/ports/" + Ports.hubId(1);
        requires(schemas, "PortEnvelope", ask("PUT", path, Ports.hub("p1")).json());
        requires(schemas, "Port", ask("GET", path, null).json().getAsJsonObject("port"));
        requires(schemas, "PortList", ask("GET", "/v1/ports", null).json());
        requires(schemas, "Health", ask("GET", "/healthz", null).json());
        requires(schemas, "Error", ask("GET", "/v1/ports/x", null).json());
        requires(schemas, "History", ask("GET", "/v1/history", null).json());
        requires(schemas, "SyncAnswer", ask("PUT", "/v1/sync", JsonParser.parseString("{\"revision\":1,\"ports\":[]}")).json());
    }

    private static void requires(JsonObject schemas, String name, JsonObject answer) {
        final JsonObject schema = schemas.getAsJsonObject(name);
        schema.getAsJsonArray("required").forEach(r -> assertTrue(answer.has(r.getAsString()), name + " without " + r + ": " + answer));
        if (!name.equals("Port")) {
            answer.keySet().forEach(k -> assertTrue(schema.getAsJsonObject("properties").has(k), name + " with " + k));
        }
    }

    @Test
    void metricsAreTextForPrometheus() throws IOException {
        final Reply reply = ask("GET", "/metrics", null);
        assertTrue(reply.head().contains("text/plain; version=0.0.4"), reply.head());
        assertTrue(reply.body().contains("# TYPE wghub_ports gauge") && reply.body().contains("wghub_failures_total"), reply.body());
    }
}
