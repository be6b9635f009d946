package org.wgjvm.hub.state;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.Names;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.port.PortWriter;

/**
 * The desired state, a file a port: {@code config/ports/3f/3f2a....json}. Writing the file is the moment from which a port is wanted, and
 * deleting it that from which it is not. One thread at a time.
 */
public final class PortStore {
    private static final Gson JSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final String SUFFIX = ".json";

    private final Path config;
    private final Path revisionFile;
    private boolean many;

    /** The store within a state directory. */
    public PortStore(Path state) {
        config = state.resolve("config");
        revisionFile = state.resolve("revision");
    }

    /** The directory whose history is kept. */
    public Path config() {
        return config;
    }

    /** Makes what is missing of the directory, and removes what a crash has left in it. */
    public void prepare() throws IOException {
        AtomicFile.directory(config.resolve("ports"));
        AtomicFile.sweep(config.resolve("ports"), 1);
        AtomicFile.sweep(config.resolveSibling("neutron"), 1);
        AtomicFile.sweep(config.getParent(), 0);
    }

    /** Reads everything; a file that cannot be read is an error that names it, since forgetting a port would take its device down. */
    public Map<String, PortEntry> load() throws IOException {
        final Map<String, PortEntry> all = new LinkedHashMap<>();
        for (final Path directory : AtomicFile.list(config.resolve("ports"))) {
            for (final Path file : AtomicFile.list(directory)) {
                final String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX) && Names.isId(name.substring(0, name.length() - SUFFIX.length()))) {
                    try {
                        final PortEntry entry = read(Files.readString(file));
                        all.put(entry.port().id(), entry);
                    } catch (FieldException e) {
                        throw new IOException(file + ": " + e.getMessage(), e);
                    }
                }
            }
        }
        return all;
    }

    /** Reads the text of a file. */
    public static PortEntry read(String text) throws FieldException {
        final Fields fields = Fields.parse(text);
        final Fields port = fields.object("port");
        if (port == null) {
            throw fields.wrong("port", "is required");
        }
        final Fields at = fields.object("attachment");
        return new PortEntry(
                PortReader.read(port, null, null).port(),
                (int) fields.integer("listen_port", 0, 65535, 0),
                at == null ? null : new Attachment(at.required("namespace"), at.string("router_id", "")));
    }

    /** The text of a file. */
    public static String write(PortEntry entry) {
        final JsonObject json = new JsonObject();
        json.add("port", PortWriter.write(entry.port()));
        if (entry.listenPort() != 0) {
            json.addProperty("listen_port", entry.listenPort());
        }
        if (entry.attachment() != null) {
            final JsonObject at = new JsonObject();
            at.addProperty("namespace", entry.attachment().namespace());
            at.addProperty("router_id", entry.attachment().routerId());
            json.add("attachment", at);
        }
        return JSON.toJson(json) + "\n";
    }

    /** Until {@link #settle}, ports are kept and forgotten without waiting for the disk each time. */
    public void many() {
        many = true;
    }

    /** Waits for the disk; from now on each time again. */
    public void settle() throws IOException {
        many = false;
        AtomicFile.settle(config);
    }

    /** Keeps a port. */
    public void save(PortEntry entry) throws IOException {
        AtomicFile.write(file(entry.port().id()), write(entry), !many);
    }

    /** Forgets a port. */
    public void delete(String id) throws IOException {
        AtomicFile.delete(file(id), !many);
    }

    /** Where a port's file is, seen from {@link #config}. */
    public static String path(String id) {
        return "ports/" + id.substring(0, 2) + "/" + id + SUFFIX;
    }

    private Path file(String id) {
        return config.resolve(path(id));
    }

    /** The revision of the last full state that was taken, or -1. */
    public long revision() throws IOException {
        try {
            return Files.exists(revisionFile) ? Long.parseLong(Files.readString(revisionFile).strip()) : -1;
        } catch (NumberFormatException e) {
            throw new IOException(revisionFile + ": not a number", e);
        }
    }

    /** Keeps the revision. */
    public void revision(long revision) throws IOException {
        AtomicFile.write(revisionFile, revision + "\n");
    }
}
