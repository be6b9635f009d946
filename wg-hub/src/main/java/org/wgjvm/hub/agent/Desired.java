package org.wgjvm.hub.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.Names;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.state.Attachment;
import org.wgjvm.hub.state.History;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.PortEntry;
import org.wgjvm.hub.state.PortStore;

/**
 * What is wanted: what is asked for is checked against what there is, and kept; realising it is somebody else's. One thread at a time, but
 * for the history.
 */
final class Desired {
    private final Settings settings;
    private final Inventory inventory;
    private final KeyStore keys;
    private final PortStore store;
    private final History history;
    private final Reconciler reconciler;
    private final Consumer<String> forgotten;
    private final Consumer<String> log;
    private long revision;

    /**
     * Nothing is wanted before {@link #load}.
     *
     * @param history null in a dry run
     * @param forgotten told the id of a port that is wanted no longer
     */
    Desired(
            Settings settings, Inventory inventory, KeyStore keys, PortStore store, History history, Reconciler reconciler,
            Consumer<String> forgotten, Consumer<String> log) {
        this.settings = settings;
        this.inventory = inventory;
        this.keys = keys;
        this.store = store;
        this.history = history;
        this.reconciler = reconciler;
        this.forgotten = forgotten;
        this.log = log;
    }

    /** Reads what is kept. */
    void load() throws IOException {
        if (!settings.dryRun()) {
            store.prepare();
        }
        for (final PortEntry entry : store.load().values()) {
            inventory.put(entry);
        }
        revision = store.revision();
        if (!settings.dryRun()) {
            final int unknown = keys.forgetAllBut(inventory.ids());
            if (unknown > 0) {
                log.accept("forgot " + unknown + " keys of ports that were not there yet, or any more, when the agent ended");
            }
        }
    }

    /** The revision of the last full state, or -1. */
    long revision() {
        return revision;
    }

    /** A port that is wanted. */
    PortEntry known(String id) throws ApiException {
        final PortEntry entry = inventory.get(id);
        if (entry == null) {
            throw ApiException.notFound("port " + id);
        }
        return entry;
    }

    /** Wants a port to be as {@code body} says. Returns the networks that are concerned. */
    Set<String> accept(String id, Fields body) throws ApiException, FieldException, IOException {
        final PortEntry before = inventory.get(id);
        final PortReader.Read read = PortReader.read(body, id, before == null ? null : before.port().kind());
        final Port port = read.port();
        if (port.kind() == PortKind.HUB && !port.binding().hostId().equals(settings.host())) {
            throw new ApiException(409, "binding:host_id", "this agent is that of " + settings.host());
        }
        if (read.keyChange() == PortReader.KeyChange.KEEP && !keys.hasPresharedKey(id)) {
            throw new ApiException(400, "binding:profile.preshared_key", "there is none that could be kept");
        }
        inventory.check(port);
        final PortEntry entry = before == null ? create(port) : before.with(port);
        try {
            if (!settings.dryRun() && read.keyChange() != PortReader.KeyChange.KEEP) {
                keys.presharedKey(id, read.presharedKey());
            }
            if (!entry.equals(before)) {
                save(entry, (before == null ? "create " : "update ") + port.kind().label() + " " + id);
            }
        } catch (IOException e) {
            if (before == null) {
                reconciler.abandon(id);
            }
            throw e;
        }
        final Set<String> networks = new LinkedHashSet<>();
        networks.add(port.networkId());
        if (before != null) {
            networks.add(before.port().networkId());
        }
        return networks;
    }

    private PortEntry create(Port port) throws ApiException, IOException {
        if (port.kind() == PortKind.SPOKE) {
            return new PortEntry(port, 0, null);
        }
        final int listenPort = reconciler.choosePort(port.id());
        try {
            if (!settings.dryRun()) {
                keys.privateKey(port.id()).close();
            }
            return new PortEntry(port, listenPort, null);
        } catch (IOException e) {
            reconciler.abandon(port.id());
            throw e;
        }
    }

    private void save(PortEntry entry, String what) throws IOException {
        if (!settings.dryRun()) {
            store.save(entry);
            history.changed(what, entry.port().id());
        } else {
            log.accept("would " + what);
        }
        inventory.put(entry);
    }

