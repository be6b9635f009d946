package org.wgjvm.hub.agent;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.port.PortReader.KeyChange;
import org.wgjvm.hub.share.KeyValueStore.Change;
import org.wgjvm.hub.share.KeyValueStore.Condition;
import org.wgjvm.hub.share.KeyValueStore.Item;
import org.wgjvm.hub.share.KeyValueStore.Listing;
import org.wgjvm.hub.share.KeyValueStore.Result;
import org.wgjvm.hub.share.Records;
import org.wgjvm.hub.share.Share;
import org.wgjvm.hub.share.SharedSecret;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.PortEntry;
import org.wgjvm.hub.state.PortStore;
import org.wgjvm.hub.state.ShareRecord;

/**
 * The ports of the store that is shared, and those here, which are a copy of them. A change is made there first, under the condition that
 * nothing has changed there that is not known here: what was checked here then holds there too. What others change comes in order and is
 * brought to the copy. All on the agent's thread, but for what the {@link Share} tells, which waits in a queue.
 */
final class Replica {
    private static final String SEALED = "preshared_key_sealed";
    private static final int MOST_TRIES = 20;
    private static final long PATIENCE_MS = 5000;

    private final Share share;
    private final ShareRecord record;
    private final SharedSecret secret;
    private final KeyStore keys;
    private final Inventory inventory;
    private final LinkedBlockingQueue<Told> told;
    private final Consumer<String> log;
    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, String> sealed = new HashMap<>();
    private final Map<String, Records.Status> statuses = new HashMap<>();
    private final Set<String> concerned = new HashSet<>();
    private Keeping keeping;
    private Records.Head head;
    private long headRevision;

    /** What the share tells: everything, or what has changed. */
    record Told(Listing all, List<Item> changes) {}

    /** What keeps the copy. */
    interface Keeping {
        /** As {@code edit} says; somebody else wanted it. */
        void keep(Edit edit) throws IOException;

        /** All of these at once, with this revision of the last full state. */
        void keepAll(List<Edit> edits, long revision) throws IOException;

        /** The revision of the last full state here, or -1. */
        long revision();
    }

    /** Something has changed in the store that is not known here yet. */
    static final class Behind extends IOException {
        private static final long serialVersionUID = 1;

        Behind() {
            super("the store that is shared has changed meanwhile");
        }
    }

    Replica(
            Share share, ShareRecord record, SharedSecret secret, KeyStore keys, Inventory inventory, LinkedBlockingQueue<Told> told,
            Consumer<String> log) {
        this.share = share;
        this.record = record;
        this.secret = secret;
        this.keys = keys;
        this.inventory = inventory;
        this.told = told;
        this.log = log;
    }

    void keptBy(Keeping copy) {
        keeping = copy;
    }

    /** What the agent that has a hub says of it, or null. */
    Records.Status status(String hub) {
        return statuses.get(hub);
    }

    /** Whether preshared keys can be told to the others. */
    boolean canSeal() {
        return secret != null;
    }

    /** A request that makes changes, tried until nobody else's came between. */
    <T> T whole(AgentThread.Request<T> request) throws ApiException, FieldException, IOException {
        for (int tries = 1; ; tries++) {
            try {
                catchUp(0);
                return request.run();
            } catch (Behind e) {
                if (tries == MOST_TRIES) {
                    throw new ApiException(503, "", "others change the shared store all the time: try again");
                }
                final long known = headRevision;
                catchUp(PATIENCE_MS);
                if (known == headRevision) {
                    throw new ApiException(503, "", "the shared store has changed, and does not say how: try again");
                }
            }
        }
    }

    /** The networks that others have changed something of since this was last asked. */
    Set<String> concerned() {
        final Set<String> all = Set.copyOf(concerned);
        concerned.clear();
        return all;
    }

