package org.wgjvm.hub.neutron;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.http.Answer;
import org.wgjvm.hub.http.Request;
import org.wgjvm.hub.http.Routes;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.state.DocumentStore;

/**
 * {@code /v2.0}: networks and subnets are remembered, routers are namespaces of this node, and ports are the agent's. One request at a
 * time.
 *
 * <p>It differs from Neutron in one thing on purpose: a port that is removed from a router is not deleted, and goes back to what it was.
 */
public final class NeutronApi {
    /** Before the id of a router in the name of its namespace, as Neutron's own agent has it. */
    public static final String ROUTER_PREFIX = "qrouter-";

    private final DocumentStore networks;
    private final DocumentStore subnets;
    private final DocumentStore routers;
    private final NeutronPorts ports;
    private final Agent agent;

    /** Reads what is kept. */
    public NeutronApi(Path state, Agent agent) throws IOException {
        this.agent = agent;
        networks = new DocumentStore(state, "networks", agent.settings().dryRun());
        subnets = new DocumentStore(state, "subnets", agent.settings().dryRun());
        routers = new DocumentStore(state, "routers", agent.settings().dryRun());
        ports = new NeutronPorts(agent, networks, subnets, routers);
    }

    /** The namespaces of the routers that are kept, for the agent to make. */
    public static Set<String> routerNamespaces(Path state) throws IOException {
        final Set<String> names = new LinkedHashSet<>();
        new DocumentStore(state, "routers", true).all().keySet().forEach(id -> names.add(ROUTER_PREFIX + id));
        return names;
    }

    /** Puts its routes with the others. */
    public void addTo(Routes routes) {
        add(routes, "GET", "/", r -> versions());
        add(routes, "GET", "/v2.0", r -> resources());
        add(routes, "GET", "/v2.0/", r -> resources());
        add(routes, "GET", "/v2.0/extensions", r -> wrap(200, "extensions", Extensions.all()));
        add(routes, "GET", "/v2.0/extensions/{alias}", r -> wrap(200, "extension", Extensions.one(r.variable("alias"))));
        collection(routes, "network", networks, this::createNetwork, this::deleteNetwork);
        collection(routes, "subnet", subnets, this::createSubnet, this::deleteSubnet);
        collection(routes, "router", routers, this::createRouter, this::deleteRouter);
        add(routes, "GET", "/v2.0/ports", r -> wrap(200, "ports", Listing.of(ports.all(), r)));
        add(routes, "POST", "/v2.0/ports", ports::createPort);
        add(routes, "GET", "/v2.0/ports/{id}", r -> wrap(200, "port", ports.get(r.variable("id"))));
        add(routes, "PUT", "/v2.0/ports/{id}", ports::updatePort);
        add(routes, "DELETE", "/v2.0/ports/{id}", ports::deletePort);
        add(routes, "PUT", "/v2.0/routers/{id}/add_router_interface", ports::addInterface);
        add(routes, "PUT", "/v2.0/routers/{id}/remove_router_interface", ports::removeInterface);
    }

    private interface Handler {
        Answer answer(Request request) throws ApiException, FieldException, IOException;
    }

    private interface Creation {
        JsonObject of(Fields body) throws ApiException, FieldException, IOException;
    }

    private interface Deletion {
        void of(String id) throws ApiException, IOException;
    }

    private void add(Routes routes, String method, String template, Handler handler) {
        routes.add(method, template, NeutronApi::refusal, request -> {
            synchronized (this) {
                try {
                    return handler.answer(request);
                } catch (FieldException e) {
                    throw ApiException.of(e);
                }
            }
        });
    }

    private void collection(Routes routes, String name, DocumentStore store, Creation creation, Deletion deletion) {
        final String path = "/v2.0/" + name + "s";
        add(routes, "GET", path, r -> wrap(200, name + "s", Listing.of(shown(name, store.all().values()), r)));
        add(routes, "POST", path, r -> wrap(201, name, shown(name, creation.of(body(r, name)))));
        add(routes, "GET", path + "/{id}", r -> wrap(200, name, shown(name, known(store, name, r.variable("id")))));
        add(routes, "PUT", path + "/{id}", r -> {
            final JsonObject changed = known(store, name, r.variable("id")).deepCopy();
            final Fields body = body(r, name);
            changed.addProperty("name", body.string("name", changed.get("name").getAsString()));
            changed.addProperty("description", body.string("description", changed.get("description").getAsString()));
            store.save(r.variable("id"), changed);
            return wrap(200, name, shown(name, changed));
        });
        add(routes, "DELETE", path + "/{id}", r -> {
            known(store, name, r.variable("id"));
            deletion.of(r.variable("id"));
            return Answer.done();
        });
    }

