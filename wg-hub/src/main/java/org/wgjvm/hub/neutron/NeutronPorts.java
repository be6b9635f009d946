package org.wgjvm.hub.neutron;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.http.Answer;
import org.wgjvm.hub.http.Request;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.state.DocumentStore;

/** The ports of {@code /v2.0}, which are the agent's, with addresses of the networks' subnets; and what adds them to routers. */
final class NeutronPorts {
    private static final String ROUTER_INTERFACE = "network:router_interface";

    private final Agent agent;
    private final DocumentStore networks;
    private final DocumentStore subnets;
    private final DocumentStore routers;

    NeutronPorts(Agent agent, DocumentStore networks, DocumentStore subnets, DocumentStore routers) {
        this.agent = agent;
        this.networks = networks;
        this.subnets = subnets;
        this.routers = routers;
    }

    List<JsonObject> all() throws ApiException, IOException {
        final List<JsonObject> all = new ArrayList<>();
        for (final JsonElement each : agent.list(null, null)) {
            all.add(port(each.getAsJsonObject()));
        }
        return all;
    }

    JsonObject get(String id) throws ApiException, IOException {
        return port(agent.get(id));
    }

    /** A port of the agent with what else a port of Neutron has. */
    private static JsonObject port(JsonObject json) {
        final String id = json.get("id").getAsString();
        json.remove("subnets");
        json.addProperty("mac_address", "02:" + id.substring(0, 2) + ":" + id.substring(2, 4) + ":" + id.substring(4, 6) + ":"
                + id.substring(6, 8) + ":" + id.substring(9, 11));
        json.addProperty("description", "");
        json.addProperty("port_security_enabled", false);
        json.addProperty("revision_number", 1);
        for (final String list : List.of("security_groups", "allowed_address_pairs", "extra_dhcp_opts", "tags")) {
            json.add(list, new JsonArray());
        }
        return json;
    }

    Answer createPort(Request request) throws ApiException, FieldException, IOException {
        final Fields body = NeutronApi.body(request, "port");
        final JsonObject json = body.json().deepCopy();
        final String id = UUID.randomUUID().toString();
        json.addProperty("id", id);
        final JsonObject network = NeutronApi.known(networks, "network", body.required("network_id"));
        if (body.string("project_id", body.string("tenant_id", "")).isEmpty()) {
            json.add("project_id", network.get("project_id"));
        }
        if (!body.has("binding:host_id") && PortKind.ofDeviceOwner(body.string("device_owner", "")) == PortKind.HUB) {
            json.addProperty("binding:host_id", agent.settings().host());
        }
        addresses(json, body, network.get("id").getAsString(), null);
        return NeutronApi.wrap(201, "port", port(agent.put(id, new Fields(json, "")).port()));
    }

    Answer updatePort(Request request) throws ApiException, FieldException, IOException {
        final String id = request.variable("id");
        final JsonObject json = agent.get(id);
        final Fields body = NeutronApi.body(request, "port");
        for (final String name : body.json().keySet()) {
            json.add(name, body.json().get(name));
        }
        if (body.has("fixed_ips")) {
            addresses(json, body, json.get("network_id").getAsString(), id);
        }
        return NeutronApi.wrap(200, "port", port(agent.put(id, new Fields(json, "")).port()));
    }

    Answer deletePort(Request request) throws ApiException, IOException {
        if (!agent.delete(request.variable("id"))) {
            throw ApiException.notFound("port " + request.variable("id"));
        }
        return Answer.done();
    }

    /** Puts addresses and their subnets into a port: those asked for, or else one of the network's first subnet of each family. */
    private void addresses(JsonObject json, Fields body, String networkId, String portId)
            throws ApiException, FieldException, IOException {
        final List<JsonObject> known = NeutronApi.subnetsOf(subnets, networkId);
        final Set<InetAddress> taken = new HashSet<>();
        for (final JsonElement other : agent.list(networkId, null)) {
            if (!other.getAsJsonObject().get("id").getAsString().equals(portId)) {
                other.getAsJsonObject().getAsJsonArray("fixed_ips")
                        .forEach(ip -> taken.add(Cidr.address(ip.getAsJsonObject().get("ip_address").getAsString())));
            }
        }
        final JsonArray ips = new JsonArray();
        if (body.has("fixed_ips")) {
            for (final Fields asked : body.objects("fixed_ips")) {
                ips.add(address(asked, known, taken));
            }
        } else {
            for (final boolean v6 : new boolean[] {false, true}) {
                for (final JsonObject subnet : known.stream().filter(s -> Cidr.parse(s.get("cidr").getAsString()).isV6() == v6).limit(1)
                        .toList()) {
                    ips.add(given(subnet, taken));
                }
            }
        }
        json.add("fixed_ips", ips);
        final JsonArray all = new JsonArray();
        for (final JsonObject subnet : known) {
            final JsonObject one = new JsonObject();
            one.add("id", subnet.get("id"));
            one.add("cidr", subnet.get("cidr"));
            all.add(one);
        }
        json.add("subnets", all);
    }

