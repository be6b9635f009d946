package org.wgjvm.endpoint.control;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads lines from a channel; what was read beyond the last one is left in {@link #rest()}. Bounded in every direction. Of one thread.
 */
final class LineReader {
    /** The longest line, in bytes. */
    static final int MAX_LINE_BYTES = 4096;

    /** All lines of one request or answer together, in bytes: about a hundred thousand peers with their names. */
    static final int MAX_TEXT_BYTES = 16 << 20;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).limit(0);
    private final byte[] line = new byte[MAX_LINE_BYTES];

    LineReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** The lines up to an empty one; null when the channel ends before the first. */
    List<String> block() throws IOException {
        final List<String> lines = new ArrayList<>();
        int bytes = 0;
        for (;;) {
            final String text = line();
            if (text == null) {
                if (lines.isEmpty()) {
                    return null;
                }
                throw new EOFException("the connection ended in the middle of a message");
            }
            if (text.isEmpty() && !lines.isEmpty()) {
                return lines;
            }
            if (!text.isEmpty()) {
                lines.add(text);
            }
            bytes += text.length() + 1;
            if (bytes > MAX_TEXT_BYTES) {
                throw new ControlException("message too long");
            }
        }
    }

    /** What was read beyond the last line: the beginning of a stream. */
    ByteBuffer rest() {
        return buffer;
    }

    private String line() throws IOException {
        int length = 0;
        for (;;) {
            if (!buffer.hasRemaining()) {
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    buffer.limit(0);
                    if (length == 0) {
                        return null;
                    }
                    throw new EOFException("the connection ended in the middle of a line");
                }
                buffer.flip();
                continue;
            }
            final byte b = buffer.get();
            if (b == '\n') {
                return new String(line, 0, length, StandardCharsets.UTF_8);
            }
            if (length == MAX_LINE_BYTES) {
                throw new ControlException("line too long");
            }
            line[length++] = b;
        }
    }
}