    /** {@code {"NeutronError": {"type": ..., "message": ..., "detail": ""}}}. */
    public static Answer refusal(ApiException refusal) {
        final JsonObject error = new JsonObject();
        error.addProperty("type", switch (refusal.status()) {
            case 400 -> "InvalidInput";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            default -> "HTTPError";
        });
        error.addProperty("message", refusal.field().isEmpty() ? refusal.getMessage() : refusal.field() + ": " + refusal.getMessage());
        error.addProperty("detail", "");
        final JsonObject json = new JsonObject();
        json.add("NeutronError", error);
        return Answer.json(refusal.status(), json);
    }

    static Answer wrap(int status, String name, JsonElement value) {
        final JsonObject json = new JsonObject();
        json.add(name, value);
        return Answer.json(status, json);
    }

    static Fields body(Request request, String name) throws ApiException, FieldException {
        final Fields outer = request.json();
        final Fields inner = outer.object(name);
        if (inner == null) {
            throw outer.wrong(name, "is required");
        }
        return new Fields(inner.json(), "");
    }

    static JsonObject known(DocumentStore store, String name, String id) throws ApiException {
        final JsonObject found = store.all().get(id);
        if (found == null) {
            throw ApiException.notFound(name + " " + id);
        }
        return found;
    }

    private static Answer versions() {
        final JsonObject link = new JsonObject();
        link.addProperty("rel", "self");
        link.addProperty("href", "/v2.0/");
        final JsonArray links = new JsonArray();
        links.add(link);
        final JsonObject version = new JsonObject();
        version.addProperty("id", "v2.0");
        version.addProperty("status", "CURRENT");
        version.add("links", links);
        final JsonArray all = new JsonArray();
        all.add(version);
        return wrap(200, "versions", all);
    }

    private static Answer resources() {
        final JsonArray all = new JsonArray();
        for (final String name : List.of("network", "subnet", "port", "router")) {
            final JsonObject one = new JsonObject();
            one.addProperty("name", name);
            one.addProperty("collection", name + "s");
            all.add(one);
        }
        return wrap(200, "resources", all);
    }

    private static JsonObject document(Fields body) throws FieldException {
        final JsonObject json = new JsonObject();
        final String project = body.string("project_id", body.string("tenant_id", ""));
        json.addProperty("id", UUID.randomUUID().toString());
        json.addProperty("name", body.string("name", ""));
        json.addProperty("description", body.string("description", ""));
        json.addProperty("project_id", project);
        json.addProperty("tenant_id", project);
        json.addProperty("revision_number", 1);
        json.add("tags", new JsonArray());
        return json;
    }

    private List<JsonObject> shown(String name, Collection<JsonObject> all) {
        return all.stream().map(d -> shown(name, d)).toList();
    }

    /** A network shows its subnets, which know it. */
    private JsonObject shown(String name, JsonObject document) {
        if (!name.equals("network")) {
            return document;
        }
        final JsonObject json = document.deepCopy();
        final JsonArray ids = new JsonArray();
        subnetsOf(document.get("id").getAsString()).forEach(s -> ids.add(s.get("id").getAsString()));
        json.add("subnets", ids);
        return json;
    }

    private List<JsonObject> subnetsOf(String networkId) {
        return subnetsOf(subnets, networkId);
    }

    /** The subnets of a network. */
    static List<JsonObject> subnetsOf(DocumentStore subnets, String networkId) {
        return subnets.all().values().stream().filter(s -> s.get("network_id").getAsString().equals(networkId)).toList();
    }

    private JsonObject createNetwork(Fields body) throws FieldException, IOException {
        final JsonObject json = document(body);
        json.addProperty("admin_state_up", body.bool("admin_state_up", true));
        json.addProperty("status", "ACTIVE");
        json.addProperty("shared", body.bool("shared", false));
        json.addProperty("router:external", false);
        json.addProperty("port_security_enabled", false);
        json.addProperty("provider:network_type", "local");
        json.addProperty("mtu", agent.settings().mtu());
        json.add("availability_zones", new JsonArray());
        json.add("availability_zone_hints", new JsonArray());
        networks.save(json.get("id").getAsString(), json);
        return json;
    }

