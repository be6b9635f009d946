package org.wgjvm.hub.state;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;

/** JSON objects by id, a file each, for one kind of thing. One thread at a time. */
public final class DocumentStore {
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final boolean dryRun;
    private final Map<String, JsonObject> documents = new LinkedHashMap<>();

    /** Reads what is there; in a dry run nothing is written. */
    public DocumentStore(Path state, String kind, boolean dryRun) throws IOException {
        this.dryRun = dryRun;
        directory = state.resolve("neutron").resolve(kind);
        for (final Path file : AtomicFile.list(directory)) {
            final String name = file.getFileName().toString();
            if (name.endsWith(SUFFIX)) {
                try {
                    documents.put(name.substring(0, name.length() - SUFFIX.length()), Fields.parse(Files.readString(file)).json());
                } catch (FieldException e) {
                    throw new IOException(file + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** All of them; not to be changed. */
    public Map<String, JsonObject> all() {
        return documents;
    }

    /** Keeps one. */
    public void save(String id, JsonObject document) throws IOException {
        if (!dryRun) {
            AtomicFile.write(directory.resolve(id + SUFFIX), document + "\n");
        }
        documents.put(id, document);
    }

    /** Forgets one. */
    public void delete(String id) throws IOException {
        if (!dryRun) {
            AtomicFile.delete(directory.resolve(id + SUFFIX));
        }
        documents.remove(id);
    }
}
