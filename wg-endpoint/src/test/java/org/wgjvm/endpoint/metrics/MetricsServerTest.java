package org.wgjvm.endpoint.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.dataplane.Tunnel;
import org.wgjvm.dataplane.page.Programs;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.web.ListenAddress;

/** What a scrape of a real tunnel gives. */
@Timeout(120)
final class MetricsServerTest {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\.)*\",?)*\\})? (\\S+)");

    private Tunnel tunnel;
    private MetricsServer server;

    @BeforeEach
    void start() throws Exception {
        tunnel = new Tunnel();
        tunnel.left.plane.timeStages(true);
        tunnel.left.send(Packets.udp("10.0.0.1", "203.0.113.9", 1, 100));
        tunnel.cross(20);
        server = MetricsServer.start(
                ListenAddress.of("0"), "wg0", tunnel.left.plane::observe,
                () -> Map.of(tunnel.right.key.publicKey(), "Right \"end\""), Log.silent());
    }

    @AfterEach
    void stop() {
        server.close();
        tunnel.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        final HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://" + ListenAddress.text(server.address()) + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private String scrape() throws Exception {
        final HttpResponse<String> answer = get("/metrics");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("text/plain; version=0.0.4"));
        return answer.body();
    }

    private static double sample(String text, String name, String... labels) {
        for (final String line : text.lines().toList()) {
            final Matcher m = SAMPLE.matcher(line);
            if (m.matches() && m.group(1).equals(name) && List.of(labels).stream().allMatch(l -> line.contains(l))) {
                return Double.parseDouble(m.group(3));
            }
        }
        throw new AssertionError("no " + name + List.of(labels) + " in\n" + text);
    }

    @Test
    void theNamesAndLabelsAreThoseThatDashboardsKnow() throws Exception {
        final String text = scrape();
        final String right = tunnel.right.key.publicKey().toBase64();
        final String labels = "{allowed_ips=\"10.0.0.2/32\",friendly_name=\"Right \\\"end\\\"\",interface=\"wg0\",public_key=\""
                + right + "\"}";
        for (final String name : List.of(
                "wireguard_sent_bytes_total", "wireguard_received_bytes_total", "wireguard_latest_handshake_seconds")) {
            assertTrue(text.contains("\n" + name + labels + " "), () -> name + labels + " in\n" + text);
        }
        final double now = System.currentTimeMillis() / 1000.0;
        assertTrue(Math.abs(sample(text, "wireguard_latest_handshake_seconds") - now) < 100);
        assertEquals((double) tunnel.left.observe().device().peers().getFirst().txBytes(), sample(text, "wireguard_sent_bytes_total"));
    }

    @Test
    void everythingThatIsCountedIsThere() throws Exception {
        final String text = scrape();
        assertEquals(1, sample(text, "wgjvm_drops_total", "reason=\"no-peer\""));
        for (final DropReason reason : DropReason.values()) {
            sample(text, "wgjvm_drops_total", "reason=\"" + reason.label() + "\"");
        }
        assertEquals(1, sample(text, "wgjvm_handshakes_total", "outcome=\"completed-as-initiator\""));
        assertEquals(21, sample(text, "wgjvm_batch_packets_sum", "direction=\"outbound\""));
        assertEquals(21, sample(text, "wgjvm_tun_read_packets_total"));
        assertTrue(sample(text, "wgjvm_stage_seconds_count", "stage=\"seal\"") > 0);
        assertTrue(sample(text, "wgjvm_stage_seconds_sum", "stage=\"outbound\"") > 0);
        assertEquals(
                sample(text, "wgjvm_stage_seconds_count", "stage=\"send\""),
                sample(text, "wgjvm_stage_seconds_bucket", "stage=\"send\"", "le=\"+Inf\""));
        assertTrue(sample(text, "wgjvm_udp_sent_datagrams_total") >= 21);
        assertEquals(4096, sample(text, "wgjvm_handshake_queue_capacity"));
        assertFalse(text.contains(tunnel.left.key.toBase64()), "the private key");
    }

    /** The format, read strictly: every line is a comment or a sample, no sample twice, and every metric has its type before it. */
    @Test
    void everyLineIsWellFormedAndNoSampleComesTwice() throws Exception {
        final Set<String> typed = new HashSet<>();
        final Set<String> seen = new HashSet<>();
        for (final String line : scrape().lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                assertTrue(typed.add(line.split(" ")[2]), line);
            } else if (!line.startsWith("# HELP ")) {
                final Matcher m = SAMPLE.matcher(line);
                assertTrue(m.matches(), line);
                Double.parseDouble(m.group(3).replace("+Inf", "Infinity"));
                assertTrue(seen.add(m.group(1) + m.group(2)), line);
                final String family = m.group(1).replaceFirst("_(bucket|sum|count)$", "");
                assertTrue(typed.contains(m.group(1)) || typed.contains(family), line);
            }
        }
        assertTrue(seen.size() > 100, seen.size() + " samples");
    }

    @Test
    void promtoolFindsNothingToSay() throws Exception {
        final Path promtool = Programs.need("promtool", "run interop-tests/lab/get-peers.sh promtool");
        final Process process = new ProcessBuilder(promtool.toString(), "check", "metrics").redirectErrorStream(true).start();
        process.getOutputStream().write(scrape().getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals("", said);
    }

    @Test
    void theDashboardAsksOnlyForMetricsThatExist() throws Exception {
        final JsonObject dashboard =
                JsonParser.parseString(Files.readString(Path.of("../docs/operations/grafana-dashboard.json"))).getAsJsonObject();
        final Set<String> names = new TreeSet<>();
        scrape().lines().filter(l -> !l.startsWith("#")).forEach(l -> names.add(l.replaceFirst("[{ ].*", "")));
        int queries = 0;
        for (final String query : queries(dashboard)) {
            queries++;
            final Matcher m = Pattern.compile("\\b(wireguard|wgjvm|process|jvm)_[a-z0-9_]+").matcher(query);
            int found = 0;
            while (m.find()) {
                found++;
                assertTrue(names.contains(m.group()), m.group() + " in " + query + " is not among " + names);
            }
            assertTrue(found > 0, query);
        }
        assertTrue(queries >= 10, queries + " queries");
    }

    /** Those of the panels, and of the variables. */
    private static List<String> queries(JsonObject dashboard) {
        final List<String> queries = new ArrayList<>();
        for (final JsonElement panel : dashboard.getAsJsonArray("panels")) {
            final JsonObject p = panel.getAsJsonObject();
            assertTrue(p.has("title") && p.has("gridPos") && p.has("type"), panel.toString());
            if (p.has("targets")) {
                p.getAsJsonArray("targets").forEach(t -> queries.add(t.getAsJsonObject().get("expr").getAsString()));
            }
        }
        for (final JsonElement variable : dashboard.getAsJsonObject("templating").getAsJsonArray("list")) {
            if (variable.getAsJsonObject().has("definition")) {
                queries.add(variable.getAsJsonObject().get("definition").getAsString());
            }
        }
        return queries;
    }

    @Test
    void openMetricsIsSpokenToThoseWhoAsk() throws Exception {
        final HttpResponse<String> answer = get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("application/openmetrics-text"));
        assertTrue(answer.body().endsWith("# EOF\n"));
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        assertEquals(404, get("/metrics/x").statusCode());
        assertTrue(raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 421"));
        assertTrue(raw("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 405"));
        assertTrue(raw("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200"));
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aDeviceThatFailsIsAnErrorOfTheScrapeAlone() throws Exception {
        try (MetricsServer broken = MetricsServer.start(
                ListenAddress.of("0"), "wg0",
                () -> CompletableFuture.failedFuture(new IllegalStateException("closed")), Map::of, Log.silent())) {
            final InetSocketAddress working = server.address();
            assertEquals(503, HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create("http://" + ListenAddress.text(broken.address()) + "/metrics")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode());
            assertEquals(working, server.address());
        }
    }
}