    /** Brings what was told to the copy; waits so long for something. */
    void catchUp(long patienceMs) throws IOException {
        try {
            Told next = patienceMs == 0 ? told.poll() : told.poll(patienceMs, TimeUnit.MILLISECONDS);
            while (next != null) {
                if (next.all() != null) {
                    take(next.all(), concerned);
                } else {
                    take(next.changes(), concerned);
                }
                next = told.poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Makes changes there. When this returns they are made; when it throws {@link Behind} they are not, and else perhaps. */
    void commit(List<Edit> edits, long revision) throws ApiException, IOException {
        if (head == null) {
            throw new ApiException(503, "", "the shared store is not known yet: " + share.trouble());
        }
        final Map<String, String> seals = new HashMap<>();
        final List<Change> changes = new ArrayList<>();
        for (final Edit edit : edits) {
            change(edit, seals, changes);
        }
        final Records.Head next = new Records.Head(head.store(), head.serial() + 1, revision);
        changes.add(Change.put(Records.HEAD, Records.write(next)));
        final Result result;
        try {
            result = share.commit(List.of(new Condition(Records.HEAD, headRevision)), changes);
        } catch (IOException e) {
            throw new ApiException(503, "", e.getMessage() + "; nothing is changed here, and it may be repeated");
        }
        if (!result.done()) {
            throw new Behind();
        }
        head = next;
        headRevision = result.revision();
        for (final Edit edit : edits) {
            revisions.put(edit.id(), result.revision());
            if (seals.containsKey(edit.id())) {
                sealed.put(edit.id(), seals.get(edit.id()));
            } else if (edit.after() == null || edit.keyChange() == KeyChange.REMOVE) {
                sealed.remove(edit.id());
            }
        }
        record.reached(head.store(), head.serial());
    }

    private void change(Edit edit, Map<String, String> seals, List<Change> changes) {
        final String id = edit.id();
        if (edit.after() == null) {
            changes.add(Change.delete(Records.PORT + id));
            if (edit.before().port().kind() == PortKind.HUB) {
                changes.add(Change.delete(Records.STATUS + id));
                changes.add(Change.delete(Records.HOLD + id));
            }
            return;
        }
        final String seal = switch (edit.keyChange()) {
            case KEEP -> sealed.get(id);
            case REMOVE -> null;
            case SET -> secret.seal(id, edit.presharedKey());
        };
        if (edit.keyChange() == KeyChange.SET) {
            seals.put(id, seal);
        }
        changes.add(Change.put(Records.PORT + id, text(edit.after(), seal)));
    }

    private static String text(PortEntry entry, String seal) {
        final JsonObject json = JsonParser.parseString(PortStore.write(entry)).getAsJsonObject();
        if (seal != null) {
            json.addProperty(SEALED, seal);
        }
        return json.toString();
    }

    private void take(List<Item> changes, Set<String> networks) throws IOException {
        for (final Item item : changes) {
            if (item.key().equals(Records.HEAD)) {
                if (item.revision() > headRevision && item.value() != null) {
                    head = Records.read(item, Records.Head.class);
                    headRevision = item.revision();
                    keeping.keepAll(List.of(), head.revision());
                }
            } else if (item.key().startsWith(Records.STATUS)) {
                status(item, networks);
            } else if (item.key().startsWith(Records.PORT)) {
                final Edit edit = edit(item);
                if (edit != null) {
                    concern(edit, networks);
                    keeping.keep(edit);
                }
            }
        }
        if (head != null) {
            record.reached(head.store(), head.serial());
        }
    }

    private void status(Item item, Set<String> networks) throws IOException {
        final String id = item.key().substring(Records.STATUS.length());
        if (item.value() == null) {
            statuses.remove(id);
        } else {
            statuses.put(id, Records.read(item, Records.Status.class));
        }
        if (inventory.get(id) != null) {
            networks.add(inventory.get(id).port().networkId());
        }
    }

    private static void concern(Edit edit, Set<String> networks) {
        for (final PortEntry each : new PortEntry[] {edit.before(), edit.after()}) {
            if (each != null) {
                networks.add(each.port().networkId());
            }
        }
    }

    /** What a port's key says that is not so here yet; null for nothing. */
    private Edit edit(Item item) throws IOException {
        final String id = item.key().substring(Records.PORT.length());
        if (item.revision() <= revisions.getOrDefault(id, 0L)) {
            return null;
        }
        revisions.put(id, item.revision());
        final PortEntry before = inventory.get(id);
        if (item.value() == null) {
            sealed.remove(id);
            return before == null ? null : new Edit(before, null, KeyChange.KEEP, null, what("delete", before));
        }
        final PortEntry after;
        final String seal;
        try {
            after = PortStore.read(item.value());
            final JsonElement element = JsonParser.parseString(item.value()).getAsJsonObject().get(SEALED);
            seal = element == null ? null : element.getAsString();
        } catch (FieldException | IllegalStateException | UnsupportedOperationException e) {
            log.accept(item.key() + " in the shared store: " + e.getMessage());
            return null;
        }
        final boolean sealIsNew = seal != null && !seal.equals(sealed.get(id));
        if (seal == null) {
            sealed.remove(id);
        } else {
            sealed.put(id, seal);
        }
        final KeyChange keyChange =
                sealIsNew ? KeyChange.SET : seal == null && keys.hasPresharedKey(id) ? KeyChange.REMOVE : KeyChange.KEEP;
        if (after.equals(before) && keyChange == KeyChange.KEEP) {
            return null;
        }
        final String what = what(before == null ? "create" : "update", after);
        try {
            return new Edit(before, after, keyChange, sealIsNew ? unseal(id, seal) : null, what);
        } catch (IOException e) {
            log.accept(e.getMessage());
            return new Edit(before, after, KeyChange.KEEP, null, what);
        }
    }

    private static String what(String done, PortEntry entry) {
        return done + " " + entry.port().kind().label() + " " + entry.port().id() + ", by another agent";
    }

    private org.wgjvm.crypto.PresharedKey unseal(String id, String seal) throws IOException {
        if (secret == null) {
            throw new IOException("the preshared key of port " + id + " is sealed, and there is no --secret-file to open it with");
        }
        return secret.open(id, seal);
    }

    /**
     * Everything that is there. It counts, unless the store is not the one, or not as new as the one, that is known here: what is here is
     * then added to it, since nothing says that anybody wanted it gone.
     */
    private void take(Listing all, Set<String> networks) throws IOException {
        final Map<String, Item> ports = new HashMap<>();
        Item headItem = null;
        statuses.clear();
        for (final Item item : all.items()) {
            if (item.key().equals(Records.HEAD)) {
                headItem = item;
            } else if (item.key().startsWith(Records.PORT)) {
                ports.put(item.key().substring(Records.PORT.length()), item);
            } else if (item.key().startsWith(Records.STATUS)) {
                status(item, networks);
            }
        }
        final Records.Head found = headItem == null ? null : Records.read(headItem, Records.Head.class);
        final boolean joins = found == null || !found.store().equals(record.store()) || found.serial() < record.serial();
        if (joins) {
            // Revisions of another store, or of another past, say nothing.
            revisions.clear();
            sealed.clear();
            headRevision = 0;
        } else if (headItem.revision() < headRevision) {
            // Listed before a change of ours that was made since; the changes that follow bring the rest.
            headItem = null;
        }
        final List<Edit> edits = new ArrayList<>();
        for (final Item item : ports.values()) {
            final Edit edit = edit(item);
            if (edit != null) {
                edits.add(edit);
            }
        }
        final List<Edit> missing = new ArrayList<>();
        for (final PortEntry entry : inventory.all()) {
            final String id = entry.port().id();
            if (!ports.containsKey(id) && revisions.getOrDefault(id, 0L) <= all.revision()) {
                (joins ? missing : edits).add(joins ? again(entry) : new Edit(entry, null, KeyChange.KEEP, null, what("delete", entry)));
            }
        }
        if (headItem != null) {
            head = found;
            headRevision = headItem.revision();
        }
        edits.forEach(e -> concern(e, networks));
        keeping.keepAll(edits, head == null ? -1 : head.revision());
        if (joins) {
            join(found, missing);
        }
        if (head != null) {
            record.reached(head.store(), head.serial());
        }
    }

    private Edit again(PortEntry entry) throws IOException {
        final String id = entry.port().id();
        final var psk = secret == null ? null : keys.presharedKey(id);
        return new Edit(entry, entry, psk == null ? KeyChange.KEEP : KeyChange.SET, psk, "share");
    }

    /** The store begins with what is here, or gets what it lacks. If somebody else is quicker, everything is told once more. */
    private void join(Records.Head found, List<Edit> missing) throws IOException {
        try {
            if (found == null) {
                head = new Records.Head(UUID.randomUUID().toString(), Math.max(0, record.serial()), -1);
                headRevision = 0;
                log.accept("the shared store is new: it begins with the " + missing.size() + " ports that are here");
                commit(List.of(), keeping.revision());
            }
            for (int i = 0; i < missing.size(); i += Desired.MOST_AT_ONCE) {
                commit(missing.subList(i, Math.min(i + Desired.MOST_AT_ONCE, missing.size())), head.revision());
            }
            if (found != null && !missing.isEmpty()) {
                log.accept("the shared store was not the one that is known here, or an older one: it got " + missing.size()
                        + " ports that it did not have");
            }
        } catch (Behind | ApiException e) {
            head = null;
            share.listAgain();
        }
    }
}
