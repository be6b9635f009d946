package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceEvents;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.sys.BootClock;

/** On a real loop, with messages that are refused for their first MAC. */
final class HandshakeTurnsTest {
    private static final int MESSAGES = 1000;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final BootClock clock = new BootClock();
    private final SecureRandom random = new SecureRandom();
    private final BlockingQueue<Long> refusedAfterTurns = new LinkedBlockingQueue<>();
    private Device device;
    private HandshakeTurns turns;

    @BeforeEach
    void start() throws Exception {
        onLoop(() -> {
            device = new Device(TieredAead.create(), random::nextBytes, System::nanoTime, DeviceEvents.NONE, new DeviceOutput() {
                @Override
                public void send(PacketBatch datagrams) {}

                @Override
                public int deliver(PacketBatch inner) {
                    return 0;
                }
            });
            device.privateKey(PrivateKey.generate(random::nextBytes), clock.nowNs());
            device.up(clock.nowNs());
            turns = new HandshakeTurns(loop, device, clock, new LoopObserver(), () -> refusedAfterTurns.add(refused()));
            return null;
        });
    }

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(20, TimeUnit.SECONDS);
    }

    private long refused() {
        return device.counters().drops(DropReason.BAD_MAC1);
    }

    private void flood() {
        final PacketBatch batch = new PacketBatch(MESSAGES, MESSAGES * 152);
        for (int n = 0; n < MESSAGES; n++) {
            final int i = batch.add(n * 152, 148, n * 152 + 148);
            batch.slab().asSlice(batch.offset[i], 148).fill((byte) 0).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            batch.endpoint[i] = Endpoint.v4(0x7f000001, 1000 + n);
        }
        device.inbound(batch, clock.nowNs());
    }

    private void awaitAllRefused() throws InterruptedException {
        for (long refused = 0; refused < MESSAGES; ) {
            final Long after = refusedAfterTurns.poll(20, TimeUnit.SECONDS);
            if (after == null) {
                throw new AssertionError("no turn came after " + refused);
            }
            refused = after;
        }
    }

    @Test
    void messagesAreWorkedOffByTheLoopAndNotByWhoeverBringsThem() throws Exception {
        assertEquals(0, onLoop(() -> {
            flood();
            turns.schedule();
            turns.schedule();
            return refused();
        }));
        awaitAllRefused();
    }

    @Test
    void besideDataTheyAreWorkedOffAsWell() throws Exception {
        onLoop(() -> {
            turns.onData(clock.nowNs());
            flood();
            turns.schedule();
            return null;
        });
        awaitAllRefused();
    }

    @Test
    void stoppedNothingHappensAndResumedItGoesOn() throws Exception {
        onLoop(() -> {
            flood();
            turns.schedule();
            turns.stop();
            turns.schedule();
            return null;
        });
        // What was scheduled before has run by now.
        assertEquals(0, onLoop(this::refused));
        onLoop(() -> {
            turns.resume();
            turns.schedule();
            return null;
        });
        awaitAllRefused();
    }
}
