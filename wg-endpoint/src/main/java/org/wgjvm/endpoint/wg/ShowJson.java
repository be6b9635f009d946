package org.wgjvm.endpoint.wg;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;

/**
 * The output of {@code wg-jvm show --json}: an object with an interface under each of its names, in the shape and with the field names of
 * {@code wg-json}, which comes with the {@code wg} tools. docs/operations/top.md lists the fields.
 */
public final class ShowJson {
    private static final String HIDDEN = "(hidden)";

    private final JsonWriter json;
    private final boolean showKeys;
    private final Map<PublicKey, String> names;

    private ShowJson(JsonWriter json, boolean showKeys, Map<PublicKey, String> names) {
        this.json = json;
        this.showKeys = showKeys;
        this.names = names;
    }

    /**
     * Describes devices by name, in the order of the map.
     *
     * @param showKeys whether private and preshared keys are printed; else they are {@code (hidden)}
     * @param names those of peers that have one, for each interface
     */
    public static String of(Map<String, DeviceSnapshot> devices, boolean showKeys, Map<String, Map<PublicKey, String>> names) {
        final StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setIndent("  ");
            json.setHtmlSafe(false);
            json.beginObject();
            for (final Map.Entry<String, DeviceSnapshot> device : new LinkedHashMap<>(devices).entrySet()) {
                json.name(device.getKey());
                new ShowJson(json, showKeys, names.getOrDefault(device.getKey(), Map.of())).device(device.getValue());
            }
            json.endObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text + "\n";
    }

    private void device(DeviceSnapshot device) throws IOException {
        json.beginObject();
        if (device.privateKey() != null) {
            json.name("privateKey").value(showKeys ? device.privateKey().toBase64() : HIDDEN);
            json.name("publicKey").value(device.privateKey().publicKey().toBase64());
        }
        if (device.listenPort() != 0) {
            json.name("listenPort").value(device.listenPort());
        }
        if (device.fwmark() != 0) {
            json.name("fwmark").value(device.fwmark() & 0xffffffffL);
        }
        json.name("peers").beginObject();
        for (final PeerSnapshot peer : device.peers()) {
            json.name(peer.publicKey().toBase64());
            peer(peer);
        }
        json.endObject().endObject();
    }

    private void peer(PeerSnapshot peer) throws IOException {
        json.beginObject();
        if (names.containsKey(peer.publicKey())) {
            json.name("friendlyName").value(names.get(peer.publicKey()));
        }
        if (peer.presharedKey() != null) {
            json.name("presharedKey").value(showKeys ? peer.presharedKey().toBase64() : HIDDEN);
        }
        if (peer.endpoint() != null) {
            json.name("endpoint").value(WgText.endpoint(peer.endpoint()));
        }
        if (peer.lastHandshakeEpochNs() != 0) {
            json.name("latestHandshake").value(peer.lastHandshakeEpochNs() / 1_000_000_000L);
        }
        json.name("transferRx").jsonValue(Long.toUnsignedString(peer.rxBytes()));
        json.name("transferTx").jsonValue(Long.toUnsignedString(peer.txBytes()));
        if (peer.persistentKeepaliveSeconds() != 0) {
            json.name("persistentKeepalive").value(peer.persistentKeepaliveSeconds());
        }
        json.name("allowedIps").beginArray();
        for (final IpPrefix prefix : peer.allowedIps()) {
            json.value(WgText.address(prefix) + "/" + prefix.bits());
        }
        json.endArray().endObject();
    }
}
