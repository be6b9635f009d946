package org.wgjvm.hub.share;

import java.io.IOException;
import java.util.List;

/**
 * A store that many share: keys, each with the revision of its last change. Revisions count the changes of the whole store. Thread-safe;
 * every call waits for its answer, and one that throws may have been carried out or not.
 */
public interface KeyValueStore extends AutoCloseable {
    /**
     * A key as it is, or, in a change, without a value as it is no more.
     *
     * @param value null when it was deleted
     * @param revision of the change that made it so
     */
    record Item(String key, String value, long revision) {}

    /**
     * All keys at a revision.
     *
     * @param items in the order of their keys
     * @param revision the store's
     */
    record Listing(List<Item> items, long revision) {}

    /**
     * That a key has not changed.
     *
     * @param revision its last change; 0 when it is not to be there
     */
    record Condition(String key, long revision) {}

    /**
     * A change that is wanted.
     *
     * @param value null to delete
     * @param lease with which the key goes, or 0
     */
    record Change(String key, String value, long lease) {
        /** Puts a key that stays. */
        public static Change put(String key, String value) {
            return new Change(key, value, 0);
        }

        /** Deletes a key. */
        public static Change delete(String key) {
            return new Change(key, null, 0);
        }
    }

    /**
     * What became of changes.
     *
     * @param done false when a condition did not hold, and nothing was changed
     * @param revision the store's after it
     */
    record Result(boolean done, long revision) {}

    /** Told what changes, in order, each change once. On any thread, one at a time. */
    interface Watcher {
        /** Changes of one or more revisions, none of which is there in part. */
        void onChanges(List<Item> changes);

        /** There will be no more: everything is to be listed again. */
        void onLost(String why);
    }

    /** What is being watched. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** A lease, which ends so many seconds after it was last renewed, and its keys with it. */
    record Lease(long id, int seconds) {}

    /** All keys that begin so, at one revision. */
    Listing list(String prefix) throws IOException;

    /** Makes all of these changes if all of these conditions hold, and none otherwise. */
    Result commit(List<Condition> conditions, List<Change> changes) throws IOException;

    /** Watches keys that begin so, from a revision on, that one included. */
    Watch watch(String prefix, long revision, Watcher watcher) throws IOException;

    /** Begins a lease. */
    Lease grant(int seconds) throws IOException;

    /** Renews a lease; returns false when it has ended. */
    boolean renew(Lease lease) throws IOException;

    @Override
    void close();
}
