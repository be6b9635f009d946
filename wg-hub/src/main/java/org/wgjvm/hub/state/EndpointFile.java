package org.wgjvm.hub.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.hub.port.HostPort;

/**
 * Where spokes were heard last, a line each: hub, public key, where it was, and which endpoint was configured then ({@code -} for none). It
 * is beside the configuration and not in its history. Nothing depends on it: a line that cannot be read is left out, and written without
 * waiting for the disk. One thread at a time.
 */
public final class EndpointFile {
    private static final String NONE = "-";

    private final Path file;

    /** That of a state directory. */
    public EndpointFile(Path state) {
        file = state.resolve("endpoints");
    }

    /**
     * A spoke as a hub knows it.
     *
     * @param hubId the port of the hub
     * @param publicKey of the spoke, in base64
     */
    public record Spoke(String hubId, String publicKey) {}

    /**
     * Where it was.
     *
     * @param last the address and port from which it was heard
     * @param configured what was configured as its endpoint then; empty for nothing
     */
    public record Place(HostPort last, String configured) {}

    /** What is kept. */
    public Map<Spoke, Place> read() throws IOException {
        final Map<Spoke, Place> all = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return all;
        }
        for (final String line : Files.readAllLines(file)) {
            final String[] words = line.split(" ", -1);
            try {
                if (words.length == 4 && HostPort.parse(words[2]).literal() != null) {
                    all.put(new Spoke(words[0], words[1]), new Place(HostPort.parse(words[2]), words[3].equals(NONE) ? "" : words[3]));
                }
            } catch (IllegalArgumentException e) {
                // It is learnt anew.
            }
        }
        return all;
    }

    /** Keeps these and no others. */
    public void write(Map<Spoke, Place> all) throws IOException {
        final StringBuilder out = new StringBuilder();
        all.forEach((spoke, place) -> out.append(spoke.hubId()).append(' ').append(spoke.publicKey()).append(' ').append(place.last())
                .append(' ').append(place.configured().isEmpty() ? NONE : place.configured()).append('\n'));
        AtomicFile.write(file, out.toString(), false);
    }
}
