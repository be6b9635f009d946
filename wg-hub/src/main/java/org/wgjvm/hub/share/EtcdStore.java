package org.wgjvm.hub.share;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * etcd, version 3, by its own client for Java. After a call that did not get through the next one has a new client: an old one would wait
 * longer and longer between its attempts to connect, up to minutes, and meanwhile leases end.
 */
public final class EtcdStore implements KeyValueStore {
    private static final int MOST_IN_A_PAGE = 1000;
    private static final long SHORTEST_LIFE_NS = 2_000_000_000L;
    private static final Set<ErrorCode> NOT_GOT_THROUGH =
            Set.of(ErrorCode.UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.CANCELLED, ErrorCode.UNKNOWN, ErrorCode.INTERNAL);

    private final Supplier<Client> clients;
    private final long patienceMs;
    private Client current;
    private long madeAtNs;
    private boolean broken;
    private boolean closed;

    /**
     * Connects when it is first asked for something.
     *
     * @param clients makes clients
     * @param patienceMs how long an answer is waited for
     */
    public EtcdStore(Supplier<Client> clients, long patienceMs) {
        this.clients = clients;
        this.patienceMs = patienceMs;
    }

    private synchronized Client client() throws IOException {
        if (closed) {
            throw new IOException("etcd is not asked any more");
        }
        if (current != null && broken && System.nanoTime() - madeAtNs > SHORTEST_LIFE_NS) {
            current.close();
            current = null;
        }
        if (current == null) {
            current = clients.get();
            madeAtNs = System.nanoTime();
            broken = false;
        }
        return current;
    }

    private synchronized IOException failed(Throwable cause) {
        broken |= !(cause instanceof EtcdException etcd) || NOT_GOT_THROUGH.contains(etcd.getErrorCode());
        return cause instanceof TimeoutException
                ? new IOException("etcd does not answer within " + patienceMs + " ms", cause)
                : new IOException("etcd: " + cause.getMessage(), cause);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** In pages, all of the revision of the first one. */
    @Override
    public Listing list(String prefix) throws IOException {
        final List<Item> items = new ArrayList<>();
        final ByteSequence end = io.etcd.jetcd.options.OptionsUtil.prefixEndOf(bytes(prefix));
        ByteSequence from = bytes(prefix);
        long revision = 0;
        boolean more = true;
        while (more) {
            final GetResponse page = await(client().getKVClient().get(
                    from, GetOption.builder().withRange(end).withLimit(MOST_IN_A_PAGE).withRevision(revision).build()));
            if (revision == 0) {
                revision = page.getHeader().getRevision();
            }
            for (final KeyValue each : page.getKvs()) {
                items.add(new Item(text(each.getKey()), text(each.getValue()), each.getModRevision()));
            }
            more = page.isMore() && !page.getKvs().isEmpty();
            if (more) {
                from = bytes(items.getLast().key() + '\0');
            }
        }
        return new Listing(items, revision);
    }

    @Override
    public Result commit(List<Condition> conditions, List<Change> changes) throws IOException {
        Txn txn = client().getKVClient().txn();
        txn = txn.If(conditions.stream()
                .map(c -> new Cmp(bytes(c.key()), Cmp.Op.EQUAL, CmpTarget.modRevision(c.revision()))).toArray(Cmp[]::new));
        txn = txn.Then(changes.stream().map(EtcdStore::operation).toArray(Op[]::new));
        final TxnResponse response = await(txn.commit());
        return new Result(response.isSucceeded(), response.getHeader().getRevision());
    }

    private static Op operation(Change change) {
        return change.value() == null
                ? Op.delete(bytes(change.key()), DeleteOption.DEFAULT)
                : Op.put(bytes(change.key()), bytes(change.value()), PutOption.builder().withLeaseId(change.lease()).build());
    }

    @Override
    public Watch watch(String prefix, long revision, Watcher watcher) throws IOException {
        final AtomicBoolean over = new AtomicBoolean();
        final WatchOption option = WatchOption.builder().isPrefix(true).withRevision(revision).withRequireLeader(true).build();
        final io.etcd.jetcd.Watch.Watcher watch = client().getWatchClient().watch(
                bytes(prefix), option,
                io.etcd.jetcd.Watch.listener(response -> {
                    if (!over.get()) {
                        watcher.onChanges(changes(response));
                    }
                }, reason -> {
                    if (over.compareAndSet(false, true)) {
                        watcher.onLost(String.valueOf(reason.getMessage()));
                    }
                }, () -> {
                    if (over.compareAndSet(false, true)) {
                        watcher.onLost("the watch has ended");
                    }
                }));
        return () -> {
            over.set(true);
            watch.close();
        };
    }

    private static List<Item> changes(WatchResponse response) {
        final List<Item> changes = new ArrayList<>();
        for (final WatchEvent event : response.getEvents()) {
            final KeyValue item = event.getKeyValue();
            changes.add(new Item(
                    text(item.getKey()), event.getEventType() == WatchEvent.EventType.PUT ? text(item.getValue()) : null,
                    item.getModRevision()));
        }
        return changes;
    }

    @Override
    public Lease grant(int seconds) throws IOException {
        final LeaseGrantResponse response = await(client().getLeaseClient().grant(seconds));
        return new Lease(response.getID(), (int) response.getTTL());
    }

    @Override
    public boolean renew(Lease lease) throws IOException {
        try {
            return client().getLeaseClient().keepAliveOnce(lease.id()).get(patienceMs, TimeUnit.MILLISECONDS).getTTL() > 0;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EtcdException etcd && etcd.getErrorCode() == ErrorCode.NOT_FOUND) {
                return false;
            }
            throw failed(e.getCause());
        } catch (TimeoutException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.close();
        }
    }
}
