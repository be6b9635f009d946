package org.wgjvm.router.plane;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.wgjvm.router.config.Authority;

/**
 * Two packets that somebody wrote, one after the other, from either side of a router with both of the document's uses: none is thrown out,
 * nothing around them is touched, and what leaves is an IP packet of the length that it says.
 *
 * <p>Input: a byte whose two low bits are the sides, the length of the first packet, and the bytes of both.
 */
final class ForwarderFuzzTest {
    private static final long NOW_NS = 1_000_000_000_000L;

    @FuzzTest(maxDuration = "10s")
    void anyPackets(byte[] input) {
        if (input.length < 2) {
            return;
        }
        final InterfaceNumbers numbers = new InterfaceNumbers();
        final PairTable pairs = new PairTable();
        final TimeoutTable timeouts = new TimeoutTable();
        final TestPort inside = new TestPort(numbers.of(Models.INSIDE));
        final TestPort lan = new TestPort(numbers.of(Models.LAN));
        final Forwarder forwarder = new Forwarder(8, 1, 2, pairs, timeouts);
        final Authority authority = Models.bothUses("10.10.10.2", "fd10::2");
        forwarder.policy(PolicyCompiler.compile(authority, authority.router("r1"), numbers, pairs, timeouts));
        forwarder.attach(inside);
        forwarder.attach(lan);
        final int first = Math.min(input[1] & 0xff, input.length - 2);
        ForwarderFuzz.check(forwarder, (input[0] & 1) == 0 ? lan : inside, Arrays.copyOfRange(input, 2, 2 + first), NOW_NS);
        ForwarderFuzz.check(forwarder, (input[0] & 2) == 0 ? lan : inside, Arrays.copyOfRange(input, 2 + first, input.length), NOW_NS);
        inside.sent.forEach(ForwarderFuzzTest::expectWhole);
        lan.sent.forEach(ForwarderFuzzTest::expectWhole);
    }

    private static void expectWhole(byte[] packet) {
        final boolean v6 = packet[0] >>> 4 == 6;
        final int at = v6 ? 4 : 2;
        final int length = ((packet[at] & 0xff) << 8 | packet[at + 1] & 0xff) + (v6 ? 40 : 0);
        if (packet.length != length) {
            throw new AssertionError("a packet of " + packet.length + " bytes says that it has " + length);
        }
    }
}
