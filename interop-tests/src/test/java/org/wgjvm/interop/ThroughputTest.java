package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** iperf3 both ways; the figures go to the log. Alone on the machine, as far as this run goes; the bounds only say that it works at all. */
@Interop({Implementation.GO_STABLE, Implementation.GO_NEWEST, Implementation.LINUX})
@Isolated
final class ThroughputTest {
    private static final int SECONDS = 2;
    private static final int WARM_UP_SECONDS = 3;

    @ParameterizedTest(name = "ours and {0}")
    @EnumSource
    void iperf3BothWays(Implementation peer) {
        if (peer == Implementation.LINUX) {
            try (Guest guest = new Guest();
                    Pair pair = Pair.of(Implementation.OURS, guest)) {
                measure(pair, peer, "5M", 1e6);
            }
        } else {
            try (Pair pair = Pair.of(Implementation.OURS, peer)) {
                measure(pair, peer, "30M", 20e6);
            }
        }
    }

    private static void measure(Pair pair, Implementation peer, String udpRate, double leastBitsPerSecond) {
        pair.connect();
        pair.expectTraffic();
        // A new daemon's code is not compiled yet, and the first seconds say nothing about it.
        Iperf.run(pair.rightHost(), Pair.RIGHT_INSIDE, pair.leftHost(), WARM_UP_SECONDS);
        final String note = peer == Implementation.LINUX ? " (emulated guest: the figure is the emulator's)" : "";
        for (final String direction : new String[] {"ours sends", "ours receives"}) {
            final String[] reverse = direction.equals("ours receives") ? new String[] {"-R"} : new String[0];
            final Iperf tcp = Iperf.run(pair.rightHost(), Pair.RIGHT_INSIDE, pair.leftHost(), SECONDS, reverse);
            System.out.printf("iperf3 TCP, %-13s %-10s %s%s%n", direction, peer, tcp, note);
            assertTrue(tcp.bitsPerSecond() > leastBitsPerSecond, "TCP, " + direction + ": " + tcp);
            final String[] udpOptions = reverse.length == 0
                    ? new String[] {"-u", "-b", udpRate, "-l", "1300"}
                    : new String[] {"-u", "-b", udpRate, "-l", "1300", "-R"};
            final Iperf udp = Iperf.run(pair.rightHost(), Pair.RIGHT_INSIDE, pair.leftHost(), SECONDS, udpOptions);
            System.out.printf("iperf3 UDP, %-13s %-10s %s at %s offered%s%n", direction, peer, udp, udpRate, note);
            assertTrue(udp.lostPercent() < 50, "UDP, " + direction + ": " + udp);
        }
    }
}
