package org.wgjvm.endpoint.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The other end of the control channel. Of one thread, but for {@link #finish} and {@link #close}. */
public final class ControlClient implements AutoCloseable {
    private static final String REFUSED = "error: ";

    private final SocketChannel channel;
    private final LineReader reader;
    private final CountDownLatch closed = new CountDownLatch(1);

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
        reader = new LineReader(channel);
    }

    /** Connects to the socket at {@code socket}; a daemon that is not ours has none. */
    public static ControlClient connect(Path socket) throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ControlClient(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Asks, and returns the lines of the answer; throws {@link ControlException} when the daemon refuses. */
    public List<String> ask(ControlRequest request) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(request.toWire().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        final List<String> lines = reader.block();
        if (lines == null) {
            throw new IOException("the daemon closed the connection");
        }
        if (!lines.getFirst().equals("ok")) {
            final String first = lines.getFirst();
            throw new ControlException(first.startsWith(REFUSED) ? first.substring(REFUSED.length()) : first);
        }
        return lines.subList(1, lines.size());
    }

    /** Reads some of the stream that follows an answer; -1 at its end. */
    public int read(ByteBuffer into) throws IOException {
        final ByteBuffer rest = reader.rest();
        if (!rest.hasRemaining()) {
            return channel.read(into);
        }
        final int length = Math.min(rest.remaining(), into.remaining());
        into.put(rest.slice(rest.position(), length));
        rest.position(rest.position() + length);
        return length;
    }

    /** Tells the daemon that nothing more comes from here: a stream is then brought to a good end. Any thread. */
    public void finish() throws IOException {
        channel.shutdownOutput();
    }

    /** Waits until {@link #close} was called, at most so long. Any thread but the client's. */
    public void awaitClose(long timeoutMs) {
        try {
            final boolean ignored = closed.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        closed.countDown();
    }
}
