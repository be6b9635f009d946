package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PrivateKey;

/** A peer that does not answer: how often it is asked, and what is doubted meanwhile. */
final class UnansweredTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int INITIATION = 1;

    private static final PrivateKey PEER = LoneDevice.key(2);

    /** With the address at which the peer knew us. */
    private static final Endpoint THERE = Packets.endpoint("198.51.100.2", 51821).withLocal(0, 0xc0000201L, 3);

    private final LoneDevice lone = LoneDevice.up();

    private static byte[] packet(long id) {
        return Packets.udp("10.0.0.1", "10.0.0.2", id, 100);
    }

    private void runFor(long ns) {
        final long untilNs = lone.nowNs + ns;
        while (lone.device.nextDeadlineNs() <= untilNs) {
            lone.nowNs = Math.max(lone.nowNs, lone.device.nextDeadlineNs());
            lone.device.onDeadline(lone.nowNs);
        }
        lone.nowNs = untilNs;
    }

    private List<LoneDevice.Sent> initiations() {
        return lone.sent.stream().filter(each -> each.type() == INITIATION).toList();
    }

    /** The kernel's MAX_TIMER_HANDSHAKES, 90 / 5 = 18: that many retries after the first, which are one more, and then it gives up. */
    @Test
    void itIsAskedTwentyTimesAndNoMore() {
        lone.peer(PEER.publicKey(), THERE, 0, "10.0.0.2/32");
        lone.send(packet(1));
        runFor(3600 * SECOND);
        assertEquals(20, initiations().size());
        assertEquals(1, lone.drops(DropReason.STAGED_OVERFLOW), "what waited for it is counted");
        lone.sent.clear();
        lone.send(packet(2));
        runFor(3600 * SECOND);
        assertEquals(20, initiations().size(), "and as often when there is something to send again");
    }

    @Test
    void fromTheSecondTimeOnOurOwnAddressIsLeftToTheKernel() {
        lone.peer(PEER.publicKey(), THERE, 0, "10.0.0.2/32");
        lone.send(packet(1));
        assertTrue(initiations().getFirst().to().hasLocal());
        runFor(6 * SECOND);
        assertEquals(2, initiations().size());
        assertFalse(initiations().get(1).to().hasLocal());
    }

    /** Paper, section 6.5: after KEEPALIVE-TIMEOUT + REKEY-TIMEOUT without an answer a session is begun anew. */
    @Test
    void afterFifteenSecondsOfSilenceInASessionOurOwnAddressIsLeftToTheKernel() {
        lone.peer(PEER.publicKey(), null, 0, "10.0.0.2/32");
        lone.session(PEER, THERE);
        lone.send(packet(1));
        assertTrue(lone.sent.getLast().to().hasLocal());
        runFor(16 * SECOND);
        assertEquals(1, initiations().size());
        assertFalse(initiations().getFirst().to().hasLocal());
    }
}
