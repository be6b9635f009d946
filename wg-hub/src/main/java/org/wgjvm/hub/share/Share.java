package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.share.KeyValueStore.Change;
import org.wgjvm.hub.share.KeyValueStore.Condition;
import org.wgjvm.hub.share.KeyValueStore.Item;
import org.wgjvm.hub.share.KeyValueStore.Listing;
import org.wgjvm.hub.share.KeyValueStore.Result;
import org.wgjvm.hub.state.PortStore;
import org.wgjvm.hub.state.ShareRecord;

/**
 * One agent's part in what several share: it follows the store, says that it is there, and finds out which hubs it may have. All of that is
 * done in {@link #step}, by one thread, {@link ShareThread}'s; the other public methods are for any.
 */
public final class Share {
    private static final long RETRY_NS = 1_000_000_000L;
    private static final int MOST_AT_ONCE = 40;
    private static final Signal WAKE = new Signal(-1, List.of(), null);

    private final ShareSettings settings;
    private final KeyValueStore store;
    private final ShareRecord record;
    private final LongSupplier clockNs;
    private final Consumer<String> log;
    private final Listener listener;
    private final Fence fence = new Fence();
    private final Roster roster;
    private final Standing standing;
    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Map<String, String> homes = new LinkedHashMap<>();
    private final Map<String, String> written = new LinkedHashMap<>();
    private final Map<String, Records.Status> reported = new ConcurrentHashMap<>();
    private volatile Map<String, Right> rights = Map.of();
    private volatile Set<String> there = Set.of();
    private volatile boolean listed;
    private volatile boolean reachable;
    private volatile String trouble = "not asked yet";
    private volatile boolean again;
    private KeyValueStore.Watch watch;
    private int generation;
    private boolean stale;
    private long tryAtNs;

    /** What is told. On the thread of {@link #step}, which is not to be held up. */
    public interface Listener {
        /** Everything, without the prefix of the keys. */
        void onListing(Listing listing);

        /** What has changed since. */
        void onChanges(List<Item> changes);

        /** Some hub may be had here, or may be had no longer. */
        void onRights();
    }

    /** What this host may do with a hub. */
    public enum Right {
        /** Nothing. */
        NONE,
        /** Have it, whatever becomes of the store. */
        FREE,
        /** Have it within the {@link Fence}. */
        LEASED
    }

    private record Signal(int generation, List<Item> changes, String lost) {}

    /**
     * Nothing is asked of the store yet.
     *
     * @param clockNs CLOCK_BOOTTIME
     */
    public Share(
            ShareSettings settings, KeyValueStore store, ShareRecord record, LongSupplier clockNs, Consumer<String> log,
            Listener listener) throws IOException {
        this.settings = settings;
        this.store = new PrefixedStore(store, settings.prefix());
        this.record = record;
        this.clockNs = clockNs;
        this.log = log;
        this.listener = listener;
        roster = new Roster(settings.host(), settings.graceNs());
        standing = new Standing(settings, this.store, record, roster, fence, clockNs, log);
        if (!settings.successors().isEmpty()) {
            record.promised(true);
        }
        tryAtNs = clockNs.getAsLong();
    }

    /** What keeps hubs from working here for too long. */
    public Fence fence() {
        return fence;
    }

    /** What may be done with a hub of {@code home}. */
    public Right right(String hub, String home) {
        final Right known = rights.get(hub);
        if (known != null) {
            return known;
        }
        // Not seen in the store yet, or there is no store to be seen.
        return home.equals(settings.host()) && !record.promised() && !standing.isBarred() ? Right.FREE : Right.NONE;
    }

    /** Whether an agent is there; while the store cannot be asked, whether it was. */
    public boolean isThere(String host) {
        return there.contains(host);
    }

    /** Why the store cannot be used; empty when it can. */
    public String trouble() {
        return !standing.conflict().isEmpty() ? standing.conflict() : reachable && listed ? "" : trouble;
    }

