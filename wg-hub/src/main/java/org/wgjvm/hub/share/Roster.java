package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wgjvm.hub.share.KeyValueStore.Condition;
import org.wgjvm.hub.share.KeyValueStore.Item;

/**
 * Who is there and who holds what, as far as is known, and what follows from it for this host. Knows no store and no clock: what it is
 * told, and when, are arguments. One thread at a time. Times are of CLOCK_BOOTTIME, in nanoseconds.
 *
 * <p>A hub whose host has made no promise is that host's alone, whatever happens. With a promise, only who is named in the hub's hold may
 * have it. The hold changes hands in two ways: whoever is named there gives it up after the hub is down, or it is taken from a host whose
 * agent is not there, which is a condition of the change itself, and has not been for long enough to have let go by its own clock.
 */
final class Roster {
    private final String host;
    private final long graceNs;
    private final Map<String, Known<Records.Agent>> agents = new HashMap<>();
    private final Map<String, Known<Records.Promise>> promises = new HashMap<>();
    private final Map<String, Known<Records.Hold>> holds = new HashMap<>();
    private final Map<String, Long> latest = new HashMap<>();
    private final Map<String, Long> since = new HashMap<>();

    private record Known<T>(T value, long revision) {}

    /** What this host is to do with a hub. */
    enum Verdict {
        /** Have it. */
        HAVE,
        /** Have it while the lease lasts. */
        HAVE_LEASED,
        /** Take it, under the conditions. */
        TAKE,
        /** Bring it down, then say so. */
        GIVE_BACK,
        /** Nothing: it is somebody else's. */
        LEAVE
    }

    /**
     * A verdict.
     *
     * @param conditions of taking it or giving it back
     * @param epoch of the hold then
     */
    record Ruling(Verdict verdict, List<Condition> conditions, long epoch) {
        private static final Ruling LEAVE = new Ruling(Verdict.LEAVE, List.of(), 0);
    }

    /**
     * Nothing is known yet.
     *
     * @param graceNs how long a host has to be away before something is taken from it, and to be back before it is given back
     */
    Roster(String host, long graceNs) {
        this.host = host;
        this.graceNs = graceNs;
    }

    /** Forgets what it knew for what is listed anew. */
    void list(List<Item> items, long nowNs) throws IOException {
        final Set<String> before = Set.copyOf(agents.keySet());
        agents.clear();
        promises.clear();
        holds.clear();
        latest.clear();
        for (final Item item : items) {
            keep(item);
        }
        before.stream().filter(a -> !agents.containsKey(a)).forEach(a -> since.put(a, nowNs));
        agents.keySet().stream().filter(a -> !before.contains(a)).forEach(a -> since.put(a, nowNs));
    }

    /** A key as it is now. */
    void apply(Item item, long nowNs) throws IOException {
        final Set<String> before = Set.copyOf(agents.keySet());
        keep(item);
        if (!before.equals(agents.keySet())) {
            since.put(item.key().substring(Records.AGENT.length()), nowNs);
        }
    }

    private void keep(Item item) throws IOException {
        final int slash = item.key().indexOf('/') + 1;
        final String name = item.key().substring(slash);
        switch (item.key().substring(0, slash)) {
            case Records.AGENT -> keep(agents, name, item, Records.Agent.class);
            case Records.PROMISE -> keep(promises, name, item, Records.Promise.class);
            case Records.HOLD -> keep(holds, name, item, Records.Hold.class);
            default -> {
                // Not the roster's.
            }
        }
    }

    private <T> void keep(Map<String, Known<T>> map, String name, Item item, Class<T> type) throws IOException {
        // A change of ours is known before the changes that came before it are told.
        if (latest.getOrDefault(item.key(), 0L) > item.revision()) {
            return;
        }
        latest.put(item.key(), item.revision());
        if (item.value() == null) {
            map.remove(name);
        } else {
            map.put(name, new Known<>(Records.read(item, type), item.revision()));
        }
    }

    /** Whether a host's agent is there. */
    boolean isThere(String name) {
        return agents.containsKey(name);
    }

    /** The hosts whose agents are there. */
    Set<String> hosts() {
        return Set.copyOf(agents.keySet());
    }

    /** What an agent says of itself, or null. */
    Records.Agent agent(String name) {
        return agents.containsKey(name) ? agents.get(name).value() : null;
    }

    /** The revision of a host's agent; 0 when it is not there. */
    long agentRevision(String name) {
        return agents.containsKey(name) ? agents.get(name).revision() : 0;
    }

    /** What a host has promised, or null. */
    Records.Promise promise(String name) {
        return promises.containsKey(name) ? promises.get(name).value() : null;
    }

    long promiseRevision(String name) {
        return promises.containsKey(name) ? promises.get(name).revision() : 0;
    }

    /** Who holds a hub; empty when nobody does, or need. */
    String holder(String hub) {
        return holds.containsKey(hub) ? holds.get(hub).value().host() : "";
    }

    long holdRevision(String hub) {
        return holds.containsKey(hub) ? holds.get(hub).revision() : 0;
    }

    /** Since when a host has been there, or away; counted from when this was first asked where nothing has changed since. */
    private boolean settled(String name, long nowNs) {
        return nowNs - since.computeIfAbsent(name, n -> nowNs) >= graceNs;
    }

    /** What to do with a hub of {@code home}. */
    Ruling rule(String hub, String home, long nowNs) {
        final Records.Promise promise = promise(home);
        final String holder = holder(hub);
        if (promise == null && holder.isEmpty()) {
            return home.equals(host) ? new Ruling(Verdict.HAVE, List.of(), 0) : Ruling.LEAVE;
        }
        if (holder.equals(host)) {
            return home.equals(host) || !isThere(home) || !settled(home, nowNs)
                    ? new Ruling(Verdict.HAVE_LEASED, List.of(), 0)
                    : new Ruling(Verdict.GIVE_BACK, conditions(hub, home, List.of()), epoch(hub));
        }
        final List<String> away = new ArrayList<>();
        if (!holder.isEmpty()) {
            away.add(holder);
        }
        if (!home.equals(host)) {
            if (promise == null || !comesNext(home, promise)) {
                return Ruling.LEAVE;
            }
            away.add(home);
        }
        boolean may = true;
        for (final String each : away) {
            // Each of them is looked at, so that all their times run.
            final boolean settled = settled(each, nowNs);
            may = may && settled && !isThere(each);
        }
        return may ? new Ruling(Verdict.TAKE, conditions(hub, home, away), epoch(hub) + 1) : Ruling.LEAVE;
    }

    private long epoch(String hub) {
        return holds.containsKey(hub) ? holds.get(hub).value().epoch() : 0;
    }

    /** Whether this host is the first of a promise's successors that is there and has the secret. */
    private boolean comesNext(String home, Records.Promise promise) {
        for (final String each : promise.successors()) {
            if (!each.equals(home) && isThere(each) && promise.secret().equals(agent(each).secret())) {
                return each.equals(host);
            }
        }
        return false;
    }

    private List<Condition> conditions(String hub, String home, List<String> away) {
        final List<Condition> all = new ArrayList<>();
        all.add(new Condition(Records.HOLD + hub, holdRevision(hub)));
        all.add(new Condition(Records.AGENT + host, agentRevision(host)));
        all.add(new Condition(Records.PROMISE + home, promiseRevision(home)));
        away.stream().distinct().forEach(a -> all.add(new Condition(Records.AGENT + a, 0)));
        return all;
    }
}
