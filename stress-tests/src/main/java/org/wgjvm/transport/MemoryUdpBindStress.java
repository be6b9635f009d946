package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;

/**
 * Two binds of a memory network send to a third, whose event loop drains what it has: every datagram arrives whole and once, or the loop
 * has a task to come back for it. In two parts, for two processors.
 */
public class MemoryUdpBindStress {
    private static final int LENGTH = 8;
    private static final int SMALL_BATCH = 64;
    private static final int PORT = 7;

    private final MemoryNetwork network = new MemoryNetwork();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final MemoryUdpBind receiver = bind("192.0.2.3");
    final MemoryUdpBind first = bind("192.0.2.1");
    final MemoryUdpBind second = bind("192.0.2.2");
    final PacketBatch one = datagram(1);
    final PacketBatch two = datagram(2);
    int digits;
    int early;

    /** Three open binds, and nothing under way. */
    public MemoryUdpBindStress() {
        try {
            receiver.open(loop(), PORT, 0, new PacketBatch(4, SMALL_BATCH), new Reader());
            first.open(loop(), PORT, 0, new PacketBatch(4, SMALL_BATCH), new Reader());
            second.open(loop(), PORT, 0, new PacketBatch(4, SMALL_BATCH), new Reader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MemoryUdpBind bind(String address) {
        return new MemoryUdpBind(network, SMALL_BATCH, SMALL_BATCH, InetAddress.ofLiteral(address));
    }

    private static PacketBatch datagram(int value) {
        final PacketBatch batch = new PacketBatch(1, SMALL_BATCH);
        final int i = batch.add(0, LENGTH, LENGTH);
        batch.slab().asSlice(0, LENGTH).fill((byte) value);
        batch.endpoint[i] = Endpoint.v4(0xc0000203, PORT);
        return batch;
    }

    /** An event loop that keeps what it is asked to execute. */
    private EventLoop loop() {
        return (EventLoop) Proxy.newProxyInstance(EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (self, method, a) -> {
            if (method.getName().equals("execute")) {
                tasks.add((Runnable) a[0]);
                return null;
            }
            return method.getName().equals("inEventLoop") ? true : null;
        });
    }

    /** What comes to any of the three, as digits. */
    private final class Reader implements UdpBind.Handler {
        @Override
        public PacketBatch onDatagrams(PacketBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                final int value = batch.slab().get(ValueLayout.JAVA_BYTE, batch.offset[i]);
                boolean whole = batch.length[i] == LENGTH && batch.endpoint[i].low() == 0xc0000200L + value;
                for (int j = 1; j < LENGTH; j++) {
                    whole &= batch.slab().get(ValueLayout.JAVA_BYTE, batch.offset[i] + j) == value;
                }
                digits = 10 * digits + (whole ? value : 9);
            }
            return batch;
        }

        @Override
        public void onClosed(Throwable reason) { }
    }

    final void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Both senders at once; the loop comes after them. */
    @JCStressTest
    @Outcome(id = "(12|21), 0", expect = Expect.ACCEPTABLE, desc = "both arrive, one after the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn or repeated")
    @State
    public static class TwoSenders extends MemoryUdpBindStress {
        /** A sender's loop. */
        @Actor
        public void firstSender() {
            first.send(one);
        }

        /** Another's. */
        @Actor
        public void secondSender() {
            second.send(two);
        }

        /** The receiver's loop. */
        @Arbiter
        public void result(II_Result r) {
            finish(r);
        }
    }

    /** The loop drains the first sender's datagram while the second sends. */
    @JCStressTest
    @Outcome(id = "12, [12]", expect = Expect.ACCEPTABLE, desc = "both arrive, at once or one after the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn or repeated")
    @State
    public static class SenderAndLoop extends MemoryUdpBindStress {
        /** With one datagram under way. */
        public SenderAndLoop() {
            first.send(one);
        }

        /** A sender's loop. */
        @Actor
        public void secondSender() {
            second.send(two);
        }

        /** The receiver's loop. */
        @Actor
        public void receiverLoop() {
            runTasks();
            early = digits;
        }

        /** After both: the receiver's loop goes on. */
        @Arbiter
        public void result(II_Result r) {
            finish(r);
        }
    }

    final void finish(II_Result r) {
        runTasks();
        r.r1 = digits;
        r.r2 = early > 9 ? 2 : early > 0 ? 1 : 0;
    }
}
