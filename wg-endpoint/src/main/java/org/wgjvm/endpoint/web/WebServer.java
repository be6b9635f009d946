package org.wgjvm.endpoint.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.wgjvm.endpoint.log.Log;

/**
 * An HTTP server that only answers questions: GET and HEAD. While it listens on loopback, a request must name an address or
 * {@code localhost} as its host, so that a page of some site that has its name resolve to loopback gets nothing.
 */
public final class WebServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final int LONGEST_REQUEST_SECONDS = 10;

    /** Answers requests; on a virtual thread each. */
    public interface Handler {
        /** The answer to a GET or HEAD of {@code path}. */
        Answer answer(String path, HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final boolean loopback;
    private final Handler handler;
    private final Log log;

    private WebServer(HttpServer server, Handler handler, Log log) {
        this.server = server;
        this.loopback = server.getAddress().getAddress().isLoopbackAddress();
        this.handler = handler;
        this.log = log;
    }

    /** Listens and answers. */
    public static WebServer start(InetSocketAddress at, Handler handler, Log log) throws IOException {
        limit("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
        limit("sun.net.httpserver.maxReqTime", LONGEST_REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", 6 * LONGEST_REQUEST_SECONDS);
        final HttpServer http;
        try {
            http = HttpServer.create(at, 0);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + ListenAddress.text(at) + ": " + e.getMessage(), e);
        }
        final WebServer server = new WebServer(http, handler, log);
        http.setExecutor(server.threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** The server of the JDK reads its limits from properties, once. */
    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Answer answer;
            try {
                answer = answer(exchange);
            } catch (RuntimeException e) {
                log.error("web: " + exchange.getRequestURI().getPath() + ": " + e);
                answer = Answer.text(500, "internal error");
            }
            final boolean head = exchange.getRequestMethod().equals("HEAD");
            final var headers = exchange.getResponseHeaders();
            answer.headers().forEach(headers::set);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cache-Control", "no-store");
            headers.set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.code(), head || answer.body().length == 0 ? -1 : answer.body().length);
            if (!head && answer.body().length > 0) {
                exchange.getResponseBody().write(answer.body());
            }
        } catch (IOException e) {
            log.verbose("web: " + e.getMessage());
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        if (loopback && !namesUs(exchange.getRequestHeaders().getFirst("Host"))) {
            return Answer.text(421, "this server is reached as localhost or by its address");
        }
        final String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.text(405, "only GET and HEAD").with("Allow", "GET, HEAD");
        }
        return handler.answer(exchange.getRequestURI().getPath(), exchange);
    }

    /** Whether a Host header is {@code localhost} or an address, with or without a port. */
    static boolean namesUs(String host) {
        return host != null && host.matches("(localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?");
    }

    /** Stops at once. Idempotent. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** What goes back. */
    public record Answer(int code, String type, byte[] body, Map<String, String> headers) {
        /** Bytes of a type. */
        public static Answer of(String type, byte[] body) {
            return new Answer(200, type, body, Map.of());
        }

        /** A line of text. */
        public static Answer text(int code, String line) {
            return new Answer(code, "text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8), Map.of());
        }

        /** With one more header. */
        public Answer with(String name, String value) {
            final Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Answer(code, type, body, more);
        }
    }
}
