package org.wgjvm.hub.port;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** Writes a port as Neutron's JSON; what it writes, {@link PortReader} reads to the same port. There is no secret in it. */
public final class PortWriter {
    private PortWriter() {}

    /** The port. */
    public static JsonObject write(Port port) {
        final JsonObject json = new JsonObject();
        json.addProperty("id", port.id());
        json.addProperty("name", port.identity().name());
        json.addProperty("network_id", port.networkId());
        json.addProperty("project_id", port.binding().projectId());
        json.addProperty("tenant_id", port.binding().projectId());
        json.addProperty("admin_state_up", port.adminStateUp());
        json.addProperty("device_owner", port.identity().deviceOwner());
        json.addProperty("device_id", port.identity().deviceId());
        json.addProperty("wireguard_kind", port.kind().label());
        json.addProperty("binding:host_id", port.binding().hostId());
        json.add("binding:profile", profile(port.profile()));
        final JsonArray ips = new JsonArray();
        for (final FixedIp ip : port.fixedIps()) {
            final JsonObject each = new JsonObject();
            each.addProperty("subnet_id", ip.subnetId());
            each.addProperty("ip_address", ip.address().getHostAddress());
            ips.add(each);
        }
        json.add("fixed_ips", ips);
        final JsonArray subnets = new JsonArray();
        for (final Subnet subnet : port.subnets()) {
            final JsonObject each = new JsonObject();
            each.addProperty("id", subnet.id());
            each.addProperty("cidr", subnet.cidr().toString());
            subnets.add(each);
        }
        json.add("subnets", subnets);
        return json;
    }

    private static JsonObject profile(Profile profile) {
        final JsonObject json = new JsonObject();
        if (profile.publicKey() != null) {
            json.addProperty("public_key", profile.publicKey().toBase64());
        }
        if (profile.endpoint() != null) {
            json.addProperty("endpoint", profile.endpoint().toString());
        }
        if (profile.keepaliveSeconds() != 0) {
            json.addProperty("persistent_keepalive", profile.keepaliveSeconds());
        }
        if (!profile.allowedIps().isEmpty()) {
            final JsonArray allowed = new JsonArray();
            profile.allowedIps().forEach(c -> allowed.add(c.toString()));
            json.add("allowed_ips", allowed);
        }
        return json;
    }
}
