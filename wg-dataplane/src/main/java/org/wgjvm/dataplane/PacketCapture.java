package org.wgjvm.dataplane;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import org.wgjvm.core.device.PacketOwners;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.PublicKey;

/**
 * A capture of a data plane's packets: a tap that copies them into a bounded ring, from which another thread takes them at its own pace.
 * It never holds up the data plane: what finds no room is counted and let go.
 *
 * <pre>{@code
 * PacketCapture capture = new PacketCapture(null, true, true, PacketCapture.WHOLE);
 * plane.addTap(capture).toCompletableFuture().join();
 * CapturedPacket packet = capture.poll();   // null when there is none at the moment
 * }</pre>
 */
public final class PacketCapture implements PacketTap {
    /** A snap length that leaves every packet whole. */
    public static final int WHOLE = 1 << 16;

    private static final int RECORDS = 1 << 13;
    private static final int BYTES = 1 << 23;
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SEEN = 0;
    private static final int DROPPED = 2;

    private final PublicKey onlyPeer;
    private final boolean inner;
    private final boolean outer;
    private final int snapLength;
    private final CaptureRing ring;
    private final long[] counts = new long[4];

    /** Wall time less {@link System#nanoTime}: times in a capture never go back. */
    private final long offsetNs;

    private boolean handedOut;

    /**
     * Begins with the next packet once it is added to a data plane.
     *
     * @param onlyPeer null for all. With a peer, initiations from places where no peer was seen last are shown too, for they may be its
     * @param inner whether packets of the inside are wanted
     * @param outer whether datagrams of the outside are wanted
     * @param snapLength how many bytes of each packet are kept
     */
    public PacketCapture(PublicKey onlyPeer, boolean inner, boolean outer, int snapLength) {
        this(onlyPeer, inner, outer, snapLength, new CaptureRing(RECORDS, BYTES));
    }

    PacketCapture(PublicKey onlyPeer, boolean inner, boolean outer, int snapLength, CaptureRing ring) {
        this.onlyPeer = onlyPeer;
        this.inner = inner;
        this.outer = outer;
        this.snapLength = snapLength;
        this.ring = ring;
        final Instant now = Instant.now();
        offsetNs = now.getEpochSecond() * 1_000_000_000L + now.getNano() - System.nanoTime();
    }

    @Override
    public void onInner(PacketBatch batch, boolean outgoing, PacketOwners owners) {
        if (!inner) {
            return;
        }
        final long epochNs = System.nanoTime() + offsetNs;
        for (int i = 0; i < batch.size(); i++) {
            final int length = batch.length[i];
            if (length > 0) {
                final PublicKey peer =
                        outgoing ? owners.ofInner(batch.slab(), batch.offset[i], length) : owners.of(batch.peer[i]);
                if (onlyPeer == null || onlyPeer.equals(peer)) {
                    put(batch, i, epochNs, outgoing ? CapturedPacket.OUTGOING : 0, peer, null, 0);
                }
            }
        }
    }

    @Override
    public void onOuter(PacketBatch batch, boolean outgoing, PacketOwners owners) {
        if (!outer) {
            return;
        }
        final long epochNs = System.nanoTime() + offsetNs;
        final int kind = CapturedPacket.OUTER | (outgoing ? CapturedPacket.OUTGOING : 0);
        for (int i = 0; i < batch.size(); i++) {
            final int length = batch.length[i];
            if (length > 0) {
                final Endpoint endpoint = batch.endpoint[i];
                final PublicKey peer = outgoing && batch.peer[i] != null
                        ? owners.of(batch.peer[i])
                        : owners.ofDatagram(batch.slab(), batch.offset[i], length, endpoint);
                if (onlyPeer == null || peer == null || onlyPeer.equals(peer)) {
                    put(batch, i, epochNs, kind, peer, endpoint, owners.listenPort());
                }
            }
        }
    }

    private void put(PacketBatch batch, int i, long epochNs, int kind, PublicKey peer, Endpoint endpoint, int port) {
        final int length = batch.length[i];
        final MemorySegment slab = batch.slab();
        count(SEEN, kind);
        if (!ring.offer(
                slab, batch.offset[i], Math.min(length, snapLength), length, epochNs, kind, peer, endpoint, batch.tos[i] & 0xff, port)) {
            count(DROPPED, kind);
        }
    }

    private void count(int what, int kind) {
        final int i = what + (kind & CapturedPacket.OUTER);
        COUNTS.setOpaque(counts, i, (long) COUNTS.get(counts, i) + 1);
    }

    /** The next packet, good until the next call; null when there is none. Of one thread at a time. */
    public CapturedPacket poll() {
        if (handedOut) {
            ring.release();
        }
        final CapturedPacket next = ring.peek();
        handedOut = next != null;
        return next;
    }

    /** How many packets were wanted so far, those that found no room included. Any thread. */
    public long seen(boolean ofOutside) {
        return (long) COUNTS.getOpaque(counts, SEEN + (ofOutside ? 1 : 0));
    }

    /** How many of them found no room. */
    public long dropped(boolean ofOutside) {
        return (long) COUNTS.getOpaque(counts, DROPPED + (ofOutside ? 1 : 0));
    }
}
