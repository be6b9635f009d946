package org.wgjvm.hub.neutron;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.http.Request;

/** Filters, fields and pages of a list, as Neutron's query parameters ask for them. */
final class Listing {
    private static final Set<String> NOT_FILTERS = Set.of("fields", "limit", "marker", "sort_key", "sort_dir", "page_reverse");

    private Listing() {}

    /** What of {@code all} a request asks for. */
    static JsonArray of(Collection<JsonObject> all, Request request) throws ApiException {
        final String limit = request.parameter("limit");
        if (limit != null && !limit.matches("[0-9]{1,9}")) {
            throw new ApiException(400, "limit", "a number is wanted");
        }
        final long most = limit == null || Long.parseLong(limit) == 0 ? Long.MAX_VALUE : Long.parseLong(limit);
        final String marker = request.parameter("marker");
        boolean begun = marker == null;
        final JsonArray found = new JsonArray();
        for (final JsonObject each : all) {
            if (begun && found.size() < most && matches(each, request.query())) {
                found.add(fields(each, request.query().get("fields")));
            }
            begun = begun || each.get("id").getAsString().equals(marker);
        }
        return found;
    }

    private static boolean matches(JsonObject object, Map<String, List<String>> query) {
        for (final Map.Entry<String, List<String>> filter : query.entrySet()) {
            if (!NOT_FILTERS.contains(filter.getKey()) && object.has(filter.getKey())) {
                final JsonElement value = object.get(filter.getKey());
                if (filter.getKey().equals("fixed_ips")) {
                    if (!filter.getValue().stream().allMatch(f -> hasAddress(value, f))) {
                        return false;
                    }
                } else if (!value.isJsonPrimitive() || filter.getValue().stream().noneMatch(f -> f.equalsIgnoreCase(value.getAsString()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@code ip_address=10.0.0.1} or {@code subnet_id=...}. */
    private static boolean hasAddress(JsonElement ips, String filter) {
        final String[] parts = filter.split("=", 2);
        for (final JsonElement ip : ips.getAsJsonArray()) {
            final JsonElement value = ip.getAsJsonObject().get(parts[0]);
            if (parts.length == 2 && value != null && value.getAsString().equals(parts[1])) {
                return true;
            }
        }
        return false;
    }

    private static JsonObject fields(JsonObject object, List<String> wanted) {
        if (wanted == null) {
            return object;
        }
        final JsonObject some = new JsonObject();
        wanted.stream().filter(object::has).forEach(f -> some.add(f, object.get(f)));
        return some;
    }
}
