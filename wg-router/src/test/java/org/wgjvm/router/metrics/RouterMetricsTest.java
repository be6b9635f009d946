package org.wgjvm.router.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.router.config.Documents;
import org.wgjvm.router.profile.RouterListener;
import org.wgjvm.router.profile.RunningRouter;

/** What Prometheus gets of the document's dc1. */
@Timeout(120)
final class RouterMetricsTest {
    @TempDir
    private Path directory;

    private static HttpResponse<String> get(HttpClient client, InetSocketAddress at, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void everythingIsThereUnderNamesOfTheConfiguration() throws Exception {
        final int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.2"))) {
            port = free.getLocalPort();
        }
        try (RunningRouter router = RunningRouter.start("dc1", directory.resolve("state"), RouterListener.SILENT);
                HttpClient client = HttpClient.newHttpClient();
                MetricsServer server = new MetricsServer(MetricsServer.address("0"), () -> RouterMetrics.of(router))) {
            assertEquals(200, get(client, server.address(), "/metrics").statusCode(), "before the first commit");
            router.configuration().replace(new StringReader(Documents.text("dc1.conf").replace("1.1.1.1", "127.0.0.2")
                    .replaceFirst("name +wg-profile-1\n", "$0port " + port + "\n")));
            assertEquals(List.of(), router.commit("").errors());
            final HttpResponse<String> response = get(client, server.address(), "/metrics");
            assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"));
            final String text = response.body();
            for (final String line : List.of(
                    "wgrouter_sessions 0.0",
                    "wgrouter_profile_info{addresses=\"127.0.0.2\",node=\"node1\",port=\"" + port
                            + "\",profile=\"wg-profile-1\",public_key=\"" + router.publicKey("wg-profile-1") + "\"} 1",
                    "wgrouter_profile_state{profile=\"wg-profile-1\",state=\"up\"} 1.0",
                    "wgrouter_profile_state{profile=\"wg-profile-1\",state=\"pending\"} 0.0",
                    "wgrouter_profile_address_changes_total{profile=\"wg-profile-1\"} 0.0",
                    "wgrouter_peer_received_bytes_total{peer=\"p3\",profile=\"wg-profile-1\"} 0.0",
                    "wgrouter_interface_packets_total{direction=\"in\",interface=\"wg-profile-1-intf\",node=\"node1\"} 0.0")) {
                assertTrue(text.contains("\n" + line + "\n"), line + " in\n" + text);
            }
            assertEquals(404, get(client, server.address(), "/").statusCode());
            assertFalse(text.contains("private"), text);
        }
    }

    @Test
    void anAddressThatIsNoneIsRefusedWithAReason() {
        final InetSocketAddress six = MetricsServer.address("[::1]:9000");
        assertTrue(six.getAddress().isLoopbackAddress());
        assertEquals(9000, six.getPort());
        final String[][] all = {
            {"localhost:x", "'x' is not a port"}, {"example.org:1", "'example.org' is not an address"}, {"1:99999", "'99999' is not a port"}
        };
        for (final String[] wrong : all) {
            final String said = assertThrows(IllegalArgumentException.class, () -> MetricsServer.address(wrong[0])).getMessage();
            assertTrue(said.contains(wrong[1]), said);
        }
    }
}
