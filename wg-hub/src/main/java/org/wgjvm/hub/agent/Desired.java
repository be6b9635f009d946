package org.wgjvm.hub.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
final class Desired implements Replica.Keeping {
    /** How many ports are changed in the shared store by one transaction: with what belongs to them no more than etcd takes. */
    static final int MOST_AT_ONCE = 40;

    private static final int MANY = 20;

    private final Settings settings;
    private final Inventory inventory;
    private final KeyStore keys;
    private final PortStore store;
    private final History history;
    private final Reconciler reconciler;
    private final Consumer<String> forgotten;
    private final Consumer<String> log;
    private final Replica replica;
    private List<Edit> batch;
    private long revision;

    /**
     * Nothing is wanted before {@link #load}.
     *
     * @param history null in a dry run
     * @param replica where it is written first, or null
     * @param forgotten told the id of a port that is wanted no longer
     */
    Desired(
            Settings settings, Inventory inventory, KeyStore keys, PortStore store, History history, Reconciler reconciler,
            Replica replica, Consumer<String> forgotten, Consumer<String> log) {
        this.settings = settings;
        this.inventory = inventory;
        this.keys = keys;
        this.store = store;
        this.history = history;
        this.reconciler = reconciler;
        this.replica = replica;
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

    @Override
    public long revision() {
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
        if (port.kind() == PortKind.HUB && replica == null && !isHome(port)) {
            throw new ApiException(409, "binding:host_id", "this agent is that of " + settings.host());
        }
        if (read.keyChange() == PortReader.KeyChange.KEEP && !keys.hasPresharedKey(id)) {
            throw new ApiException(400, "binding:profile.preshared_key", "there is none that could be kept");
        }
        if (read.keyChange() == PortReader.KeyChange.SET && replica != null && !replica.canSeal()) {
            throw new ApiException(409, "binding:profile.preshared_key", "cannot be told to the other agents without a --secret-file");
        }
        inventory.check(port);
        final boolean moves = before == null
                || port.kind() == PortKind.HUB && !port.binding().hostId().equals(before.port().binding().hostId());
        final PortEntry entry = moves ? create(port).with(before == null ? null : before.attachment()) : before.with(port);
        try {
            final PortReader.KeyChange keyChange = keyChange(id, read);
            if (!entry.equals(before) || keyChange != PortReader.KeyChange.KEEP) {
                write(new Edit(before, entry, keyChange, read.presharedKey(),
                        (before == null ? "create " : "update ") + port.kind().label() + " " + id));
            }
        } catch (IOException | ApiException e) {
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

    private boolean isHome(Port hub) {
        return hub.binding().hostId().equals(settings.host());
    }

    /** Nothing is to be written for a key that is there already. */
    private PortReader.KeyChange keyChange(String id, PortReader.Read read) throws IOException {
        return switch (read.keyChange()) {
            case KEEP -> PortReader.KeyChange.KEEP;
            case REMOVE -> keys.hasPresharedKey(id) ? PortReader.KeyChange.REMOVE : PortReader.KeyChange.KEEP;
            case SET -> {
                try (var known = keys.presharedKey(id)) {
                    yield known != null && known.toBase64().equals(read.presharedKey().toBase64())
                            ? PortReader.KeyChange.KEEP : PortReader.KeyChange.SET;
                }
            }
        };
    }

    private PortEntry create(Port port) throws ApiException, IOException {
        if (port.kind() == PortKind.SPOKE || !isHome(port)) {
            // Another host's agent chooses the port of its hub, and makes its key.
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

    /** Gives hubs of this host that others have asked for what only this host can give them. */
    Set<String> takeUp() throws ApiException, IOException {
        final Set<String> networks = new LinkedHashSet<>();
        for (final PortEntry entry : inventory.hubs()) {
            if (entry.listenPort() == 0 && isHome(entry.port())) {
                write(new Edit(entry, create(entry.port()).with(entry.attachment()), PortReader.KeyChange.KEEP, null,
                        "take up hub " + entry.port().id()));
                networks.add(entry.port().networkId());
            }
        }
        return networks;
    }

    private void write(Edit edit) throws ApiException, IOException {
        if (batch == null) {
            if (replica != null) {
                replica.commit(List.of(edit), revision);
            }
            keep(edit);
            return;
        }
        if (!batch.isEmpty() && batch.getLast().id().equals(edit.id())) {
            batch.add(batch.removeLast().then(edit));
        } else {
            if (batch.size() == MOST_AT_ONCE) {
                flush(revision);
            }
            batch.add(edit);
        }
        show(edit.id(), edit.after());
    }

    /** Writes what a full state has changed so far. */
    private void flush(long reached) throws ApiException, IOException {
        final List<Edit> all = batch;
        batch = new ArrayList<>();
        try {
            replica.commit(all, reached);
        } catch (IOException | ApiException e) {
            all.reversed().forEach(edit -> show(edit.id(), edit.before()));
            throw e;
        }
        for (final Edit edit : all) {
            keep(edit);
        }
    }

    private void show(String id, PortEntry entry) {
        if (entry == null) {
            inventory.remove(id);
        } else {
            inventory.put(entry);
        }
    }

    @Override
    public void keep(Edit edit) throws IOException {
        if (settings.dryRun()) {
            log.accept("would " + edit.what());
        }
        if (edit.after() == null) {
            forget(edit);
            return;
        }
        if (!settings.dryRun()) {
            if (edit.keyChange() != PortReader.KeyChange.KEEP) {
                keys.presharedKey(edit.id(), edit.presharedKey());
            }
            store.save(edit.after());
            history.changed(edit.what(), edit.id());
        }
        inventory.put(edit.after());
    }

    @Override
    public void keepAll(List<Edit> edits, long reached) throws IOException {
        if (edits.size() > MANY) {
            store.many();
        }
        try {
            for (final Edit edit : edits) {
                keep(edit);
            }
        } finally {
            if (edits.size() > MANY) {
                store.settle();
            }
        }
        if (reached != revision) {
            store.revision(reached);
            revision = reached;
        }
    }

    /** Wants a port to be no more. */
    void drop(PortEntry entry) throws ApiException, IOException {
        write(new Edit(entry, null, PortReader.KeyChange.KEEP, null, "delete " + entry.port().kind().label() + " " + entry.port().id()));
    }

    private void forget(Edit edit) throws IOException {
        final String id = edit.id();
        if (!settings.dryRun()) {
            store.delete(id);
            history.changed(edit.what(), id);
        }
        inventory.remove(id);
        forgotten.accept(id);
        if (edit.before().port().kind() == PortKind.HUB) {
            reconciler.removed(edit.before());
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
            write(new Edit(entry, changed, PortReader.KeyChange.KEEP, null,
                    attachment == null ? "detach hub " + id : "attach hub " + id + " to " + attachment.namespace()));
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
     * Wants exactly these ports. Where others share what is wanted, their hosts' hubs stay as they are unless they are named.
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
        if (replica != null) {
            batch = new ArrayList<>();
        }
        store.many();
        try {
            return sync(asked, wanted, networks);
        } finally {
            if (batch != null) {
                batch.reversed().forEach(edit -> show(edit.id(), edit.before()));
                batch = null;
            }
            store.settle();
        }
    }

    private boolean isInTheScopeOfSync(PortEntry entry) {
        return entry.port().kind() == PortKind.SPOKE || isHome(entry.port());
    }

    private JsonObject sync(long asked, Map<String, Fields> wanted, Set<String> networks)
            throws ApiException, FieldException, IOException {
        int deleted = 0;
        for (final PortEntry entry : new ArrayList<>(inventory.all())) {
            if (!wanted.containsKey(entry.port().id()) && isInTheScopeOfSync(entry)) {
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
                if (e instanceof ApiException a && a.status() >= 500) {
                    throw e;
                }
                final ApiException refusal = e instanceof FieldException f ? ApiException.of(f) : (ApiException) e;
                final JsonObject one = new JsonObject();
                one.addProperty("id", each.getKey());
                one.addProperty("field", refusal.field());
                one.addProperty("message", refusal.getMessage());
                refused.add(one);
            }
        }
        if (batch != null && (!batch.isEmpty() || asked != revision)) {
            flush(asked);
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
