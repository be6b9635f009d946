package org.wgjvm.hub.agent;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.wgjvm.hub.share.KeyValueStore.Item;
import org.wgjvm.hub.share.KeyValueStore.Listing;
import org.wgjvm.hub.share.Records;
import org.wgjvm.hub.share.Share;
import org.wgjvm.hub.share.ShareThread;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.PortEntry;
import org.wgjvm.hub.state.ShareRecord;

/** An agent's connection with the others: its {@link Share}, its {@link Replica}, and what follows from both for hubs. */
final class Neighbourhood implements Rights, PortViews.Neighbours, Share.Listener {
    private final String host;
    private final Sharing sharing;
    private final LongSupplier clockNs;
    private final Consumer<String> log;
    private final AgentThread thread;
    private final Share share;
    private final Replica replica;
    private final LinkedBlockingQueue<Replica.Told> told = new LinkedBlockingQueue<>();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final AtomicBoolean rightsWaiting = new AtomicBoolean();
    private Runnable onTold;
    private Runnable onRightsChanged;
    private ShareThread threads;

    Neighbourhood(Settings settings, Sharing sharing, KeyStore keys, Inventory inventory, AgentThread thread, Consumer<String> log)
            throws IOException {
        host = settings.host();
        this.sharing = sharing;
        this.thread = thread;
        this.log = log;
        clockNs = sharing.clockNs();
        final ShareRecord record = new ShareRecord(settings.state());
        share = new Share(sharing.settings(), sharing.store(), record, clockNs, log, this);
        replica = new Replica(share, record, sharing.secret(), keys, inventory, told, log);
    }

    Replica replica() {
        return replica;
    }

    /**
     * Begins to ask and to be told.
     *
     * @param toldSomething on the agent's thread: the replica has something to catch up with
     * @param changedRights on the agent's thread: what may be here has changed
     */
    void begin(Runnable toldSomething, Runnable changedRights) {
        onTold = toldSomething;
        onRightsChanged = changedRights;
        threads = new ShareThread(share, sharing.store(), clockNs, log, this::onRights);
    }

    @Override
    public void onListing(Listing listing) {
        told.add(new Replica.Told(listing, null));
        wake();
    }

    @Override
    public void onChanges(List<Item> changes) {
        told.add(new Replica.Told(null, changes));
        wake();
    }

    private void wake() {
        if (waiting.compareAndSet(false, true)) {
            thread.later(() -> {
                waiting.set(false);
                onTold.run();
            });
        }
    }

    @Override
    public void onRights() {
        if (rightsWaiting.compareAndSet(false, true)) {
            thread.later(() -> {
                rightsWaiting.set(false);
                onRightsChanged.run();
            });
        }
    }

    private Share.Right right(PortEntry hub) {
        return share.right(hub.port().id(), hub.port().binding().hostId());
    }

    @Override
    public boolean has(PortEntry hub) {
        return switch (right(hub)) {
            case NONE -> false;
            case FREE -> true;
            case LEASED -> share.fence().permits(hub.port().id(), clockNs.getAsLong());
        };
    }

    @Override
    public boolean enter(PortEntry hub, Runnable cut) {
        return switch (right(hub)) {
            case NONE -> false;
            case FREE -> true;
            case LEASED -> share.fence().enter(hub.port().id(), cut, clockNs.getAsLong());
        };
    }

    @Override
    public void leave(String id) {
        share.fence().leave(id);
    }

    @Override
    public String publishedKey(String id) {
        final Records.Status status = replica.status(id);
        return status == null ? "" : status.publicKey();
    }

    @Override
    public Records.Status status(PortEntry hub) {
        if (has(hub)) {
            return null;
        }
        final Records.Status said = replica.status(hub.port().id());
        if (said == null) {
            return null;
        }
        if (said.host().equals(host)) {
            return down(said, "it waits for the lease of " + host + ", without which another host may have it");
        }
        return share.trouble().isEmpty() && !share.isThere(said.host())
                ? down(said, "the agent of " + said.host() + " is not there")
                : said;
    }

    private static Records.Status down(Records.Status said, String why) {
        return new Records.Status(said.host(), said.publicKey(), said.endpoint(), false, "down", said.spokes(), why);
    }

    /** Tells the others of a hub that is here; with null, that it is not. */
    void report(String hub, Records.Status status) {
        share.report(hub, status);
    }

    /** For those who ask how the agent is. */
    JsonObject health() {
        final JsonObject health = new JsonObject();
        health.addProperty("reachable", share.trouble().isEmpty());
        health.addProperty("error", share.trouble());
        return health;
    }

    /** The threads of the {@link Share}; null before it has begun. */
    ShareThread threads() {
        return threads;
    }

    void close() {
        if (threads != null) {
            threads.close();
        } else {
            sharing.store().close();
        }
    }
}
