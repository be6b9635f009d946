package org.wgjvm.hub.page;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.hub.page.PageState.HubView;
import org.wgjvm.hub.page.PageState.Rates;
import org.wgjvm.hub.page.PageState.SpokeView;
import org.wgjvm.hub.page.PageState.View;
import org.wgjvm.hub.page.Selection.Rows;
import org.wgjvm.hub.port.Port;

/** What the page's program reads. Times are in milliseconds since 1970, rates in bytes a second. */
final class PageJson {
    private PageJson() {}

    /** All in figures. */
    static JsonObject state(View view) {
        final JsonObject json = new JsonObject();
        json.addProperty("time", view.overview().epochMs());
        json.addProperty("host", view.overview().host());
        json.addProperty("revision", view.overview().revision());
        json.addProperty("hubs", view.hubs().size());
        json.addProperty("activeHubs", view.hubs().stream().filter(h -> h.hub().active()).count());
        json.addProperty("failingHubs", view.hubs().stream().filter(h -> !h.hub().error().isEmpty()).count());
        json.addProperty("spokes", view.spokes().size());
        final JsonObject counts = new JsonObject();
        for (final SpokeState state : SpokeState.values()) {
            counts.addProperty(state.label(), view.counts().getOrDefault(state, 0));
        }
        json.add("states", counts);
        json.addProperty("rxBytes", view.rxBytes());
        json.addProperty("txBytes", view.txBytes());
        final JsonArray time = new JsonArray();
        final JsonArray rx = new JsonArray();
        final JsonArray tx = new JsonArray();
        view.history().forEach(point -> {
            time.add(point.epochMs());
            rx.add(Math.round(point.rxRate()));
            tx.add(Math.round(point.txRate()));
        });
        final JsonObject series = new JsonObject();
        series.add("time", time);
        series.add("rx", rx);
        series.add("tx", tx);
        json.add("series", series);
        return json;
    }

    /** Some hubs. */
    static JsonObject hubs(Rows<HubView> rows) {
        final JsonArray all = new JsonArray();
        for (final HubView view : rows.shown()) {
            final Port port = view.hub().port();
            final JsonObject one = port(port, view.rates(), view.hub().rxBytes(), view.hub().txBytes());
            one.addProperty("device", port.deviceName());
            one.addProperty("active", view.hub().active());
            one.addProperty("up", view.hub().up());
            one.addProperty("namespace", view.hub().namespace());
            one.addProperty("error", view.hub().error());
            one.addProperty("publicKey", view.hub().publicKey());
            one.addProperty("endpoint", view.hub().endpoint());
            one.addProperty("connected", view.connected());
            one.addProperty("spokes", view.spokes());
            all.add(one);
        }
        return rows(rows, all);
    }

    /** Some spokes. */
    static JsonObject spokes(Rows<SpokeView> rows) {
        final JsonArray all = new JsonArray();
        for (final SpokeView view : rows.shown()) {
            final Port port = view.spoke().port();
            final JsonObject one = port(port, view.rates(), view.spoke().rxBytes(), view.spoke().txBytes());
            one.addProperty("publicKey", port.profile().publicKey().toBase64());
            one.addProperty("state", view.state().label());
            final Endpoint endpoint = view.spoke().endpoint();
            one.addProperty("endpoint", endpoint == null ? "" : endpoint.toString());
            one.addProperty("handshake", view.spoke().lastHandshakeEpochNs() / 1_000_000);
            final JsonArray allowed = new JsonArray();
            port.allowedIps().forEach(c -> allowed.add(c.toString()));
            one.add("allowedIps", allowed);
            all.add(one);
        }
        return rows(rows, all);
    }

    private static JsonObject port(Port port, Rates rates, long rxBytes, long txBytes) {
        final JsonObject one = new JsonObject();
        one.addProperty("id", port.id());
        one.addProperty("name", port.identity().name());
        one.addProperty("network", port.networkId());
        one.addProperty("rxRate", rates.rx());
        one.addProperty("txRate", rates.tx());
        one.addProperty("rxBytes", rxBytes);
        one.addProperty("txBytes", txBytes);
        return one;
    }

    private static JsonObject rows(Rows<?> rows, JsonArray all) {
        final JsonObject json = new JsonObject();
        json.addProperty("matching", rows.matching());
        json.addProperty("offset", rows.offset());
        json.add("rows", all);
        return json;
    }
}
