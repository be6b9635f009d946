package org.wgjvm.endpoint.control;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.List;

/**
 * What a command answers: lines, and perhaps a stream that takes the connection over. On the wire it is {@code ok}, or {@code error:} and a
 * reason, then the lines, then an empty line, then the stream up to its end.
 *
 * @param lines none of them empty
 * @param stream null for none: then the next request may follow on the same connection
 */
public record ControlAnswer(List<String> lines, Stream stream) {
    /** Nothing to say but that it is done. */
    public static final ControlAnswer DONE = new ControlAnswer(List.of(), null);

    /** What has the connection to itself once the lines are sent. */
    @FunctionalInterface
    public interface Stream {
        /** Reads and writes as it likes; the connection is closed when it returns. On a thread of the connection's own. */
        void run(ByteChannel connection) throws IOException;
    }

    /** Copies the list. */
    public ControlAnswer {
        lines = List.copyOf(lines);
        if (lines.stream().anyMatch(l -> l.isEmpty() || l.indexOf('\n') >= 0)) {
            throw new IllegalArgumentException("a line is empty or has a line end in it");
        }
    }

    /** Lines alone. */
    public static ControlAnswer of(List<String> lines) {
        return new ControlAnswer(lines, null);
    }

    /** A stream alone. */
    public static ControlAnswer of(Stream stream) {
        return new ControlAnswer(List.of(), stream);
    }
}