    private static JsonObject address(Fields asked, List<JsonObject> known, Set<InetAddress> taken) throws ApiException, FieldException {
        final String subnetId = asked.string("subnet_id", "");
        final String text = asked.string("ip_address", "");
        for (final JsonObject subnet : known) {
            final boolean named = subnet.get("id").getAsString().equals(subnetId);
            if (text.isEmpty() && named) {
                return given(subnet, taken);
            }
            try {
                if (!text.isEmpty() && (named || subnetId.isEmpty())
                        && Cidr.parse(subnet.get("cidr").getAsString()).contains(Cidr.host(Cidr.address(text)))) {
                    if (!taken.add(Cidr.address(text))) {
                        throw new ApiException(409, asked.path("ip_address"), text + " is in use");
                    }
                    return fixedIp(subnet, text);
                }
            } catch (IllegalArgumentException e) {
                throw asked.wrong("ip_address", e.getMessage());
            }
        }
        throw asked.wrong(text.isEmpty() ? "subnet_id" : "ip_address", "is in no subnet of the network");
    }

    private static JsonObject given(JsonObject subnet, Set<InetAddress> taken) throws ApiException {
        final Set<InetAddress> all = new HashSet<>(taken);
        if (!subnet.get("gateway_ip").isJsonNull()) {
            all.add(Cidr.address(subnet.get("gateway_ip").getAsString()));
        }
        final InetAddress free = AddressPlan.free(Cidr.parse(subnet.get("cidr").getAsString()), all);
        if (free == null) {
            throw new ApiException(409, "fixed_ips", "no address of subnet " + subnet.get("id").getAsString() + " is free");
        }
        taken.add(free);
        return fixedIp(subnet, free.getHostAddress());
    }

    private static JsonObject fixedIp(JsonObject subnet, String address) {
        final JsonObject ip = new JsonObject();
        ip.add("subnet_id", subnet.get("id"));
        ip.addProperty("ip_address", address);
        return ip;
    }

    Answer addInterface(Request request) throws ApiException, FieldException, IOException {
        final String routerId = request.variable("id");
        NeutronApi.known(routers, "router", routerId);
        final JsonObject port = agent.get(interfacePort(request.json()));
        if (!port.get("wireguard_kind").getAsString().equals(PortKind.HUB.label())) {
            throw new ApiException(400, "port_id", "only a hub can be added to a router");
        }
        if (port.get("device_owner").getAsString().equals(ROUTER_INTERFACE) && !port.get("device_id").getAsString().equals(routerId)) {
            throw new ApiException(409, "port_id", "is an interface of router " + port.get("device_id").getAsString() + " already");
        }
        final String id = port.get("id").getAsString();
        port.addProperty("device_owner", ROUTER_INTERFACE);
        port.addProperty("device_id", routerId);
        agent.put(id, new Fields(port, ""));
        final JsonObject at = new JsonObject();
        at.addProperty("namespace", NeutronApi.ROUTER_PREFIX + routerId);
        at.addProperty("router_id", routerId);
        agent.attach(id, new Fields(at, ""));
        return interfaceAnswer(routerId, port);
    }

    Answer removeInterface(Request request) throws ApiException, FieldException, IOException {
        final String routerId = request.variable("id");
        NeutronApi.known(routers, "router", routerId);
        final JsonObject port = agent.get(interfacePort(request.json()));
        if (!port.get("device_id").getAsString().equals(routerId)) {
            throw new ApiException(404, "port_id", "is no interface of router " + routerId);
        }
        final String id = port.get("id").getAsString();
        agent.detach(id);
        port.addProperty("device_owner", PortKind.HUB.deviceOwner());
        port.addProperty("device_id", "");
        agent.put(id, new Fields(port, ""));
        return interfaceAnswer(routerId, port);
    }

    /** The port that is named, or the hub that has an address of the subnet that is. */
    private String interfacePort(Fields body) throws ApiException, FieldException, IOException {
        if (body.has("port_id")) {
            return body.required("port_id");
        }
        final String subnetId = body.required("subnet_id");
        final JsonObject subnet = NeutronApi.known(subnets, "subnet", subnetId);
        for (final JsonElement port : agent.list(subnet.get("network_id").getAsString(), PortKind.HUB)) {
            for (final JsonElement ip : port.getAsJsonObject().getAsJsonArray("fixed_ips")) {
                if (ip.getAsJsonObject().get("subnet_id").getAsString().equals(subnetId)) {
                    return port.getAsJsonObject().get("id").getAsString();
                }
            }
        }
        throw new ApiException(400, "subnet_id", "no hub has an address of it: make one first");
    }

    private static Answer interfaceAnswer(String routerId, JsonObject port) {
        final JsonObject json = new JsonObject();
        json.addProperty("id", routerId);
        json.add("port_id", port.get("id"));
        json.add("network_id", port.get("network_id"));
        json.add("project_id", port.get("project_id"));
        json.add("tenant_id", port.get("project_id"));
        final JsonArray ids = new JsonArray();
        port.getAsJsonArray("fixed_ips").forEach(ip -> ids.add(ip.getAsJsonObject().get("subnet_id")));
        json.add("subnet_ids", ids);
        if (!ids.isEmpty()) {
            json.add("subnet_id", ids.get(0));
        }
        return Answer.json(200, json);
    }
}
