package org.wgjvm.hub.state;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What an agent remembers of a store that it shares with others: which store it was and how far it had come, so that an emptied or older
 * one is noticed, and whether it may have promised there to give up its hubs. Thread-safe.
 */
public final class ShareRecord {
    private static final Gson JSON = new Gson();

    private final Path file;
    private Kept kept;

    private record Kept(String agent, boolean promised, String store, long serial) {}

    /** The record within a state directory. */
    public ShareRecord(Path state) throws IOException {
        file = state.resolve("share");
        try {
            kept = Files.exists(file) ? JSON.fromJson(Files.readString(file), Kept.class) : null;
        } catch (JsonParseException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        if (kept == null) {
            keep(new Kept(UUID.randomUUID().toString(), false, "", -1));
        }
    }

    private void keep(Kept next) throws IOException {
        if (!next.equals(kept)) {
            AtomicFile.write(file, JSON.toJson(next) + "\n");
            kept = next;
        }
    }

    /** The state directory's own name, made once at random. */
    public synchronized String agent() {
        return kept.agent();
    }

    /** Whether the hubs of this host may have been promised to others. */
    public synchronized boolean promised() {
        return kept.promised();
    }

    /** Written before the promise is made, and after it is taken back. */
    public synchronized void promised(boolean promised) throws IOException {
        keep(new Kept(kept.agent(), promised, kept.store(), kept.serial()));
    }

    /** The store that was used last, or empty. */
    public synchronized String store() {
        return kept.store();
    }

    /** How many changes of it are known. */
    public synchronized long serial() {
        return kept.serial();
    }

    /** What of the store is here now. */
    public synchronized void reached(String store, long serial) throws IOException {
        keep(new Kept(kept.agent(), kept.promised(), store, serial));
    }
}
