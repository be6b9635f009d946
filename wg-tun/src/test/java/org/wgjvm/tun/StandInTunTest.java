package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wgjvm.core.packet.PacketBatch;

final class StandInTunTest {
    private static final int ONE = 0x0a000001;
    private static final int OTHER = 0x0a000002;
    private static final int PATIENCE_MS = 30_000;

    private static MultiThreadIoEventLoopGroup group;

    @BeforeAll
    static void startLoop() {
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterAll
    static void stopLoop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Writes what one device reads to the other. */
    private record Forwarder(LinuxTun to) implements PacketPort.Handler {
        @Override
        public PacketBatch onPackets(PacketBatch batch) {
            to.write(batch);
            batch.clear();
            batch.mtu(LinuxTun.DEFAULT_MTU);
            return batch;
        }

        @Override
        public void onMtu(int mtu) {
            assertEquals(LinuxTun.DEFAULT_MTU, mtu);
        }

        @Override
        public void onLink(boolean up) {
            assertTrue(up);
        }

        @Override
        public void onClosed(Throwable reason) {
            throw new IllegalStateException(reason);
        }
    }

    private static PacketBatch batch() {
        final PacketBatch batch = new PacketBatch(128, 256 * 1024);
        batch.mtu(LinuxTun.DEFAULT_MTU);
        return batch;
    }

    @ParameterizedTest
    @EnumSource
    void whatItsHostSendsIsReadSplitJoinedAndDelivered(StandInTun.Traffic traffic) throws IOException {
        final EventLoop loop = group.next();
        try (StandInTun left = StandInTun.open("left", ONE, OTHER); StandInTun right = StandInTun.open("right", OTHER, ONE)) {
            final LinuxTun from = left.attach();
            final LinuxTun to = right.attach();
            from.start(loop, batch(), new Forwarder(to));
            for (int n = 0; n < 5; n++) {
                final int sent = left.send(traffic);
                assertTrue(sent > 0);
                assertTrue(right.await(PATIENCE_MS));
                // One frame became one frame again, or else there would be more headers.
                assertEquals(sent, right.receive());
            }
            loop.submit(from::close).syncUninterruptibly();
            to.close();
        }
    }

    @Test
    void whoAttachesLaterReadsOn() throws IOException {
        final EventLoop loop = group.next();
        try (StandInTun left = StandInTun.open("left", ONE, OTHER); StandInTun right = StandInTun.open("right", OTHER, ONE)) {
            final LinuxTun to = right.attach();
            final LinuxTun first = left.attach();
            first.start(loop, batch(), new Forwarder(to));
            loop.submit(first::close).syncUninterruptibly();
            final int sent = left.send(StandInTun.Traffic.SMALL);
            final LinuxTun second = left.attach();
            second.start(loop, batch(), new Forwarder(to));
            assertTrue(right.await(PATIENCE_MS));
            assertEquals(sent, right.receive());
            loop.submit(second::close).syncUninterruptibly();
            to.close();
        }
    }
}
