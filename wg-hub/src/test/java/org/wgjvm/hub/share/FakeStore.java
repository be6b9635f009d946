package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store in memory, on a clock of the test's, with a connection for each agent that can be cut. Watches are told what has changed by
 * {@link Connection#deliver}, or at once.
 */
public final class FakeStore {
    /** The clock, in nanoseconds. */
    public final AtomicLong clockNs = new AtomicLong();

    private final TreeMap<String, Held> keys = new TreeMap<>();
    private final List<KeyValueStore.Item> changes = new ArrayList<>();
    private final Map<Long, Long> leaseEndsNs = new HashMap<>();
    private final Map<Long, Integer> leaseSeconds = new HashMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private boolean down;
    private long compacted;
    private long revision = 1;
    private long leases = 100;

    private record Held(String value, long revision, long lease) {}

    /** A new connection. */
    public synchronized Connection connect() {
        final Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    /** The value of a key, or null. */
    public synchronized String get(String key) {
        expire();
        return keys.containsKey(key) ? keys.get(key).value() : null;
    }

    /** All keys and values. */
    public synchronized Map<String, String> all() {
        expire();
        final Map<String, String> all = new TreeMap<>();
        keys.forEach((k, h) -> all.put(k, h.value()));
        return all;
    }

    /** Changes a key as somebody with a connection of his own would; null deletes. */
    public synchronized void put(String key, String value) {
        expire();
        change(key, value, 0);
        tell();
    }

    /** Nobody is answered while it is down; leases begin anew when it is up again, as etcd has it. */
    public synchronized void down(boolean now) {
        expire();
        if (down && !now) {
            leaseEndsNs.replaceAll((id, end) -> clockNs.get() + leaseSeconds.get(id) * 1_000_000_000L);
        }
        down = now;
        if (now) {
            connections.forEach(c -> c.lose("the store is down"));
        }
    }

    /** Forgets all that was: what is watched from before now is lost. */
    public synchronized void compact() {
        compacted = revision;
        connections.forEach(c -> {
            if (c.next <= revision) {
                c.lose("compacted");
            }
        });
    }

    /** Everything is gone, as when somebody has deleted its files. */
    public synchronized void empty() {
        keys.clear();
        changes.clear();
        leaseEndsNs.clear();
        compacted = 0;
        revision = 1;
        connections.forEach(c -> c.lose("another store"));
    }

    private void expire() {
        if (down) {
            return;
        }
        for (final long id : leaseEndsNs.keySet().stream().filter(l -> clockNs.get() - leaseEndsNs.get(l) >= 0).sorted().toList()) {
            leaseEndsNs.remove(id);
            keys.entrySet().stream().filter(e -> e.getValue().lease() == id).map(Map.Entry::getKey).toList()
                    .forEach(k -> change(k, null, 0));
        }
        tell();
    }

    private void change(String key, String value, long lease) {
        revision++;
        put(key, value, lease);
    }

    private void put(String key, String value, long lease) {
        if (value == null) {
            if (keys.remove(key) == null) {
                return;
            }
        } else {
            keys.put(key, new Held(value, revision, lease));
        }
        changes.add(new KeyValueStore.Item(key, value, revision));
    }

    private void tell() {
        connections.stream().filter(c -> c.atOnce).forEach(Connection::deliver);
    }

    /** One agent's. */
    public final class Connection implements KeyValueStore {
        /** Whether nothing gets through. */
        public volatile boolean cut;

        /** Whether the next change gets through, and its answer does not. */
        public volatile boolean losesAnswer;

        /** Whether watches are told at once. */
        public volatile boolean atOnce = true;

        private Watcher watcher;
        private String prefix;
        private long next;

        private void ask() throws IOException {
            if (cut || down) {
                throw new IOException("does not answer");
            }
            expire();
        }

        /** Tells the watch what has changed so far. */
        public void deliver() {
            synchronized (FakeStore.this) {
                if (watcher == null || cut || down) {
                    return;
                }
                final List<Item> news = changes.stream().filter(i -> i.revision() >= next && i.key().startsWith(prefix)).toList();
                next = revision + 1;
                if (!news.isEmpty()) {
                    watcher.onChanges(news);
                }
            }
        }

        private void lose(String why) {
            final Watcher told = watcher;
            watcher = null;
            if (told != null) {
                told.onLost(why);
            }
        }

        /** Cuts it, or mends it; the watch learns it when it is mended. */
        public void cut(boolean now) {
            synchronized (FakeStore.this) {
                expire();
                cut = now;
                if (!now) {
                    lose("was cut");
                }
            }
        }

        @Override
        public Listing list(String all) throws IOException {
            synchronized (FakeStore.this) {
                ask();
                final List<Item> items = new ArrayList<>();
                keys.tailMap(all).forEach((k, h) -> {
                    if (k.startsWith(all)) {
                        items.add(new Item(k, h.value(), h.revision()));
                    }
                });
                return new Listing(items, revision);
            }
        }

        @Override
        public Result commit(List<Condition> conditions, List<Change> wanted) throws IOException {
            synchronized (FakeStore.this) {
                ask();
                for (final Condition condition : conditions) {
                    final Held held = keys.get(condition.key());
                    if ((held == null ? 0 : held.revision()) != condition.revision()) {
                        return new Result(false, revision);
                    }
                }
                if (wanted.stream().map(Change::key).distinct().count() != wanted.size() || wanted.size() > 128
                        || conditions.size() > 128) {
                    throw new IOException("a transaction has each key once, and at most 128 of them");
                }
                revision++;
                wanted.forEach(c -> put(c.key(), c.value(), c.lease()));
                final Result result = new Result(true, revision);
                tell();
                if (losesAnswer && wanted.stream().anyMatch(c -> c.key().contains("/ports/"))) {
                    losesAnswer = false;
                    throw new IOException("the answer is lost");
                }
                return result;
            }
        }

        @Override
        public Watch watch(String all, long from, Watcher who) throws IOException {
            synchronized (FakeStore.this) {
                ask();
                prefix = all;
                next = from;
                watcher = who;
                if (from <= compacted) {
                    lose("compacted");
                } else if (atOnce) {
                    deliver();
                }
                return () -> {
                    synchronized (FakeStore.this) {
                        if (who.equals(watcher)) {
                            watcher = null;
                        }
                    }
                };
            }
        }

        @Override
        public Lease grant(int seconds) throws IOException {
            synchronized (FakeStore.this) {
                ask();
                final long id = leases++;
                leaseSeconds.put(id, seconds);
                leaseEndsNs.put(id, clockNs.get() + seconds * 1_000_000_000L);
                return new Lease(id, seconds);
            }
        }

        @Override
        public boolean renew(Lease lease) throws IOException {
            synchronized (FakeStore.this) {
                ask();
                return leaseEndsNs.computeIfPresent(lease.id(), (id, end) -> clockNs.get() + lease.seconds() * 1_000_000_000L) != null;
            }
        }

        /** Ends a lease before its time, as an administrator can. */
        public void revokeAll() {
            synchronized (FakeStore.this) {
                leaseEndsNs.replaceAll((id, end) -> clockNs.get());
                expire();
            }
        }

        @Override
        public void close() {
            synchronized (FakeStore.this) {
                watcher = null;
                connections.remove(this);
            }
        }
    }
}
