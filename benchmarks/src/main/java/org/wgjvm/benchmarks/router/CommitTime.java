package org.wgjvm.benchmarks.router;

import java.io.IOException;
import java.io.StringReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.config.ConfigException;
import org.wgjvm.router.profile.RouterListener;
import org.wgjvm.router.profile.RunningRouter;

/**
 * How long a commit takes that changes one peer of many (PLUGIN-1839): from the text of the whole configuration to its being in force and
 * on disk.
 *
 * @param peers how many there are
 * @param readMs median milliseconds to read the text as the candidate
 * @param commitMs median milliseconds to validate it, store it and put it in force
 */
record CommitTime(int peers, double readMs, double commitMs) {
    static CommitTime measure(int peers, int rounds) throws IOException, ConfigException {
        final Path directory = Files.createTempDirectory("wgjvm-bench");
        final int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        try (RunningRouter router = RunningRouter.start("r1", directory.resolve("state"), RouterListener.SILENT)) {
            final double[] read = new double[rounds];
            final double[] commit = new double[rounds];
            // As many rounds again before those that count.
            for (int round = -rounds; round < rounds; round++) {
                final String text = configuration(port, peers, 1 + (round + rounds) % 250);
                final long fromNs = System.nanoTime();
                router.configuration().replace(new StringReader(text));
                final long readNs = System.nanoTime();
                final CommitReport report = router.commit("");
                if (!report.errors().isEmpty()) {
                    throw new IllegalStateException(report.errors().toString());
                }
                if (round >= 0) {
                    read[round] = (readNs - fromNs) / 1e6;
                    commit[round] = (System.nanoTime() - readNs) / 1e6;
                }
            }
            return new CommitTime(peers, median(read), median(commit));
        } finally {
            delete(directory);
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (final Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The first peer has another address in each round. */
    private static String configuration(int port, int peers, int round) {
        final StringBuilder text = new StringBuilder("config\nauthority\nrouter r1\nwireguard-profile wg0\nport " + port
                + "\nprivate-network\nneighborhood remote\naddress 10.64.0.1/10\nexit\n");
        for (int i = 0; i < peers; i++) {
            final byte[] key = new byte[PublicKey.LENGTH];
            key[0] = (byte) i;
            key[1] = (byte) (i >> 8);
            key[2] = 9;
            final String address = i == 0 ? "10.127.0." + round : "10.65." + (i >> 8) + "." + (i & 255);
            text.append("peer n").append(i).append("\npublic-key ").append(PublicKey.of(key, 0));
            text.append("\nallowed-ip ").append(address).append("/32\nexit\n");
        }
        return text.append("exit\nnode node1\ndevice-interface eth1\nnetwork-interface eth1-net\naddress 127.0.0.1\n")
                .append("wireguard-profile wg0\nexit\nexit\nexit\nexit\nexit\nexit\nexit\n").toString();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "A commit that changes one of %,d peers: %.1f ms to read the configuration, %.1f ms to put it in force.",
                peers, readMs, commitMs);
    }

    String json() {
        return String.format(Locale.ROOT, "{\"peers\": %d, \"read_ms\": %.2f, \"commit_ms\": %.2f}", peers, readMs, commitMs);
    }
}
