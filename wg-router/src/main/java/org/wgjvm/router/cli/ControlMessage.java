package org.wgjvm.router.cli;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One question or answer on the control socket: a length of four bytes and JSON. */
final class ControlMessage {
    private static final int MAX_BYTES = 256 << 20;
    private static final Gson GSON = new Gson();

    private ControlMessage() {}

    /**
     * What a command line asks of a running router.
     *
     * @param arguments of the command
     * @param text of the file that the command names, or null
     */
    record Question(String[] arguments, String text) {}

    /** What came of it: the exit code, and what goes to standard output and error. */
    record Answer(int code, String out, String err) {}

    static void write(SocketChannel channel, Object message) throws IOException {
        final byte[] json = GSON.toJson(message).getBytes(StandardCharsets.UTF_8);
        final ByteBuffer bytes = ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads a message; throws {@link IOException} for anything that is not one. */
    static <T> T read(SocketChannel channel, Class<T> type) throws IOException {
        final int length = fill(channel, ByteBuffer.allocate(4)).getInt(0);
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException("a message of " + length + " bytes");
        }
        try {
            final T message = GSON.fromJson(new String(fill(channel, ByteBuffer.allocate(length)).array(), StandardCharsets.UTF_8), type);
            if (message == null) {
                throw new IOException("an empty message");
            }
            return message;
        } catch (JsonSyntaxException e) {
            throw new IOException("not a message: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other side has closed the connection");
            }
        }
        return buffer;
    }
}
