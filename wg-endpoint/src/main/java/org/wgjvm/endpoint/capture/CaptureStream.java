package org.wgjvm.endpoint.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.CapturedPacket;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.PacketCapture;
import org.wgjvm.endpoint.control.ControlAnswer;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.log.Log;

/**
 * The daemon's side of {@code wg-jvm capture}: takes packets out of the data plane and writes them as pcapng to the control connection,
 * until there are enough, the time is up, or the other side has had enough (it closes its half of the connection).
 */
public final class CaptureStream {
    /** The command on the control channel. Its arguments are {@code key=value}: peer, inside, outside, snap, count, milliseconds. */
    public static final String COMMAND = "capture";

    private static final int INNER = 0;
    private static final int OUTER = 1;

    /** How long to look away when there is nothing: no system call and no lock is asked of the data plane to wake us. */
    private static final long PAUSE_NS = 1_000_000;

    private final String interfaceName;
    private final DataPlane plane;
    private final Log log;

    /** Captures from {@code plane}. */
    public CaptureStream(String interfaceName, DataPlane plane, Log log) {
        this.interfaceName = interfaceName;
        this.plane = plane;
        this.log = log;
    }

    /** Answers a request. */
    public ControlAnswer run(ControlRequest request) throws IOException {
        final CaptureOptions options = CaptureOptions.parse(request.arguments());
        return ControlAnswer.of(connection -> stream(options, connection));
    }

    private void stream(CaptureOptions options, ByteChannel connection) throws IOException {
        final PacketCapture capture =
                new PacketCapture(options.peer(), options.inside(), options.outside(), options.snapLength());
        final AtomicBoolean enough = new AtomicBoolean();
        Thread.ofVirtual().name("capture-end").start(() -> awaitEnd(connection, enough));
        plane.addTap(capture).toCompletableFuture().join();
        log.verbose("A capture begins");
        try {
            write(options, capture, connection, enough);
        } finally {
            plane.removeTap(capture);
            log.verbose("A capture ends");
        }
    }

    private static void awaitEnd(ByteChannel connection, AtomicBoolean enough) {
        final ByteBuffer ignored = ByteBuffer.allocate(16);
        try {
            while (connection.read(ignored.clear()) >= 0) {
                // The other side has nothing to say but that it goes.
            }
        } catch (IOException e) {
            // Gone altogether.
        }
        enough.set(true);
    }

    private void write(CaptureOptions options, PacketCapture capture, ByteChannel connection, AtomicBoolean enough) throws IOException {
        final PcapngWriter writer = new PcapngWriter(connection);
        final OuterHeader headers = new OuterHeader();
        writer.section("wg-jvm");
        writer.networkInterface(interfaceName + " inside", "IP packets inside the tunnel");
        writer.networkInterface(
                interfaceName + " outside", "datagrams of the tunnel; IP and UDP headers are made up from the socket's addresses");
        writer.flush();
        final long deadlineNs = System.nanoTime() + options.milliseconds() * 1_000_000;
        long left = options.count();
        long lastNs = 0;
        while (left > 0) {
            final CapturedPacket packet = capture.poll();
            if (packet != null) {
                packet(writer, headers, packet);
                lastNs = packet.epochNs();
                left--;
                continue;
            }
            writer.flush();
            if (enough.get() || options.milliseconds() > 0 && System.nanoTime() - deadlineNs >= 0 || plane.closed().isDone()) {
                break;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        final long endNs = Math.max(lastNs, System.currentTimeMillis() * 1_000_000);
        writer.statistics(INNER, endNs, capture.seen(false), capture.dropped(false));
        writer.statistics(OUTER, endNs, capture.seen(true), capture.dropped(true));
        writer.flush();
    }

    private static void packet(PcapngWriter writer, OuterHeader headers, CapturedPacket packet) throws IOException {
        final int flags = packet.isOutgoing() ? PcapngWriter.OUTBOUND : PcapngWriter.INBOUND;
        final PublicKey peer = packet.peer();
        final String comment = peer == null ? null : Log.abbreviated(peer);
        if (!packet.isOuter()) {
            writer.packet(INNER, packet.epochNs(), flags, comment, ByteBuffer.allocate(0), packet.bytes(), packet.originalLength());
            return;
        }
        final ByteBuffer header = headers.of(
                packet.endpoint(), packet.isOutgoing(), packet.localPort(), packet.tos(), packet.bytes(), packet.originalLength());
        final int length = header.remaining() + packet.originalLength();
        writer.packet(OUTER, packet.epochNs(), flags, comment, header, packet.bytes(), length);
    }
}
