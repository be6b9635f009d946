package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.wgjvm.hub.share.KeyValueStore.Change;
import org.wgjvm.hub.share.KeyValueStore.Condition;
import org.wgjvm.hub.share.KeyValueStore.Item;
import org.wgjvm.hub.share.KeyValueStore.Result;
import org.wgjvm.hub.state.ShareRecord;

/** That this agent is there, with the lease that says so, and what its host has promised. One thread, but for the conflict. */
final class Standing {
    private static final long RETRY_NS = 1_000_000_000L;

    private final ShareSettings settings;
    private final KeyValueStore store;
    private final ShareRecord record;
    private final Roster roster;
    private final Fence fence;
    private final LongSupplier clockNs;
    private final Consumer<String> log;
    private final String agentKey;
    private final String promiseKey;
    private KeyValueStore.Lease lease;
    private String incarnation = "";
    private long dueNs;
    private volatile String conflict = "";
    private volatile boolean barred;

    Standing(
            ShareSettings settings, KeyValueStore store, ShareRecord record, Roster roster, Fence fence, LongSupplier clockNs,
            Consumer<String> log) {
        this.settings = settings;
        this.store = store;
        this.record = record;
        this.roster = roster;
        this.fence = fence;
        this.clockNs = clockNs;
        this.log = log;
        agentKey = Records.AGENT + settings.host();
        promiseKey = Records.PROMISE + settings.host();
        dueNs = clockNs.getAsLong();
    }

    /** Why this agent cannot be the one of its host; empty when it can. */
    String conflict() {
        return conflict;
    }

    /** Whether it has never been the one of its host, and cannot be: it has no hubs at all. */
    boolean isBarred() {
        return barred;
    }

    /** When something is to be done again. */
    long dueNs() {
        return dueNs;
    }

    /** Nothing before then: the store does not answer. */
    void notBefore(long untilNs) {
        dueNs = untilNs;
    }

    boolean hasLease() {
        return lease != null;
    }

    /** Whether everybody knows, as far as this agent knows, that it is there: who has taken its hubs before that is known here too. */
    boolean isKnown() {
        final Records.Agent own = roster.agent(settings.host());
        return lease != null && own != null && own.incarnation().equals(incarnation);
    }

    /** Renews the lease if it is time. Returns the hubs that were cut off. */
    Set<String> renew() throws IOException {
        final long sentNs = clockNs.getAsLong();
        if (lease == null || sentNs - dueNs < 0) {
            return Set.of();
        }
        if (!store.renew(lease)) {
            return end("it was not renewed in time");
        }
        extend(sentNs);
        return Set.of();
    }

    private void extend(long sentNs) {
        fence.extend(sentNs + settings.validNs());
        dueNs = sentNs + settings.validNs() / 4;
    }

    /** Looks whether what was told leaves it its lease. Returns the hubs that were cut off. */
    Set<String> check() {
        return lease != null && !isKnown() ? end("its key is gone") : Set.of();
    }

    private Set<String> end(String why) {
        log.accept("the lease of " + settings.host() + " has ended: " + why);
        lease = null;
        dueNs = clockNs.getAsLong();
        return fence.revoke();
    }

    /**
     * Says that this agent is there, if it is time; the key is its host's, since two agents of one name would both think that hubs are
     * theirs. Returns whether everything is to be listed: whoever took a hub before this is known only then.
     */
    boolean register() throws IOException {
        final long sentNs = clockNs.getAsLong();
        if (lease != null || sentNs - dueNs < 0) {
            return false;
        }
        dueNs = sentNs + RETRY_NS;
        final Records.Agent other = roster.agent(settings.host());
        if (other != null && !other.agent().equals(record.agent())) {
            if (conflict.isEmpty()) {
                barred = incarnation.isEmpty();
                conflict = "another agent is that of " + settings.host() + ": give this one another --host";
                log.accept(conflict);
            }
            return false;
        }
        conflict = "";
        barred = false;
        final KeyValueStore.Lease granted = store.grant(settings.leaseSeconds());
        incarnation = UUID.randomUUID().toString();
        final String value = Records.write(new Records.Agent(record.agent(), incarnation, settings.secret()));
        final Result result = store.commit(
                List.of(new Condition(agentKey, roster.agentRevision(settings.host()))),
                List.of(new Change(agentKey, value, granted.id())));
        if (result.done()) {
            lease = granted;
            roster.apply(new Item(agentKey, value, result.revision()), clockNs.getAsLong());
            extend(sentNs);
        }
        return true;
    }

    /**
     * Makes the promise that is asked for, or takes back the one that is not any more, when no hub is elsewhere. Returns whether everything
     * is to be listed.
     */
    boolean keepPromise(Collection<String> hubs) throws IOException {
        if (lease == null) {
            return false;
        }
        final Records.Promise made = roster.promise(settings.host());
        final List<Condition> conditions = List.of(
                new Condition(promiseKey, roster.promiseRevision(settings.host())),
                new Condition(agentKey, roster.agentRevision(settings.host())));
        if (!settings.successors().isEmpty()) {
            final Records.Promise wanted = new Records.Promise(settings.successors(), settings.secret());
            return !wanted.equals(made) && !change(conditions, Change.put(promiseKey, Records.write(wanted)));
        }
        if (hubs.stream().map(roster::holder).anyMatch(h -> !h.isEmpty() && !h.equals(settings.host()))) {
            return false;
        }
        if (made != null && !change(conditions, Change.delete(promiseKey))) {
            return true;
        }
        for (final String hub : hubs) {
            final long revision = roster.holdRevision(hub);
            if (revision != 0 && !change(List.of(new Condition(Records.HOLD + hub, revision)), Change.delete(Records.HOLD + hub))) {
                return true;
            }
        }
        record.promised(false);
        return false;
    }

    /** A change of the roster, which is known as soon as it is made. */
    boolean change(List<Condition> conditions, Change change) throws IOException {
        final Result result = store.commit(conditions, List.of(change));
        if (result.done()) {
            roster.apply(new Item(change.key(), change.value(), result.revision()), clockNs.getAsLong());
        }
        return result.done();
    }
}
