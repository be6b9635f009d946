package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.List;

/** The part of a store whose keys begin with a prefix, which the keys of this one are without. */
final class PrefixedStore implements KeyValueStore {
    private final KeyValueStore store;
    private final String prefix;

    PrefixedStore(KeyValueStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    private List<Item> bare(List<Item> items) {
        return items.stream().map(i -> new Item(i.key().substring(prefix.length()), i.value(), i.revision())).toList();
    }

    @Override
    public Listing list(String beginning) throws IOException {
        final Listing all = store.list(prefix + beginning);
        return new Listing(bare(all.items()), all.revision());
    }

    @Override
    public Result commit(List<Condition> conditions, List<Change> changes) throws IOException {
        return store.commit(
                conditions.stream().map(c -> new Condition(prefix + c.key(), c.revision())).toList(),
                changes.stream().map(c -> new Change(prefix + c.key(), c.value(), c.lease())).toList());
    }

    @Override
    public Watch watch(String beginning, long revision, Watcher watcher) throws IOException {
        return store.watch(prefix + beginning, revision, new Watcher() {
            @Override
            public void onChanges(List<Item> changes) {
                watcher.onChanges(bare(changes));
            }

            @Override
            public void onLost(String why) {
                watcher.onLost(why);
            }
        });
    }

    @Override
    public Lease grant(int seconds) throws IOException {
        return store.grant(seconds);
    }

    @Override
    public boolean renew(Lease lease) throws IOException {
        return store.renew(lease);
    }

    @Override
    public void close() {
        store.close();
    }
}
