package org.wgjvm.endpoint.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneEvents;

/** The newest steps of handshakes. The event loop writes, any thread reads. */
final class HandshakeLog implements DataPlaneEvents {
    private static final int CAPACITY = 512;

    private final AtomicReferenceArray<Entry> entries = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicLong written = new AtomicLong();

    /** What happened, and when in milliseconds since 1970. */
    record Entry(long epochMs, PublicKey peer, String kind) {}

    private void add(PublicKey peer, String kind) {
        final long n = written.get();
        entries.set((int) (n % CAPACITY), new Entry(System.currentTimeMillis(), peer, kind));
        written.set(n + 1);
    }

    /** The newest ones, oldest first. */
    List<Entry> entries() {
        final long end = written.get();
        final List<Entry> list = new ArrayList<>();
        for (long n = Math.max(0, end - CAPACITY); n < end; n++) {
            list.add(entries.get((int) (n % CAPACITY)));
        }
        return list;
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        add(peer, "initiated");
    }

    @Override
    public void onHandshakeCompleted(PublicKey peer, boolean initiator) {
        add(peer, initiator ? "completed-as-initiator" : "completed-as-responder");
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        add(peer, "given-up");
    }

    @Override
    public void onPeerExpired(PublicKey peer) {
        add(peer, "expired");
    }
}
