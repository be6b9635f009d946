package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.PacketBatch;

final class MemoryPortTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final MemorySegment packet = Arena.ofAuto().allocate(2048);

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Sends back whatever comes. */
    private static final class Echo implements PacketPort.Handler {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final PacketPort port;

        Echo(PacketPort port) {
            this.port = port;
        }

        @Override
        public PacketBatch onPackets(PacketBatch batch) {
            port.write(batch);
            batch.clear();
            return batch;
        }

        @Override
        public void onMtu(int mtu) {
            events.add("mtu " + mtu);
        }

        @Override
        public void onLink(boolean up) {
            events.add(up ? "up" : "down");
        }

        @Override
        public void onClosed(Throwable reason) {
            events.add("closed");
        }

        String next() throws InterruptedException {
            final String event = events.poll(10, TimeUnit.SECONDS);
            assertNotNull(event, "no event within 10 s");
            return event;
        }
    }

    private void number(int n) {
        packet.set(ValueLayout.JAVA_INT, 0, n);
    }

    @Test
    void everyPacketComesBackInOrderAndNoWakeUpIsLost() throws Exception {
        final Semaphore delivered = new Semaphore(0);
        final MemoryPort port = new MemoryPort("ring", 1420, 64, 1420, delivered::release);
        port.start(loop, new PacketBatch(16, 32 * 1024), new Echo(port));
        final int total = 50_000;
        final AtomicInteger arrived = new AtomicInteger();
        final Thread poller = new Thread(() -> {
            while (arrived.get() < total) {
                final int count = port.poll((memory, offset, length) -> {
                    if (memory.get(ValueLayout.JAVA_INT, offset) == arrived.get() && length == 100 + arrived.get() % 1000) {
                        arrived.incrementAndGet();
                    }
                }, 32);
                if (count == 0) {
                    delivered.acquireUninterruptibly(); // for ever, if a wake-up is lost
                }
            }
        });
        poller.setDaemon(true);
        poller.start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int i = 0; i < total;) {
            // No more on the way than a ring holds, so that nothing may be dropped; one less, for a packet keeps its slot until after the
            // consumer has counted it.
            if (i - arrived.get() < 63) {
                number(i);
                assertTrue(port.offer(packet, 0, 100 + i % 1000));
                i++;
            } else {
                assertTrue(System.nanoTime() < deadlineNs, () -> "stopped at " + arrived.get());
                Thread.onSpinWait();
            }
        }
        poller.join(10_000);
        assertEquals(total, arrived.get());
        assertEquals(0, port.counters().get(PortCounter.WRITE_OVERFLOW));
        assertEquals(total, port.counters().get(PortCounter.READ_PACKETS));
    }

    @Test
    void dropsAndCountsWhatDoesNotFit() throws Exception {
        final MemoryPort port = new MemoryPort("ring", 1420, 4);
        assertFalse(port.offer(packet, 0, 1421));
        for (int i = 0; i < 4; i++) {
            assertTrue(port.offer(packet, 0, 60));
        }
        assertFalse(port.offer(packet, 0, 60));
        assertEquals(2, port.counters().get(PortCounter.READ_OVERFLOW));

        // What was offered before the start is not lost, and the outbound ring is as small.
        final Echo echo = new Echo(port);
        port.start(loop, new PacketBatch(16, 32 * 1024), echo);
        loop.submit(() -> {}).syncUninterruptibly();
        final PacketBatch out = new PacketBatch(8, 16 * 1024);
        final PacketBatch five = new PacketBatch(8, 16 * 1024);
        for (int i = 0; i < 5; i++) {
            five.addInner(20);
        }
        assertEquals(4, port.poll(out));
        assertEquals(4, loop.submit(() -> port.write(five)).get(10, TimeUnit.SECONDS));
        assertEquals(1, port.counters().get(PortCounter.WRITE_OVERFLOW));
    }

    @Test
    void offersABatchWithoutItsDroppedPackets() throws Exception {
        final MemoryPort port = new MemoryPort("ring", 1420, 16);
        final PacketBatch batch = new PacketBatch(8, 16 * 1024);
        for (int i = 0; i < 3; i++) {
            batch.addInner(20 + i);
        }
        batch.length[1] = 0;
        assertEquals(2, port.offer(batch));
        port.start(loop, new PacketBatch(16, 32 * 1024), new Echo(port));
        loop.submit(() -> {}).syncUninterruptibly();
        final PacketBatch out = new PacketBatch(8, 16 * 1024);
        assertEquals(2, port.poll(out));
        assertEquals(20, out.length[0]);
        assertEquals(22, out.length[1]);
    }

    @Test
    void tellsOfMtuLinkAndEnd() throws Exception {
        final MemoryPort port = new MemoryPort("ring", 1420, 16);
        final Echo echo = new Echo(port);
        port.start(loop, new PacketBatch(16, 32 * 1024), echo);
        assertEquals("mtu 1420", echo.next());
        assertEquals("up", echo.next());
        port.setMtu(1300);
        assertEquals("mtu 1300", echo.next());
        port.setUp(false);
        assertEquals("down", echo.next());
        assertFalse(port.isUp());
        port.disconnect();
        assertEquals("closed", echo.next());
        assertFalse(port.offer(packet, 0, 60));
        port.setUp(true);
        loop.submit(() -> {}).syncUninterruptibly();
        assertTrue(echo.events.isEmpty());
    }
}