    /** Makes all of these changes if all of these conditions hold, while the store is known to be there. Keys are without the prefix. */
    public Result commit(List<Condition> conditions, List<Change> changes) throws IOException {
        if (!reachable || !listed) {
            throw new IOException("the store that is shared cannot be reached: " + trouble);
        }
        try {
            return store.commit(conditions, changes);
        } catch (IOException e) {
            lost(e);
            throw e;
        }
    }

    /** Has everything told once more. */
    public void listAgain() {
        again = true;
        wake();
    }

    /** Has {@link #step} called soon. */
    void wake() {
        signals.add(WAKE);
    }

    /** Says what has become of a hub that is had here; with null, that it is not had here. */
    public void report(String hub, Records.Status status) {
        final boolean news = status == null ? reported.remove(hub) != null : !status.equals(reported.put(hub, status));
        if (news) {
            wake();
        }
    }

    private void lost(IOException e) {
        final String why = String.valueOf(e.getMessage());
        if (reachable || !why.equals(trouble)) {
            log.accept("the store that is shared: " + why);
        }
        trouble = why;
        if (reachable) {
            reachable = false;
            wake();
        }
    }

    /** Waits until there is something to be done, or so long. */
    void await(long mostMs) throws InterruptedException {
        final Signal signal = signals.poll(mostMs, TimeUnit.MILLISECONDS);
        if (signal != null) {
            take(signal);
        }
    }

    /** Does what there is to be done. Returns when it is to be called again at the latest. */
    long step() {
        final long begunNs = clockNs.getAsLong();
        for (Signal signal = signals.poll(); signal != null; signal = signals.poll()) {
            take(signal);
        }
        try {
            if (!reachable || again) {
                stale = true;
                again = false;
            }
            tell(standing.renew());
            if (stale && clockNs.getAsLong() - tryAtNs >= 0) {
                tryAtNs = clockNs.getAsLong() + RETRY_NS;
                list();
            }
            if (!stale && standing.register()) {
                stale = true;
                tryAtNs = clockNs.getAsLong();
            }
            if (!stale) {
                stale = standing.keepPromise(
                        homes.entrySet().stream().filter(h -> h.getValue().equals(settings.host())).map(Map.Entry::getKey).toList());
            }
            if (!stale) {
                decide();
                write();
            }
        } catch (IOException e) {
            lost(e);
            tryAtNs = clockNs.getAsLong() + RETRY_NS;
            standing.notBefore(tryAtNs);
        }
        tell(fence.check(clockNs.getAsLong()));
        return Math.min(stale ? tryAtNs : Long.MAX_VALUE, Math.min(standing.dueNs(), begunNs + RETRY_NS));
    }

    private void take(Signal signal) {
        if (signal.generation() != generation) {
            return;
        }
        if (signal.lost() != null) {
            stale = true;
            return;
        }
        final List<Item> told = new ArrayList<>();
        for (final Item item : signal.changes()) {
            try {
                roster.apply(item, clockNs.getAsLong());
                learn(item);
                told.add(item);
            } catch (IOException e) {
                log.accept("the store that is shared: " + e.getMessage());
            }
        }
        tell(standing.check());
        if (!told.isEmpty()) {
            listener.onChanges(told);
        }
    }

    /** Which hub is at home where, and what is said of hubs. */
    private void learn(Item item) throws IOException {
        if (item.key().startsWith(Records.PORT)) {
            final String id = item.key().substring(Records.PORT.length());
            homes.remove(id);
            if (item.value() != null) {
                try {
                    final var port = PortStore.read(item.value()).port();
                    if (port.kind() == PortKind.HUB) {
                        homes.put(id, port.binding().hostId());
                    }
                } catch (FieldException e) {
                    throw new IOException(item.key() + ": " + e.getMessage(), e);
                }
            }
        } else if (item.key().startsWith(Records.STATUS)) {
            written.put(item.key().substring(Records.STATUS.length()), item.value());
        }
    }

