package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.FileDescriptors;

/** In steady state packets cost no garbage. */
final class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Runs until it has gone {@code rounds} times without an allocation, which is when compilation has settled; at most 100 times that. */
    private static void assertSettlesWithoutAllocation(int rounds, Runnable work) {
        long allocated = -1;
        for (int attempt = 0; attempt < 100 && allocated != 0; attempt++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            final long overhead = THREADS.getCurrentThreadAllocatedBytes() - before;
            final long start = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                work.run();
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - start - overhead;
        }
        assertEquals(0, allocated, "bytes in " + rounds + " rounds");
    }

    @Test
    void splittingAndCoalescing() {
        final Random random = new Random(1);
        final TestPackets.Flow flow = TestPackets.flow(random, true, true);
        final byte[] whole = TestPackets.packet(flow, 0, 0, TestPackets.ACK, TestPackets.payload(random, 60_000));
        final MemorySegment frame = Arena.ofAuto().allocate(70_000);
        MemorySegment.copy(whole, 0, frame, ValueLayout.JAVA_BYTE, 0, whole.length);
        final GsoSplitter splitter = new GsoSplitter();
        final PortCounters counters = new PortCounters();
        final GroCoalescer coalescer = new GroCoalescer((vector, count) -> count, counters, true, true, true);
        final PacketBatch batch = new PacketBatch(128, 256 * 1024);
        assertSettlesWithoutAllocation(1000, () -> {
            batch.clear();
            splitter.begin(frame, 0, whole.length, VirtioHeader.GSO_TCPV4, 1368, 20);
            splitter.split(batch);
            coalescer.write(batch);
        });
        final long rounds = counters.get(PortCounter.WRITTEN_SUPERFRAMES);
        assertEquals(44 * rounds, counters.get(PortCounter.WRITTEN_PACKETS));
        assertTrue(rounds >= 1000);
    }

    @Test
    void ringsOfAMemoryPort() {
        final PacketRing ring = new PacketRing(64, 1420);
        final MemorySegment packet = Arena.ofAuto().allocate(1420);
        final PacketBatch batch = new PacketBatch(128, 256 * 1024);
        assertSettlesWithoutAllocation(1000, () -> {
            for (int i = 0; i < 40; i++) {
                ring.offer(packet, 0, 1420);
            }
            batch.clear();
            ring.drainTo(batch);
        });
    }

    /** Packets that the kernel answers: an echo request written is an echo reply to read, at once. */
    @Test
    void writingAndReadingARealDevice() throws Exception {
        TestNamespace.assumePrivileged();
        try (TestNamespace namespace = TestNamespace.create()) {
            final TunDevice device = TunDevice.create("wgta%d", TunOptions.ALL);
            try {
                echo(device, namespace);
            } finally {
                FileDescriptors.close(device.fd());
            }
        }
    }

    private static void echo(TunDevice device, TestNamespace namespace) throws IOException {
        final String name = device.currentName();
        TestNamespace.run(java.util.List.of("ip", "link", "set", name, "netns", namespace.name));
        namespace.exec("ip", "addr", "add", "192.0.2.2/24", "dev", name);
        namespace.exec("ip", "link", "set", name, "up");
        final byte[] request = new byte[84];
        final ByteBuffer b = ByteBuffer.wrap(request);
        b.putInt(0, 0x45000054).put(8, (byte) 64).put(9, (byte) 1).putInt(12, 0xc0000201).putInt(16, 0xc0000202);
        b.putShort(10, (short) ~Rfc1071.sum(request, 0, 20));
        b.put(20, (byte) 8);
        b.putShort(22, (short) ~Rfc1071.sum(request, 20, 84));

        final PortCounters counters = new PortCounters();
        final TunReader reader = new TunReader(device, counters);
        final GroCoalescer writer =
                new GroCoalescer((vector, count) -> FileDescriptors.writev(device.fd(), vector, count), counters, true, true, true);
        final PacketBatch out = new PacketBatch(16, 16 * 1024);
        for (int i = 0; i < 16; i++) {
            TestPackets.add(out, request);
        }
        final PacketBatch in = new PacketBatch(64, 128 * 1024);
        assertSettlesWithoutAllocation(300, () -> {
            writer.write(out);
            in.clear();
            reader.fill(in, 1500);
        });
        assertTrue(counters.get(PortCounter.READ_PACKETS) >= 300 * 16, () -> "replies: " + counters.get(PortCounter.READ_PACKETS));
        assertEquals(0, counters.get(PortCounter.WRITE_REFUSED));
    }
}
