package org.wgjvm.hub.share;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.util.List;

/** What is written in the store: its keys, and their values as JSON. */
public final class Records {
    /** What all ports have in common. */
    public static final String HEAD = "head";

    /** Before the id of a port: what is wanted of it. */
    public static final String PORT = "ports/";

    /** Before the id of a hub: what the agent that has it says of it. */
    public static final String STATUS = "hubs/";

    /** Before the id of a hub: who has it. */
    public static final String HOLD = "holds/";

    static final String AGENT = "agents/";
    static final String PROMISE = "promises/";

    private static final Gson JSON = new Gson();

    private Records() {}

    /**
     * What all ports have in common; it changes with every port, so that who knows its revision knows that its ports are the newest.
     *
     * @param store made at random when the store was first used
     * @param serial how often something has changed
     * @param revision that of the last full state, or -1
     */
    public record Head(String store, long serial, long revision) {}

    /**
     * An agent that is there: goes with its lease.
     *
     * @param agent its state directory's
     * @param incarnation made at random with the lease
     * @param secret fingerprint of its secret file, or empty
     */
    record Agent(String agent, String incarnation, String secret) {}

    /**
     * That a host gives up its hubs in time when it cannot renew its lease, and who may then have them.
     *
     * @param successors hosts, in order
     * @param secret fingerprint of the secret file that its hubs' keys are made of
     */
    record Promise(List<String> successors, String secret) {
        Promise {
            successors = successors == null ? List.of() : List.copyOf(successors);
        }
    }

    /**
     * Who has a hub.
     *
     * @param host empty for nobody
     * @param epoch grows with each change of hands
     */
    record Hold(String host, long epoch) {}

    /**
     * What the agent that has a hub says of it.
     *
     * @param host its host
     * @param publicKey in base64
     * @param endpoint where devices reach it
     * @param active whether it is as it should be
     * @param link up or down
     * @param spokes how many it knows
     * @param error why it is not as it should be, or empty
     */
    public record Status(String host, String publicKey, String endpoint, boolean active, String link, int spokes, String error) {}

    /** As JSON. */
    public static String write(Object value) {
        return JSON.toJson(value);
    }

    /** From JSON. */
    public static <T> T read(KeyValueStore.Item item, Class<T> type) throws IOException {
        try {
            final T value = JSON.fromJson(item.value(), type);
            if (value == null) {
                throw new IOException(item.key() + ": is empty");
            }
            return value;
        } catch (JsonParseException e) {
            throw new IOException(item.key() + ": " + e.getMessage(), e);
        }
    }
}
