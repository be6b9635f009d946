package org.wgjvm.interop;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the messages that enter and leave a namespace on a UDP port, by type, with nftables: what an observer on the wire would see.
 * Counter names are {@code in_} or {@code out_} and then {@code all}, {@code initiation}, {@code response}, {@code cookie}, {@code data}
 * (keepalives included), {@code keepalive}, {@code mac2} (initiations with a second MAC), {@code af41} (handshake messages with this DSCP).
 */
final class Tap {
    private static final String[] NAMES = {"all", "initiation", "response", "cookie", "data", "keepalive", "mac2", "af41"};
    private final Host host;

    /** Watches {@code port} of {@code host} from now on, from zero; an earlier tap of the host is gone. */
    Tap(Host host, int port) {
        this.host = host;
        final StringBuilder table = new StringBuilder("table inet tap\ndelete table inet tap\ntable inet tap {\n");
        for (final String name : NAMES) {
            table.append("counter in_").append(name).append(" {}\ncounter out_").append(name).append(" {}\n");
        }
        chain(table, "in", "input", "udp dport " + port);
        chain(table, "out", "output", "udp sport " + port);
        host.run(Duration.ofSeconds(10), table.append("}\n").toString(), java.util.List.of("nft", "-f", "-")).orFail();
    }

    private static void chain(StringBuilder table, String prefix, String hook, String ours) {
        table.append("chain ").append(prefix).append(" {\n  type filter hook ").append(hook).append(" priority 0; policy accept;\n");
        // Offsets from the UDP header, in bits: the message type is the first byte after its 8 bytes, mac2 the last 16 of 148.
        rule(table, ours, "", prefix + "_all");
        rule(table, ours, "@th,64,8 1 udp length 156", prefix + "_initiation");
        rule(table, ours, "@th,64,8 2 udp length 100", prefix + "_response");
        rule(table, ours, "@th,64,8 3 udp length 72", prefix + "_cookie");
        rule(table, ours, "@th,64,8 4", prefix + "_data");
        rule(table, ours, "@th,64,8 4 udp length 40", prefix + "_keepalive");
        rule(table, ours, "@th,64,8 1 udp length 156 @th,1120,64 != 0", prefix + "_mac2");
        rule(table, ours, "@th,64,8 1-3 ip dscp af41", prefix + "_af41");
        rule(table, ours, "@th,64,8 1-3 ip6 dscp af41", prefix + "_af41");
        table.append("}\n");
    }

    private static void rule(StringBuilder table, String ours, String match, String counter) {
        table.append("  ").append(ours).append(' ').append(match).append(" counter name ").append(counter).append('\n');
    }

    /** Packets counted so far. */
    long count(String name) {
        final String out = host.sh("nft list counter inet tap " + name);
        final Matcher packets = Pattern.compile("packets (\\d+)").matcher(out);
        if (!packets.find()) {
            throw new AssertionError("no packets in: " + out);
        }
        return Long.parseLong(packets.group(1));
    }

    /** Fails the test if a packet leaves within {@code time}, which has to pass. */
    void expectSilence(Duration time) {
        final long before = count("out_all");
        Await.pass(time);
        final long sent = count("out_all") - before;
        if (sent != 0) {
            throw new AssertionError(sent + " packets left in " + time + " of what should have been silence");
        }
    }

    void await(String name, long atLeast, Duration limit) {
        Await.until(atLeast + " packets of " + name, limit, () -> count(name), n -> n >= atLeast);
    }
}
