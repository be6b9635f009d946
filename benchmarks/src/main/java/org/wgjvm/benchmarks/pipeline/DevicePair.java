package org.wgjvm.benchmarks.pipeline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceEvents;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/**
 * Two devices with a session between them, joined by a copy in memory, and a batch of packets that goes from one to the other again and
 * again. Their clock stands still, so that the session never ages. One thread.
 */
public final class DevicePair {
    /** Inner address of the near device; the far one has the next. */
    public static final int NEAR = 0x0a4d0001;

    /** Inner address of the far device. */
    public static final int FAR = NEAR + 1;

    private static final long NOW_NS = 1_000_000_000_000L;
    private static final int MTU = 1420;
    private static final int SLAB_BYTES = 512 * 1024;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int DON_T_FRAGMENT = 0x4000;

    final TimedAead nearAead = new TimedAead(Aeads.create());
    final TimedAead farAead = new TimedAead(Aeads.create());

    private final PacketBatch inner;
    private final PacketBatch wire;
    private final PacketBatch back;
    private final Device near;
    private final Device far;
    private final int packets;
    private final int length;
    private long wireNs;
    private long delivered;
    private PacketBatch lastDelivered;

    /** Packets of {@code length} bytes in batches of {@code packets}. */
    public DevicePair(int length, int packets) {
        this.length = length;
        this.packets = packets;
        inner = new PacketBatch(256, SLAB_BYTES);
        wire = new PacketBatch(256, SLAB_BYTES);
        back = new PacketBatch(16, 16 * 1024);
        near = new Device(nearAead, new SecureRandom()::nextBytes, () -> NOW_NS, DeviceEvents.NONE, new Output(wire, false));
        far = new Device(farAead, new SecureRandom()::nextBytes, () -> NOW_NS, DeviceEvents.NONE, new Output(back, true));
        final PrivateKey nearKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        final PrivateKey farKey = PrivateKey.generate(new SecureRandom()::nextBytes);
        configure(near, nearKey, farKey.publicKey(), 51821, FAR);
        configure(far, farKey, nearKey.publicKey(), 51820, NEAR);
        shakeHands();
    }

    private static void configure(Device device, PrivateKey own, PublicKey peer, int peerPort, int peerAddress) {
        device.mtu(MTU, false);
        device.privateKey(own, NOW_NS);
        final PeerChange change = new PeerChange(
                peer, false, false, null, Endpoint.v4(0x7f000001, peerPort), null, true,
                List.of(new PeerChange.AllowedIp(IpPrefix.v4(peerAddress, 32), false)));
        device.applyPeers(true, List.of(change), NOW_NS);
        device.up(NOW_NS);
    }

    private void shakeHands() {
        fill();
        outbound();
        for (int turn = 0; turn < 4 && delivered == 0; turn++) {
            inbound();
            far.processHandshakes(NOW_NS, 8);
            near.inbound(back, NOW_NS);
            back.clear();
            near.processHandshakes(NOW_NS, 8);
        }
        inbound();
        if (delivered != packets) {
            throw new IllegalStateException("of " + packets + " packets that waited for the session, " + delivered + " came");
        }
    }

    /** The batch that goes out: for whoever fills it another way than {@link #fill}, after {@code clear()}. */
    public PacketBatch inner() {
        inner.clear();
        inner.mtu(MTU);
        return inner;
    }

    /** Lays out the batch: headers only, for what the payload is does not matter. */
    public void fill() {
        final MemorySegment slab = inner().slab();
        for (int i = 0; i < packets; i++) {
            final int at = inner.offset[inner.addInner(length)];
            slab.set(INT, at, 0x4500_0000 | length);
            slab.set(INT, at + 4L, i << 16 | DON_T_FRAGMENT);
            slab.set(INT, at + 8L, 0x4011_0000);
            slab.set(INT, at + 12L, NEAR);
            slab.set(INT, at + 16L, FAR);
        }
    }

    /** The near device seals and sends what is in the batch: a copy of it is then on the wire. */
    public void outbound() {
        near.outbound(inner, NOW_NS);
    }

    /** The far device receives what is on the wire, opens it and delivers it. */
    public void inbound() {
        far.inbound(wire, NOW_NS);
        wire.clear();
    }

    /** Packets that have arrived so far. */
    public long delivered() {
        return delivered;
    }

    /** What the far device delivered last: valid until the next {@link #outbound}. */
    public PacketBatch lastDelivered() {
        return lastDelivered;
    }

    /** Time of the copy from one side to the other since the last call of this method. */
    long takeWireNs() {
        final long taken = wireNs;
        wireNs = 0;
        return taken;
    }

    /** The wire, and the inside of the far device. */
    private final class Output implements DeviceOutput {
        private final PacketBatch to;
        private final boolean isFar;

        Output(PacketBatch to, boolean isFar) {
            this.to = to;
            this.isFar = isFar;
        }

        @Override
        public void send(PacketBatch datagrams) {
            final long fromNs = System.nanoTime();
            for (int i = 0; i < datagrams.size(); i++) {
                final int bytes = datagrams.length[i];
                if (bytes > 0) {
                    final int at = to.used();
                    MemorySegment.copy(datagrams.slab(), datagrams.offset[i], to.slab(), at, bytes);
                    final int j = to.add(at, bytes, at + (bytes + 15 & -16));
                    to.endpoint[j] = isFar ? FROM_FAR : FROM_NEAR;
                    to.tos[j] = datagrams.tos[i];
                }
            }
            wireNs += System.nanoTime() - fromNs;
        }

        @Override
        public int deliver(PacketBatch packets) {
            int count = 0;
            for (int i = 0; i < packets.size(); i++) {
                count += packets.length[i] > 0 ? 1 : 0;
            }
            delivered += count;
            lastDelivered = packets;
            return count;
        }
    }

    private static final Endpoint FROM_NEAR = Endpoint.v4(0x7f000001, 51820);
    private static final Endpoint FROM_FAR = Endpoint.v4(0x7f000001, 51821);
}
