package org.wgjvm.endpoint.metrics;

import com.sun.net.httpserver.HttpExchange;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneStatistics;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.web.WebServer;

/**
 * The endpoint that Prometheus scrapes. A scrape asks the event loop for one snapshot and does everything else on its own thread.
 */
public final class MetricsServer implements AutoCloseable {
    /** Where the metrics are. */
    public static final String PATH = "/metrics";

    private static final long DEVICE_TIMEOUT_SECONDS = 10;

    private final String interfaceName;
    private final Supplier<CompletionStage<DataPlaneStatistics>> source;
    private final Supplier<Map<PublicKey, String>> names;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final WebServer server;

    private MetricsServer(
            InetSocketAddress at,
            String interfaceName,
            Supplier<CompletionStage<DataPlaneStatistics>> source,
            Supplier<Map<PublicKey, String>> names,
            Log log)
            throws IOException {
        this.interfaceName = interfaceName;
        this.source = source;
        this.names = names;
        server = WebServer.start(at, this::answer, log);
    }

    /** Listens at {@code at}. */
    public static MetricsServer start(
            InetSocketAddress at,
            String interfaceName,
            Supplier<CompletionStage<DataPlaneStatistics>> source,
            Supplier<Map<PublicKey, String>> names,
            Log log)
            throws IOException {
        return new MetricsServer(at, interfaceName, source, names, log);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.address();
    }

    private WebServer.Answer answer(String path, HttpExchange exchange) throws IOException {
        if (!path.equals(PATH)) {
            return WebServer.Answer.text(path.equals("/") ? 200 : 404, "metrics of wg-jvm are at " + PATH);
        }
        final DataPlaneStatistics statistics;
        try {
            statistics = source.get().toCompletableFuture().get(DEVICE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return WebServer.Answer.text(503, "the device does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebServer.Answer.text(503, "the server ends");
        }
        final ExpositionFormatWriter writer = formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        final ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
        writer.write(body, WireguardMetrics.of(interfaceName, statistics, names.get()));
        return WebServer.Answer.of(writer.getContentType(), body.toByteArray());
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        server.close();
    }
}
