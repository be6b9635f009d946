package org.wgjvm.hub.page;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.Consumer;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.http.Answer;
import org.wgjvm.hub.http.HttpServer;
import org.wgjvm.hub.http.Request;
import org.wgjvm.hub.http.Routes;
import org.wgjvm.hub.port.Names;

/**
 * Serves the page of an agent on loopback. Every request needs the token, which is new with each start and in a file that its owner alone
 * may read. Nothing can be changed through it, and no secret is known to it.
 */
public final class AgentPage implements AutoCloseable {
    private static final Map<String, String> FILES = Map.of(
            "/", "text/html; charset=utf-8",
            "/icon.svg", "image/svg+xml",
            "/app.css", "text/css; charset=utf-8",
            "/app.js", "text/javascript; charset=utf-8");

    private final PageGate gate = new PageGate(new SecureRandom());
    private final HttpServer server;
    private final Sampler sampler;
    private final Path file;
    private String place;

    private AgentPage(Agent agent, Path file, Consumer<String> log) {
        this.file = file;
        sampler = new Sampler(agent::overview);
        final Routes routes = new Routes();
        FILES.forEach((path, type) -> route(routes, path, request -> resource(path, type)));
        route(routes, "/api/state", request -> Answer.json(200, PageJson.state(view())));
        route(routes, "/api/hubs", request -> Answer.json(200, PageJson.hubs(Selection.of(request).hubs(view().hubs()))));
        route(routes, "/api/spokes", this::spokes);
        route(routes, "/api/config", request -> Answer.text(agent.peerFile(id(request))));
        route(routes, "/api/qr.svg", request -> new Answer(
                200, "image/svg+xml", agent.qrCode(id(request), true).getBytes(StandardCharsets.UTF_8)));
        server = new HttpServer(routes, log);
    }

    private static void route(Routes routes, String path, Routes.Handler handler) {
        routes.add("GET", path, AgentPage::refusal, handler);
    }

    /**
     * Listens.
     *
     * @param at a loopback address; port 0 for any
     * @param file where the address with its token is written, for its owner alone; it goes again with the page
     */
    public static AgentPage start(InetSocketAddress at, Agent agent, Path file, Consumer<String> log) throws IOException {
        if (!at.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("the page is for this machine alone: a loopback address is wanted");
        }
        final AgentPage page = new AgentPage(agent, file, log);
        boolean begun = false;
        try {
            final InetSocketAddress bound = page.server.listen(at, page.gate, null);
            final InetAddress address = bound.getAddress();
            page.place = "http://" + (address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress())
                    + ":" + bound.getPort() + "/";
            writeSecret(file, page.address());
            begun = true;
            return page;
        } finally {
            if (!begun) {
                page.server.close();
            }
        }
    }

    /** Into a file of nobody else's, which is there before anything is written into it. */
    private static void writeSecret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
    }

    /** Where it is, without the token. */
    public String place() {
        return place;
    }

    /** The address to open. It is a secret. */
    public String address() {
        return place + "?token=" + gate.token();
    }

    private static Answer refusal(ApiException refusal) {
        return new Answer(
                refusal.status(), "text/plain; charset=utf-8", (refusal.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Answer resource(String path, String type) throws IOException {
        try (InputStream file = AgentPage.class.getResourceAsStream(path.equals("/") ? "index.html" : path.substring(1))) {
            return new Answer(200, type, file.readAllBytes());
        }
    }

    private PageState.View view() throws ApiException, IOException {
        try {
            final PageState.View view = sampler.view();
            if (view == null) {
                throw new ApiException(503, "", "the agent has not answered yet");
            }
            return view;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Answer spokes(Request request) throws ApiException, IOException {
        final String label = request.parameter("state");
        SpokeState state = null;
        for (final SpokeState each : SpokeState.values()) {
            state = each.label().equals(label) ? each : state;
        }
        if (state == null && label != null && !label.isEmpty()) {
            throw new ApiException(400, "state", "there is no such state");
        }
        final String network = request.parameter("network");
        return Answer.json(200, PageJson.spokes(
                Selection.of(request).spokes(view().spokes(), network == null || network.isEmpty() ? null : network, state)));
    }

    private static String id(Request request) throws ApiException {
        final String id = request.parameter("id");
        if (id == null || !Names.isId(id)) {
            throw new ApiException(400, "id", "the id of a spoke is wanted");
        }
        return id;
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        server.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Its token opens nothing any more.
        }
    }
}
