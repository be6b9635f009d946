package org.wgjvm.endpoint.ui;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.web.ListenAddress;
import org.wgjvm.endpoint.web.WebServer;
import org.wgjvm.endpoint.web.WebServer.Answer;

/**
 * Serves the page of one interface. Every request needs the token, which the first address carries and a cookie from then on. Nothing can
 * be changed through it, and no secret is known to it.
 */
public final class PageServer implements AutoCloseable {
    private static final int TOKEN_BYTES = 32;
    private static final int NOT_FOUND = 404;
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> FILES = Map.of(
            "/", "text/html; charset=utf-8",
            "/icon.svg", "image/svg+xml",
            "/app.css", "text/css; charset=utf-8",
            "/app.js", "text/javascript; charset=utf-8");

    private final String interfaceName;
    private final Supplier<Map<PublicKey, String>> names;
    private final byte[] token;
    private final HandshakeLog handshakes = new HandshakeLog();
    private final PageState state = new PageState();
    private final AtomicReference<PageState.View> view = new AtomicReference<>();
    private final ScheduledExecutorService sampler =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("page-sampler").factory());
    private final WebServer server;
    private final String cookie;

    private PageServer(
            InetSocketAddress at,
            String interfaceName,
            Supplier<CompletionStage<DeviceStatistics>> source,
            Supplier<Map<PublicKey, String>> names,
            long intervalMs,
            Log log)
            throws IOException {
        this.interfaceName = interfaceName;
        this.names = names;
        final byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        token = Base64.getUrlEncoder().withoutPadding().encode(random);
        server = WebServer.start(at, this::answer, log);
        // Cookies know no ports: each daemon's has a name of its own.
        cookie = "wgjvm-" + server.address().getPort();
        sampler.scheduleAtFixedRate(() -> sample(source, log), 0, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Listens at {@code at}, and looks at the device every {@code intervalMs}. */
    public static PageServer start(
            InetSocketAddress at,
            String interfaceName,
            Supplier<CompletionStage<DeviceStatistics>> source,
            Supplier<Map<PublicKey, String>> names,
            long intervalMs,
            Log log)
            throws IOException {
        return new PageServer(at, interfaceName, source, names, intervalMs, log);
    }

    /** What the device is to tell of its handshakes. */
    public DataPlaneEvents events() {
        return handshakes;
    }

    /** Where it listens, without the token. */
    public String place() {
        return "http://" + ListenAddress.text(server.address()) + "/";
    }

    /** The address to open. It is a secret. */
    public String address() {
        return place() + "?token=" + new String(token, StandardCharsets.US_ASCII);
    }

    private void sample(Supplier<CompletionStage<DeviceStatistics>> source, Log log) {
        try {
            final DeviceStatistics now = source.get().toCompletableFuture().get(10, TimeUnit.SECONDS);
            view.set(state.update(now, System.currentTimeMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // A scheduled task that throws is not run again.
            log.verbose("page: no sample: " + e);
        }
    }

    private Answer answer(String path, HttpExchange exchange) throws IOException {
        final Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        final boolean first = isToken(query.get("token"));
        Answer answer;
        if (!first && !isToken(cookie(exchange))) {
            answer = Answer.text(401, "the address of this page has a token at its end, which is missing here or not the right one");
        } else {
            answer = page(path, query);
            if (first) {
                answer = answer.with("Set-Cookie", cookie + "=" + new String(token, StandardCharsets.US_ASCII)
                        + "; Path=/; HttpOnly; SameSite=Strict");
            }
        }
        return answer.with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "no-referrer")
                .with("Cross-Origin-Resource-Policy", "same-origin")
                .with("Cross-Origin-Opener-Policy", "same-origin");
    }

    private Answer page(String path, Map<String, String> query) throws IOException {
        if (FILES.containsKey(path)) {
            try (InputStream file = PageServer.class.getResourceAsStream(path.equals("/") ? "index.html" : path.substring(1))) {
                return Answer.of(FILES.get(path), file.readAllBytes());
            }
        }
        final PageState.View now = view.get();
        if (now == null) {
            return Answer.text(503, "the device has not answered yet");
        }
        try {
            return switch (path) {
                case "/api/state" -> Answer.of(
                        "application/json", StateJson.of(interfaceName, now, handshakes.entries(), names.get()));
                case "/api/config" -> Answer.of("text/plain; charset=utf-8", configuration(now, query).getBytes(StandardCharsets.UTF_8));
                case "/api/qr" -> Answer.of(
                        "image/svg+xml", PeerConfiguration.qrSvg(configuration(now, query)).getBytes(StandardCharsets.UTF_8));
                default -> Answer.text(NOT_FOUND, "there is nothing here");
            };
        } catch (IllegalArgumentException e) {
            return Answer.text(400, e.getMessage());
        }
    }

    private static String configuration(PageState.View now, Map<String, String> query) {
        final PublicKey key = PublicKey.fromBase64(query.getOrDefault("key", ""));
        final PeerStatistics peer = now.device().peers().stream()
                .filter(p -> p.publicKey().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no such peer"));
        return PeerConfiguration.text(
                now.device(), peer, query.getOrDefault("endpoint", "").strip(), query.getOrDefault("allowed", "").strip());
    }

    /** The names and values of a query; what is not well formed is left out. */
    static Map<String, String> query(String raw) {
        final Map<String, String> values = new HashMap<>();
        for (final String part : raw == null ? new String[0] : raw.split("&")) {
            final int equals = part.indexOf('=');
            try {
                if (equals > 0) {
                    values.putIfAbsent(
                            URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
                            URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
                }
            } catch (IllegalArgumentException e) {
                // A percent sign without two digits.
            }
        }
        return values;
    }

    private String cookie(HttpExchange exchange) {
        for (final String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
            for (final String part : header.split(";")) {
                if (part.strip().startsWith(cookie + "=")) {
                    return part.strip().substring(cookie.length() + 1);
                }
            }
        }
        return null;
    }

    /** Takes as long for a wrong token as for the right one. */
    private boolean isToken(String text) {
        return text != null && MessageDigest.isEqual(token, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        sampler.shutdownNow();
        server.close();
    }
}
