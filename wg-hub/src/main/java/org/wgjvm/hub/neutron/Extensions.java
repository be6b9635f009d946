package org.wgjvm.hub.neutron;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.wgjvm.hub.agent.ApiException;

/** The extensions of Neutron's API that there are, in part. */
final class Extensions {
    private static final List<String> ALIASES = List.of("binding", "router", "net-mtu", "project-id", "wireguard");

    private Extensions() {}

    static JsonArray all() {
        final JsonArray all = new JsonArray();
        ALIASES.forEach(alias -> all.add(extension(alias)));
        return all;
    }

    static JsonObject one(String alias) throws ApiException {
        if (!ALIASES.contains(alias)) {
            throw ApiException.notFound("extension " + alias);
        }
        return extension(alias);
    }

    private static JsonObject extension(String alias) {
        final JsonObject json = new JsonObject();
        json.addProperty("alias", alias);
        json.addProperty("name", alias);
        json.addProperty("description", alias.equals("wireguard") ? "Hubs and spokes as ports" : "");
        json.addProperty("updated", "2026-11-28T00:00:00-00:00");
        json.add("links", new JsonArray());
        return json;
    }
}