    /** Wants a port to be no more. */
    void drop(PortEntry entry) throws IOException {
        final String id = entry.port().id();
        if (settings.dryRun()) {
            log.accept("would delete " + entry.port().kind().label() + " " + id);
        } else {
            store.delete(id);
            history.changed("delete " + entry.port().kind().label() + " " + id, id);
        }
        inventory.remove(id);
        forgotten.accept(id);
        if (entry.port().kind() == PortKind.HUB) {
            reconciler.removed(entry);
        }
        if (!settings.dryRun()) {
            keys.forget(id);
        }
    }

    /** Wants a hub to be in a router's namespace, or, with null, in none. */
    PortEntry attach(String id, Attachment attachment) throws ApiException, IOException {
        final PortEntry entry = known(id);
        if (entry.port().kind() != PortKind.HUB) {
            throw new ApiException(409, "", "port " + id + " is a spoke: only a hub has an interface here");
        }
        final PortEntry changed = entry.with(attachment);
        if (!changed.equals(entry)) {
            save(changed, attachment == null ? "detach hub " + id : "attach hub " + id + " to " + attachment.namespace());
        }
        return changed;
    }

    /** Reads where a hub is to be. */
    static Attachment attachment(Fields at) throws FieldException {
        final String namespace = at.required("namespace");
        if (!Names.isNamespace(namespace)) {
            throw at.wrong("namespace", "the name of a network namespace is wanted");
        }
        return new Attachment(namespace, at.string("router_id", ""));
    }

    /**
     * Wants exactly these ports.
     *
     * @param networks gets those that are concerned
     */
    JsonObject sync(Fields body, Set<String> networks) throws ApiException, FieldException, IOException {
        if (!body.has("revision") || !body.has("ports")) {
            throw body.wrong(body.has("revision") ? "ports" : "revision", "is required");
        }
        final long asked = body.integer("revision", 0, Long.MAX_VALUE, 0);
        if (asked < revision) {
            throw new ApiException(409, "revision", "revision " + revision + " was taken already");
        }
        final Map<String, Fields> wanted = new LinkedHashMap<>();
        for (final Fields port : body.objects("ports")) {
            if (wanted.put(port.required("id"), port) != null) {
                throw port.wrong("id", "is there twice");
            }
        }
        if (settings.dryRun()) {
            return sync(asked, wanted, networks);
        }
        store.many();
        try {
            return sync(asked, wanted, networks);
        } finally {
            store.settle();
        }
    }

    private JsonObject sync(long asked, Map<String, Fields> wanted, Set<String> networks) throws IOException {
        int deleted = 0;
        for (final PortEntry entry : new ArrayList<>(inventory.all())) {
            if (!wanted.containsKey(entry.port().id())) {
                drop(entry);
                networks.add(entry.port().networkId());
                deleted++;
            }
        }
        int created = 0;
        final JsonArray refused = new JsonArray();
        for (final Map.Entry<String, Fields> each : wanted.entrySet()) {
            final boolean isNew = inventory.get(each.getKey()) == null;
            try {
                networks.addAll(accept(each.getKey(), each.getValue()));
                attachIfSaid(each.getKey(), each.getValue());
                created += isNew ? 1 : 0;
            } catch (ApiException | FieldException e) {
                final ApiException refusal = e instanceof FieldException f ? ApiException.of(f) : (ApiException) e;
                final JsonObject one = new JsonObject();
                one.addProperty("id", each.getKey());
                one.addProperty("field", refusal.field());
                one.addProperty("message", refusal.getMessage());
                refused.add(one);
            }
        }
        if (!settings.dryRun()) {
            store.revision(asked);
        }
        revision = asked;
        final JsonObject answer = new JsonObject();
        answer.addProperty("revision", asked);
        answer.addProperty("ports", inventory.all().size());
        answer.addProperty("created", created);
        answer.addProperty("deleted", deleted);
        answer.add("refused", refused);
        return answer;
    }

    /** A port of a full state that says where it is attached, be it null, is attached so; one that says nothing stays as it was. */
    private void attachIfSaid(String id, Fields port) throws ApiException, FieldException, IOException {
        if (port.json().has("attachment") && inventory.get(id).port().kind() == PortKind.HUB) {
            final Fields at = port.object("attachment");
            attach(id, at == null ? null : attachment(at));
        }
    }
}
