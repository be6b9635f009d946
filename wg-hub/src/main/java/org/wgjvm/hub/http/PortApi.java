package org.wgjvm.hub.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.Names;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.state.History;

/** The API of ports, {@code /v1}: what it has is described by {@code openapi.json}, which it serves. */
public final class PortApi {
    private static final int MOST_HISTORY = 1000;

    private final Agent agent;

    /** That of an agent. */
    public PortApi(Agent agent) {
        this.agent = agent;
    }

    /** Puts its routes with the others. */
    public void addTo(Routes routes) {
        routes.add("GET", "/healthz", PortApi::refusal, request -> health());
        routes.add("GET", "/metrics", PortApi::refusal,
                request -> new Answer(200, "text/plain; version=0.0.4; charset=utf-8", agent.metrics()));
        routes.add("GET", "/v1/openapi.json", PortApi::refusal, request -> new Answer(200, "application/json", description()));
        routes.add("GET", "/v1/ports", PortApi::refusal, this::list);
        routes.add("PUT", "/v1/ports/{id}", PortApi::refusal, this::put);
        routes.add("GET", "/v1/ports/{id}", PortApi::refusal, r -> port(200, agent.get(id(r))));
        routes.add("DELETE", "/v1/ports/{id}", PortApi::refusal, this::delete);
        routes.add("PUT", "/v1/ports/{id}/attachment", PortApi::refusal, r -> port(200, agent.attach(id(r), r.json())));
        routes.add("DELETE", "/v1/ports/{id}/attachment", PortApi::refusal, r -> port(200, agent.detach(id(r))));
        routes.add("GET", "/v1/ports/{id}/config", PortApi::refusal, r -> Answer.text(agent.peerFile(id(r))));
        routes.add("GET", "/v1/ports/{id}/qr", PortApi::refusal, r -> Answer.text(agent.qrCode(id(r), false)));
        routes.add("GET", "/v1/ports/{id}/qr.svg", PortApi::refusal, r -> new Answer(
                200, "image/svg+xml", agent.qrCode(id(r), true).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        routes.add("GET", "/v1/ports/{id}/history", PortApi::refusal, r -> history(agent.log(id(r), most(r))));
        routes.add("POST", "/v1/ports/{id}/restore", PortApi::refusal, this::restore);
        routes.add("GET", "/v1/history", PortApi::refusal, r -> history(agent.log(null, most(r))));
        routes.add("GET", "/v1/history/{commit}", PortApi::refusal, r -> Answer.text(agent.diff(r.variable("commit"))));
        routes.add("PUT", "/v1/sync", PortApi::refusal, r -> Answer.json(200, agent.sync(r.json())));
    }

    /** {@code {"error": {"field": ..., "message": ...}}}. */
    public static Answer refusal(ApiException refusal) {
        final JsonObject error = new JsonObject();
        error.addProperty("field", refusal.field());
        error.addProperty("message", refusal.getMessage());
        final JsonObject json = new JsonObject();
        json.add("error", error);
        return Answer.json(refusal.status(), json);
    }

    static byte[] description() throws IOException {
        try (InputStream in = PortApi.class.getResourceAsStream("openapi.json")) {
            return in.readAllBytes();
        }
    }

    private Answer health() throws ApiException, IOException {
        final JsonObject health = agent.health();
        return Answer.json(health.get("status").getAsString().equals("ok") ? 200 : 503, health);
    }

    private static String id(Request request) throws ApiException {
        final String id = request.variable("id");
        if (!Names.isId(id)) {
            throw new ApiException(400, "id", "a UUID in lower case is wanted");
        }
        return id;
    }

    private static int most(Request request) throws ApiException {
        final String limit = request.parameter("limit");
        if (limit == null) {
            return 100;
        }
        if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST_HISTORY) {
            throw new ApiException(400, "limit", "a number from 1 to " + MOST_HISTORY + " is wanted");
        }
        return Integer.parseInt(limit);
    }

    private static Answer port(int status, JsonObject port) {
        final JsonObject json = new JsonObject();
        json.add("port", port);
        return Answer.json(status, json);
    }

    private Answer list(Request request) throws ApiException, IOException {
        final String label = request.parameter("kind");
        final PortKind kind = label == null ? null : PortKind.ofLabel(label);
        if (label != null && kind == null) {
            throw new ApiException(400, "kind", "hub or spoke is wanted");
        }
        final JsonObject json = new JsonObject();
        json.add("ports", agent.list(request.parameter("network_id"), kind));
        return Answer.json(200, json);
    }

    /** With or without {@code "port"} around it, as Neutron has it. */
    private Answer put(Request request) throws ApiException, IOException {
        final Fields body = request.json();
        try {
            final Fields inner = body.object("port");
            final Agent.Outcome outcome = agent.put(id(request), inner == null ? body : new Fields(inner.json(), ""));
            return port(outcome.created() ? 201 : 200, outcome.port());
        } catch (FieldException e) {
            throw ApiException.of(e);
        }
    }

    private Answer delete(Request request) throws ApiException, IOException {
        final String id = id(request);
        if (!agent.delete(id)) {
            throw ApiException.notFound("port " + id);
        }
        return Answer.done();
    }

    private Answer restore(Request request) throws ApiException, IOException {
        try {
            final Agent.Outcome outcome = agent.restore(id(request), request.json().required("commit"));
            return port(outcome.created() ? 201 : 200, outcome.port());
        } catch (FieldException e) {
            throw ApiException.of(e);
        }
    }

    private static Answer history(List<History.Entry> entries) {
        final JsonArray all = new JsonArray();
        for (final History.Entry entry : entries) {
            final JsonObject one = new JsonObject();
            one.addProperty("commit", entry.id());
            one.addProperty("at", entry.at().toString());
            one.addProperty("message", entry.message());
            all.add(one);
        }
        final JsonObject json = new JsonObject();
        json.add("history", all);
        return Answer.json(200, json);
    }
}
