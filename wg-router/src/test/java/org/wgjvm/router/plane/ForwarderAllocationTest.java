package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.plane.Packets.Way;

/** Packets of sessions of every kind, errors and drops included, make no garbage. */
final class ForwarderAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int SESSIONS = 24;
    private static final int ROUNDS = 200;
    private static final byte[] DATA = new byte[100];

    /** Takes everything and keeps nothing. */
    private static final class Sink extends PlanePort {
        private long taken;

        Sink(int number) {
            super(number);
        }

        @Override
        boolean isUp() {
            return true;
        }

        @Override
        int send(PacketBatch batch) {
            int count = 0;
            for (int i = 0; i < batch.size(); i++) {
                count += batch.length[i] > 0 ? 1 : 0;
            }
            taken += count;
            return count;
        }
    }

    private final InterfaceNumbers numbers = new InterfaceNumbers();
    private final Sink inside = new Sink(numbers.of(Models.INSIDE));
    private final Sink lan = new Sink(numbers.of(Models.LAN));

    private static byte[][] packets() {
        final List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            final Way way = Way.of("172.16.1.7", 5000 + i / 3, "128.128.128.128", 443);
            final Way wayV6 = Way.of("fd01::7", 5000 + i / 3, "fd80::80", 443);
            all.add(i % 3 == 0 ? Packets.tcp(way, 0x10, DATA) : i % 3 == 1 ? Packets.udp(way, DATA) : Packets.echo(way, true, DATA));
            all.add(i % 3 == 0 ? Packets.tcp(wayV6, 0x10, DATA) : i % 3 == 1 ? Packets.udp(wayV6, DATA) : Packets.echo(wayV6, true, DATA));
        }
        all.add(Packets.udp(Way.of("172.16.1.7", 1, "192.0.2.1", 1), DATA));
        all.add(new byte[] {0x45, 0, 0});
        all.add(Packets.udp(Way.of("172.16.1.7", 5000, "128.128.128.128", 443).hops(1), DATA));
        return all.toArray(byte[][]::new);
    }

    @Test
    void packetsOfSessionsMakeNoGarbage() {
        final PairTable pairs = new PairTable();
        final TimeoutTable timeouts = new TimeoutTable();
        final Forwarder forwarder = new Forwarder(1000, 1, 2, pairs, timeouts);
        final Authority authority = Models.bothUses("10.10.10.2", "fd10::2");
        forwarder.policy(PolicyCompiler.compile(authority, authority.router("r1"), numbers, pairs, timeouts));
        forwarder.attach(inside);
        forwarder.attach(lan);
        final byte[][] packets = packets();
        final PacketBatch original = TestPort.batch(packets);
        final PacketBatch batch = TestPort.batch(packets);
        final int[] lengths = original.length.clone();
        final long[] nowNs = {1_000_000_000_000L};
        long allocated = -1;
        for (int attempt = 0; attempt < 100 && allocated != 0; attempt++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            final long overhead = THREADS.getCurrentThreadAllocatedBytes() - before;
            final long start = THREADS.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < ROUNDS; round++) {
                batch.slab().copyFrom(original.slab());
                System.arraycopy(lengths, 0, batch.length, 0, lengths.length);
                nowNs[0] += 1_000_000;
                forwarder.forward(batch, lan, nowNs[0]);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - start - overhead;
        }
        assertEquals(0, allocated);
        assertEquals(0, inside.taken % (2 * SESSIONS), "all those of sessions, and no other");
        assertEquals(SESSIONS, forwarder.sessions(false).size());
    }
}
