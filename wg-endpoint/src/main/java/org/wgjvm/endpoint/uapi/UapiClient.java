package org.wgjvm.endpoint.uapi;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.sys.Errno;

/** The other end of the configuration protocol: speaks to the daemon of any userspace implementation. Of one thread. */
public final class UapiClient implements AutoCloseable {
    private final SocketChannel channel;
    private final UapiFormatter request;
    private final BufferedReader answers;

    private UapiClient(SocketChannel channel) {
        this.channel = channel;
        request = new UapiFormatter(channel);
        answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1), 64 * 1024);
    }

    /** Connects to the socket at {@code socket}. */
    public static UapiClient connect(Path socket) throws IOException {
        return new UapiClient(UapiSocket.connect(socket));
    }

    /** Applies a change; throws {@link UapiException} when the device refuses. */
    public void set(DeviceChange change) throws IOException {
        request.line("set=", "1");
        request.change(change);
        request.end();
        String line = answers.readLine();
        int errno = UapiFailure.EPROTO;
        while (line != null && !line.isEmpty()) {
            if (line.startsWith("errno=")) {
                errno = Math.abs(UapiReply.number(line.substring("errno=".length())));
            }
            line = answers.readLine();
        }
        refuse(errno);
    }

    /** The state of the device; throws {@link UapiException} when it refuses or answers nonsense. */
    public DeviceSnapshot get() throws IOException {
        request.line("get=", "1");
        request.end();
        final UapiReply reply = new UapiReply();
        String line = answers.readLine();
        while (line != null && !line.isEmpty()) {
            reply.line(line);
            line = answers.readLine();
        }
        refuse(line == null ? UapiFailure.EPROTO : reply.errno());
        return reply.snapshot();
    }

    private static void refuse(int errno) throws UapiException {
        if (errno != 0) {
            throw new UapiException(errno, Errno.text(errno));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
