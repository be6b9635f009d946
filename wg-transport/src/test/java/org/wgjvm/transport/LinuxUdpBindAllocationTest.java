package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.Station.Datagram;

/** In steady state neither sending nor receiving makes an object: the event loop's own allocation counter says so. */
class LinuxUdpBindAllocationTest {
    /** Rounds that must go by without an allocation; and how often that may be tried, because nobody says when compilation has settled. */
    private static final int ROUNDS = 5_000;
    private static final int TRIES = 50;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Sends its batch, waits for all of it to come back, and again; until a whole try allocated nothing, or there were too many. */
    private static final class Pitcher implements UdpBind.Handler {
        final UdpBind bind;
        final PacketBatch batch;
        final CountDownLatch done = new CountDownLatch(1);
        int missing;
        int rounds;
        int tries;
        long allocatedBefore;
        long allocated = -1;

        Pitcher(UdpBind bind, PacketBatch batch) {
            this.bind = bind;
            this.batch = batch;
        }

        void pitch() {
            missing = bind.send(batch);
        }

        @Override
        public PacketBatch onDatagrams(PacketBatch received) {
            missing -= received.size();
            if (missing == 0) {
                if (++rounds == ROUNDS && settled()) {
                    done.countDown();
                    return received;
                }
                pitch();
            }
            return received;
        }

        private boolean settled() {
            final long now = THREADS.getCurrentThreadAllocatedBytes();
            if (tries > 0) {
                allocated = now - allocatedBefore;
            }
            rounds = 0;
            allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            return allocated == 0 || ++tries > TRIES;
        }

        @Override
        public void onClosed(Throwable reason) {
            throw new AssertionError(reason);
        }
    }

    /** Sends back what comes, to where it came from, with its sticky source. */
    private record Catcher(UdpBind bind) implements UdpBind.Handler {
        @Override
        public PacketBatch onDatagrams(PacketBatch received) {
            bind.send(received);
            return received;
        }

        @Override
        public void onClosed(Throwable reason) {
            throw new AssertionError(reason);
        }
    }

    @Test
    void nothingIsAllocatedInSteadyState() throws Exception {
        assertTrue(THREADS.isThreadAllocatedMemoryEnabled());
        final LinuxUdpBind left = new LinuxUdpBind(BindOptions.defaults());
        final LinuxUdpBind right = new LinuxUdpBind(BindOptions.defaults());
        try (LoopThread thread = new LoopThread()) {
            final int port = thread.call(() -> right.open(thread.loop(), 0, 0, LinuxUdpBind.newBatch(16), new Catcher(right)));
            final Pitcher pitcher = new Pitcher(left, Station.batchOf(mixture(port)));
            thread.call(() -> left.open(thread.loop(), 0, 0, LinuxUdpBind.newBatch(16), pitcher));
            thread.run(pitcher::pitch);
            assertTrue(pitcher.done.await(120, TimeUnit.SECONDS), "rounds: " + pitcher.rounds);
            assertEquals(0, pitcher.allocated, "bytes in " + ROUNDS + " rounds of " + pitcher.batch.size() + " datagrams each way");
            thread.run(left::close);
            thread.run(right::close);
        }
    }

    /** Both families, a long run, single datagrams, and traffic classes. */
    private static List<Datagram> mixture(int port) {
        final Endpoint four = LinuxUdpBindTest.loopback("127.0.0.1", port);
        final Endpoint six = LinuxUdpBindTest.loopback("::1", port);
        final List<Datagram> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(Datagram.of(four, 1, i == 9 ? 77 : 1420, i));
        }
        for (int i = 0; i < 6; i++) {
            all.add(Datagram.of(i % 2 == 0 ? four : six, i, 100 + i, i));
        }
        return all;
    }
}
