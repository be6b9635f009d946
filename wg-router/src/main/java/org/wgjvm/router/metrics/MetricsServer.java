package org.wgjvm.router.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Where Prometheus asks. It answers GET of {@value #PATH}, on threads of its own. */
public final class MetricsServer implements AutoCloseable {
    /** Where the metrics are. */
    public static final String PATH = "/metrics";

    private final ExpositionFormats formats = ExpositionFormats.init();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Supplier<MetricSnapshots> source;
    private final HttpServer server;

    /** Listens at {@code at}, and asks {@code source} at each scrape. */
    public MetricsServer(InetSocketAddress at, Supplier<MetricSnapshots> source) throws IOException {
        this.source = source;
        try {
            server = HttpServer.create(at, 0);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + at + ": " + e.getMessage(), e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * {@code [ADDRESS:]PORT} as an address; without one, of loopback.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static InetSocketAddress address(String text) {
        final int colon = text.lastIndexOf(':');
        final String port = text.substring(colon + 1);
        final String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("'" + text + "' is not [ADDRESS:]PORT: '" + port + "' is not a port");
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host), Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not [ADDRESS:]PORT: '" + host + "' is not an address", e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            final boolean get = exchange.getRequestMethod().equals("GET");
            if (!get || !exchange.getRequestURI().getPath().equals(PATH)) {
                text(exchange, get ? 404 : 405, "metrics of wg-router are at " + PATH + "\n");
                return;
            }
            final MetricSnapshots metrics;
            try {
                metrics = source.get();
            } catch (RuntimeException e) {
                text(exchange, 503, "the router does not answer\n");
                return;
            }
            final ExpositionFormatWriter writer = formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
            final ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
            writer.write(body, metrics);
            exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
            exchange.sendResponseHeaders(200, body.size());
            body.writeTo(exchange.getResponseBody());
        }
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        final byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