    private void list() throws IOException {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        generation++;
        final Listing all = store.list("");
        homes.clear();
        written.clear();
        final List<Item> good = new ArrayList<>();
        for (final Item item : all.items()) {
            try {
                learn(item);
                good.add(item);
            } catch (IOException e) {
                log.accept("the store that is shared: " + e.getMessage());
            }
        }
        roster.list(good, clockNs.getAsLong());
        final int current = generation;
        watch = store.watch("", all.revision() + 1, new KeyValueStore.Watcher() {
            @Override
            public void onChanges(List<Item> changes) {
                signals.add(new Signal(current, changes, null));
            }

            @Override
            public void onLost(String why) {
                signals.add(new Signal(current, List.of(), why));
            }
        });
        stale = false;
        listed = true;
        if (!reachable) {
            reachable = true;
            trouble = "";
            log.accept("the store that is shared is there, at revision " + all.revision());
        }
        tell(standing.check());
        listener.onListing(new Listing(good, all.revision()));
    }

    private void tell(Set<String> cut) {
        if (!cut.isEmpty()) {
            log.accept("cut off, since others may have them now: " + String.join(", ", cut));
            listener.onRights();
        }
    }

    private void decide() throws IOException {
        final Map<String, Roster.Ruling> pending = rule();
        int done = 0;
        for (final Map.Entry<String, Roster.Ruling> each : pending.entrySet()) {
            if (done == MOST_AT_ONCE || stale) {
                break;
            }
            final boolean takes = each.getValue().verdict() == Roster.Verdict.TAKE;
            final Records.Hold hold = new Records.Hold(takes ? settings.host() : "", each.getValue().epoch());
            stale = !standing.change(each.getValue().conditions(), Change.put(Records.HOLD + each.getKey(), Records.write(hold)));
            if (!stale) {
                log.accept((takes ? "takes hub " : "gives back hub ") + each.getKey() + " of " + homes.get(each.getKey()));
            }
            done++;
        }
        if (!pending.isEmpty()) {
            rule();
            wake();
        }
    }

    /** Brings rights and fence to what is known. Returns what there is to be done: what is given back is down already. */
    private Map<String, Roster.Ruling> rule() {
        final long nowNs = clockNs.getAsLong();
        final boolean known = standing.isKnown();
        final Map<String, Right> next = new LinkedHashMap<>();
        final Set<String> leased = new HashSet<>();
        final Map<String, Roster.Ruling> pending = new LinkedHashMap<>();
        homes.forEach((hub, home) -> {
            final Roster.Ruling ruling = roster.rule(hub, home, nowNs);
            final boolean bound = home.equals(settings.host()) && record.promised();
            final boolean free = ruling.verdict() == Roster.Verdict.HAVE && !bound && !standing.isBarred();
            final boolean has = ruling.verdict() == Roster.Verdict.HAVE_LEASED && known;
            next.put(hub, free ? Right.FREE : has ? Right.LEASED : Right.NONE);
            if (has) {
                leased.add(hub);
            }
            if (known && (ruling.verdict() == Roster.Verdict.TAKE || ruling.verdict() == Roster.Verdict.GIVE_BACK)) {
                pending.put(hub, ruling);
            }
        });
        final Set<String> hosts = roster.hosts();
        final boolean news = !next.equals(rights) || !hosts.equals(there);
        rights = next;
        there = hosts;
        final Set<String> cut = fence.permit(leased);
        if (news || !cut.isEmpty()) {
            listener.onRights();
        }
        return pending;
    }

    /** What is reported and not there yet. */
    private void write() throws IOException {
        final List<Change> changes = new ArrayList<>();
        for (final Map.Entry<String, Records.Status> each : reported.entrySet()) {
            final String value = Records.write(each.getValue());
            if (!value.equals(written.get(each.getKey())) && homes.containsKey(each.getKey()) && changes.size() < MOST_AT_ONCE) {
                changes.add(Change.put(Records.STATUS + each.getKey(), value));
                written.put(each.getKey(), value);
            }
        }
        if (!changes.isEmpty()) {
            try {
                store.commit(List.of(), changes);
            } catch (IOException e) {
                changes.forEach(c -> written.remove(c.key().substring(Records.STATUS.length())));
                throw e;
            }
            if (changes.size() == MOST_AT_ONCE) {
                wake();
            }
        }
    }
}
