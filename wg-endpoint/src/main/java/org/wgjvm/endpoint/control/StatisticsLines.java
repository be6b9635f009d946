package org.wgjvm.endpoint.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.crypto.PublicKey;

/** What a daemon of ours counts beyond the UAPI, as lines: the answer to {@value #COMMAND}. Lines of an unknown kind are left aside. */
public final class StatisticsLines {
    /** The command. */
    public static final String COMMAND = "statistics";

    private StatisticsLines() {}

    /**
     * The counts of one peer.
     *
     * @param received authentic, new messages from it
     * @param missing messages that it numbered and that did not arrive
     */
    public record PeerCounts(long received, long missing) {}

    /**
     * What the lines say.
     *
     * @param drops packets dropped, by the reason's label; those that never happened are not there
     * @param peers counts of every peer
     */
    public record Counts(Map<String, Long> drops, Map<PublicKey, PeerCounts> peers) {}

    /** Writes them. */
    public static List<String> of(DeviceStatistics statistics) {
        final List<String> lines = new ArrayList<>();
        statistics.drops().forEach((reason, count) -> {
            if (count != 0) {
                lines.add("drops\t" + reason.label() + "\t" + count);
            }
        });
        for (final PeerStatistics peer : statistics.peers()) {
            lines.add("peer\t" + peer.publicKey().toBase64() + "\t" + peer.rxPackets() + "\t" + peer.rxMissing());
        }
        return lines;
    }

    /** Reads them; throws {@link IllegalArgumentException} when a line makes no sense. */
    public static Counts read(List<String> lines) {
        final Map<String, Long> drops = new LinkedHashMap<>();
        final Map<PublicKey, PeerCounts> peers = new HashMap<>();
        for (final String line : lines) {
            final String[] words = line.split("\t", -1);
            if (words[0].equals("drops") && words.length >= 3) {
                drops.put(words[1], Long.parseLong(words[2]));
            } else if (words[0].equals("peer") && words.length >= 4) {
                peers.put(PublicKey.fromBase64(words[1]), new PeerCounts(Long.parseLong(words[2]), Long.parseLong(words[3])));
            }
        }
        return new Counts(drops, peers);
    }
}