    private void deleteNetwork(String id) throws ApiException, IOException {
        if (!agent.list(id, null).isEmpty()) {
            throw new ApiException(409, "", "network " + id + " has ports");
        }
        for (final JsonObject subnet : subnetsOf(id)) {
            subnets.delete(subnet.get("id").getAsString());
        }
        networks.delete(id);
    }

    private JsonObject createSubnet(Fields body) throws ApiException, FieldException, IOException {
        final JsonObject json = document(body);
        final String networkId = body.required("network_id");
        known(networks, "network", networkId);
        final Cidr cidr;
        try {
            cidr = Cidr.parse(body.required("cidr")).network();
        } catch (IllegalArgumentException e) {
            throw body.wrong("cidr", e.getMessage());
        }
        for (final JsonObject other : subnetsOf(networkId)) {
            final Cidr theirs = Cidr.parse(other.get("cidr").getAsString());
            if (theirs.contains(cidr) || cidr.contains(theirs)) {
                throw new ApiException(400, "cidr", "overlaps " + theirs + " of subnet " + other.get("id").getAsString());
            }
        }
        final long version = body.integer("ip_version", 4, 6, cidr.isV6() ? 6 : 4);
        if (version != (cidr.isV6() ? 6 : 4)) {
            throw body.wrong("ip_version", "does not go with " + cidr);
        }
        json.addProperty("network_id", networkId);
        json.addProperty("ip_version", version);
        json.addProperty("cidr", cidr.toString());
        json.addProperty("enable_dhcp", false);
        json.add("gateway_ip", gateway(body, cidr));
        json.add("ipv6_address_mode", JsonNull.INSTANCE);
        json.add("ipv6_ra_mode", JsonNull.INSTANCE);
        json.add("dns_nameservers", new JsonArray());
        json.add("host_routes", new JsonArray());
        final JsonObject pool = new JsonObject();
        pool.addProperty("start", AddressPlan.nth(cidr, java.math.BigInteger.ONE).getHostAddress());
        pool.addProperty("end", AddressPlan.last(cidr).getHostAddress());
        final JsonArray pools = new JsonArray();
        pools.add(pool);
        json.add("allocation_pools", pools);
        subnets.save(json.get("id").getAsString(), json);
        return json;
    }

    /** Only what is asked for: a hub is its network's gateway, and takes its address from the subnet like everybody. */
    private static JsonElement gateway(Fields body, Cidr cidr) throws FieldException {
        if (!body.has("gateway_ip")) {
            return JsonNull.INSTANCE;
        }
        try {
            final InetAddress gateway = Cidr.address(body.required("gateway_ip"));
            if (!cidr.contains(Cidr.host(gateway))) {
                throw body.wrong("gateway_ip", "is not in " + cidr);
            }
            return new com.google.gson.JsonPrimitive(gateway.getHostAddress());
        } catch (IllegalArgumentException e) {
            throw body.wrong("gateway_ip", e.getMessage());
        }
    }

    private void deleteSubnet(String id) throws ApiException, IOException {
        final String networkId = subnets.all().get(id).get("network_id").getAsString();
        for (final JsonElement port : agent.list(networkId, null)) {
            for (final JsonElement ip : port.getAsJsonObject().getAsJsonArray("fixed_ips")) {
                if (ip.getAsJsonObject().get("subnet_id").getAsString().equals(id)) {
                    throw new ApiException(409, "", "subnet " + id + " has ports");
                }
            }
        }
        subnets.delete(id);
    }

    private JsonObject createRouter(Fields body) throws ApiException, FieldException, IOException {
        final JsonObject json = document(body);
        json.addProperty("admin_state_up", body.bool("admin_state_up", true));
        json.addProperty("status", "ACTIVE");
        json.add("external_gateway_info", JsonNull.INSTANCE);
        json.add("routes", new JsonArray());
        json.addProperty("ha", false);
        json.addProperty("distributed", false);
        json.add("availability_zones", new JsonArray());
        json.add("availability_zone_hints", new JsonArray());
        final String id = json.get("id").getAsString();
        routers.save(id, json);
        agent.wantNamespace(ROUTER_PREFIX + id);
        return json;
    }

    private void deleteRouter(String id) throws ApiException, IOException {
        for (final JsonObject port : ports.all()) {
            if (port.get("device_id").getAsString().equals(id)) {
                throw new ApiException(409, "", "router " + id + " has interfaces");
            }
        }
        routers.delete(id);
        agent.forgetNamespace(ROUTER_PREFIX + id);
    }
}
