package org.wgjvm.endpoint.ui;

import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.ui.PageState.PeerView;
import org.wgjvm.endpoint.wg.WgText;

/** The state of the page as its script reads it. */
final class StateJson {
    private StateJson() {}

    static byte[] of(String interfaceName, PageState.View view, List<HandshakeLog.Entry> events, Map<PublicKey, String> names) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(8 * 1024);
        try (JsonWriter json = new JsonWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
            json.beginObject();
            json.name("interface").value(interfaceName);
            json.name("publicKey").value(view.device().publicKey() == null ? null : view.device().publicKey().toBase64());
            json.name("up").value(view.device().up());
            json.name("listenPort").value(view.device().listenPort());
            json.name("mtu").value(view.device().mtu());
            json.name("time").value(view.epochMs());
            json.name("peerCount").value(view.device().peers().size());
            json.name("activePeers").value(view.activePeers());
            json.name("rxBytes").value(view.rxBytes());
            json.name("txBytes").value(view.txBytes());
            json.name("peers").beginArray();
            for (final PeerView peer : view.peers()) {
                peer(json, peer, names.get(peer.peer().publicKey()));
            }
            json.endArray();
            series(json, view.history());
            json.name("drops").beginArray();
            for (final PageState.DropView drop : view.drops()) {
                json.beginObject();
                json.name("reason").value(drop.reason().label());
                json.name("total").value(drop.total());
                json.name("rate").value(drop.rate());
                json.endObject();
            }
            json.endArray();
            events(json, events, names);
            json.endObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static void peer(JsonWriter json, PeerView view, String name) throws IOException {
        json.beginObject();
        json.name("publicKey").value(view.peer().publicKey().toBase64());
        json.name("name").value(name);
        json.name("endpoint").value(view.peer().endpoint() == null ? null : WgText.endpoint(view.peer().endpoint()));
        json.name("handshake").value(view.peer().lastHandshakeEpochNs() / 1_000_000_000L);
        json.name("rxRate").value(view.rxRate());
        json.name("txRate").value(view.txRate());
        json.name("rxBytes").value(view.peer().rxBytes());
        json.name("txBytes").value(view.peer().txBytes());
        json.name("loss").value(view.loss());
        json.name("allowedIps").beginArray();
        for (final IpPrefix prefix : view.peer().allowedIps()) {
            json.value(prefix.toString());
        }
        json.endArray().endObject();
    }

    private static void series(JsonWriter json, List<PageState.Point> points) throws IOException {
        json.name("series").beginObject();
        series(json, "time", points, PageState.Point::epochMs);
        series(json, "rx", points, PageState.Point::rxRate);
        series(json, "tx", points, PageState.Point::txRate);
        json.endObject();
    }

    private static void series(JsonWriter json, String name, List<PageState.Point> points, ToDoubleFunction<PageState.Point> value)
            throws IOException {
        json.name(name).beginArray();
        for (final PageState.Point point : points) {
            json.value(Math.round(value.applyAsDouble(point)));
        }
        json.endArray();
    }

    private static void events(JsonWriter json, List<HandshakeLog.Entry> events, Map<PublicKey, String> names) throws IOException {
        json.name("events").beginArray();
        for (final HandshakeLog.Entry event : events) {
            json.beginObject();
            json.name("time").value(event.epochMs());
            json.name("peer").value(event.peer().toBase64());
            json.name("name").value(names.get(event.peer()));
            json.name("kind").value(event.kind());
            json.endObject();
        }
        json.endArray();
    }
}
