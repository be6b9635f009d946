package org.wgjvm.hub.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks an agent on its unix socket: one request a connection. */
final class ApiClient {
    private final Path socket;

    ApiClient(Path socket) {
        this.socket = socket;
    }

    /** The body of the answer; an error is thrown with what the agent says. {@code body} may be null. */
    String ask(String method, String path, String body) throws IOException, CommandException {
        final byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        final String head = method + " " + path + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\nContent-Length: " + content.length
                + "\r\n\r\n";
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                throw new CommandException("no agent answers at " + socket + ": " + e.getMessage());
            }
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            final ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            Channels.newInputStream(channel).transferTo(answer);
        }
        final byte[] bytes = answer.toByteArray();
        final String text = new String(bytes, StandardCharsets.UTF_8);
        final int end = text.indexOf("\r\n\r\n");
        final String[] status = text.substring(0, Math.max(0, text.indexOf("\r\n"))).split(" ", 3);
        if (end < 0 || status.length < 2 || !status[1].matches("[0-9]{3}")) {
            throw new IOException("the agent's answer is not HTTP");
        }
        final String content2 = text.substring(end + 4);
        if (Integer.parseInt(status[1]) >= 400 && !path.equals("/healthz")) {
            throw new CommandException(message(content2, status[1]));
        }
        return content2;
    }

    private static String message(String body, String status) {
        try {
            final JsonElement error = JsonParser.parseString(body).getAsJsonObject().get("error");
            final String field = error.getAsJsonObject().get("field").getAsString();
            return (field.isEmpty() ? "" : field + ": ") + error.getAsJsonObject().get("message").getAsString();
        } catch (RuntimeException e) {
            return "status " + status;
        }
    }
}
