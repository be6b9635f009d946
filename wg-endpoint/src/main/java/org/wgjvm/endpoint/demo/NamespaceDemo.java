package org.wgjvm.endpoint.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** The demonstration for root: two network namespaces joined by a cable, a daemon with a TUN device in each, and traffic between them. */
public final class NamespaceDemo {
    private static final int PORT = 51820;
    private static final int OUTER = 0xc6336400; // 198.51.100.0, RFC 5737
    private static final String INNER = "10.77.0.";
    private static final long START_TIMEOUT_NS = 60_000_000_000L;
    private static final int ECHOES = 2_000;

    private final Progress progress;
    private final String daemon;
    private final Path sockets;
    private final int seconds;
    private final String[] names = new String[2];
    private final String[] namespaces = new String[2];
    private final PrivateKey[] keys = new PrivateKey[2];
    private final Children children = new Children();

    /**
     * Prepares it.
     *
     * @param daemon program to start, called with {@code -f INTERFACE}
     * @param seconds of the TCP transfer
     */
    public NamespaceDemo(Progress progress, String daemon, Path sockets, int seconds) {
        this.progress = progress;
        this.daemon = daemon;
        this.sockets = sockets;
        this.seconds = seconds;
        final String id = Long.toString(ProcessHandle.current().pid(), 36);
        for (int i = 0; i < 2; i++) {
            names[i] = "wgd" + id + "ab".charAt(i);
            namespaces[i] = "wgjvm-demo-" + id + "-" + "ab".charAt(i);
            keys[i] = PrivateKey.generate(new SecureRandom()::nextBytes);
        }
    }

    /** Tells why it cannot run here, or null: it needs root, namespaces and TUN devices. */
    public static String obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "not root";
        }
        if (!Files.isWritable(Path.of("/dev/net/tun"))) {
            return "no /dev/net/tun";
        }
        final String probe = "wgjvm-probe-" + ProcessHandle.current().pid();
        try (Children one = new Children()) {
            one.namespace(probe);
            return null;
        } catch (DemoException e) {
            return e.getMessage();
        }
    }

    /** Runs it; everything it made is gone afterwards, also when the process is told to end meanwhile. */
    public Summary run() throws DemoException {
        final Thread onSignal = new Thread(children::close);
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            cable();
            daemons();
            configure();
            return traffic();
        } finally {
            children.close();
            keys[0].close();
            keys[1].close();
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                // The hook runs already.
            }
        }
    }

    private void cable() throws DemoException {
        progress.say("Two network namespaces, " + namespaces[0] + " and " + namespaces[1] + ", joined by a virtual cable");
        children.namespace(namespaces[0]);
        children.namespace(namespaces[1]);
        children.run("ip", "link", "add", "v0", "netns", namespaces[0], "type", "veth", "peer", "name", "v1", "netns", namespaces[1]);
        for (int i = 0; i < 2; i++) {
            children.run("ip", "-n", namespaces[i], "addr", "add", "198.51.100." + (i + 1) + "/24", "dev", "v" + i);
            children.run("ip", "-n", namespaces[i], "link", "set", "v" + i, "up");
        }
    }

    private void daemons() throws DemoException {
        final Process[] processes = new Process[2];
        for (int i = 0; i < 2; i++) {
            final ProcessBuilder builder = new ProcessBuilder("ip", "netns", "exec", namespaces[i], daemon, "-f", names[i]);
            builder.environment().put("WG_PROCESS_FOREGROUND", "1");
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            final Process process = children.start(builder);
            Thread.ofPlatform().daemon().start(() -> passOn(process));
            processes[i] = process;
        }
        final long startNs = System.nanoTime();
        for (int i = 0; i < 2; i++) {
            while (!UapiSocket.isLive(UapiSocket.path(sockets, names[i]))) {
                if (!processes[i].isAlive()) {
                    throw new DemoException("the daemon of " + names[i] + " ended with " + processes[i].exitValue());
                }
                if (System.nanoTime() - startNs > START_TIMEOUT_NS) {
                    throw new DemoException("the daemon of " + names[i] + " does not answer");
                }
                sleep(10);
                progress.update("Starting a daemon in each ...");
            }
        }
        progress.say(String.format(
                Locale.ROOT, "A daemon in each (%s, %s), ready after %.1f s", names[0], names[1], (System.nanoTime() - startNs) / 1e9));
    }

    /** What a daemon has to say. */
    private static void passOn(Process daemon) {
        new BufferedReader(new InputStreamReader(daemon.getErrorStream(), StandardCharsets.UTF_8))
                .lines()
                .forEach(System.err::println);
    }

    private void configure() throws DemoException {
        final PublicKey[] publicKeys = {keys[0].publicKey(), keys[1].publicKey()};
        for (int i = 0; i < 2; i++) {
            final int other = 1 - i;
            final PeerChange peer = new PeerChange(
                    publicKeys[other],
                    false,
                    false,
                    null,
                    i == 0 ? Endpoint.v4(OUTER + other + 1, PORT) : null,
                    null,
                    true,
                    List.of(new PeerChange.AllowedIp(IpPrefix.v4(0x0a4d0000 + other + 1, 32), false)));
            try (UapiClient client = UapiClient.connect(UapiSocket.path(sockets, names[i]))) {
                client.set(new DeviceChange(keys[i], PORT, null, true, List.of(peer)));
            } catch (IOException e) {
                throw new DemoException("cannot configure " + names[i] + ": " + e.getMessage());
            }
            children.run("ip", "-n", namespaces[i], "addr", "add", INNER + (i + 1) + "/24", "dev", names[i]);
            children.run("ip", "-n", namespaces[i], "link", "set", names[i], "up");
        }
        progress.say("Keys and peers are set; inside the tunnel the two are " + INNER + "1 and " + INNER + "2");
    }

    private Process child(int side, String... arguments) throws DemoException {
        final String java = ProcessHandle.current().info().command().orElse("java");
        final List<String> command = new ArrayList<>(List.of(
                "ip", "netns", "exec", namespaces[side], java, "-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), TunnelChild.class.getName()));
        command.addAll(List.of(arguments));
        return children.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    private Summary traffic() throws DemoException {
        final Process server = child(1, "server", INNER + "2");
        try {
            final String first = lines(server).readLine();
            if (!"ready".equals(first)) {
                throw new DemoException("the server at the far end: " + first);
            }
            final Process client = child(0, "client", INNER + "2", Integer.toString(seconds), Integer.toString(ECHOES));
            return follow(lines(client));
        } catch (IOException e) {
            throw new DemoException("interrupted: " + e.getMessage());
        }
    }

    private Summary follow(BufferedReader client) throws IOException, DemoException {
        final Histogram roundTrips = Summary.histogram();
        long handshakeNs = 0;
        long bytes = 0;
        long transferNs = 0;
        long lost = 0;
        for (String line = client.readLine(); line != null; line = client.readLine()) {
            final String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "handshake" -> {
                    handshakeNs = Long.parseLong(words[1]);
                    progress.say(String.format(
                            Locale.ROOT, "Ping through the tunnel answered after %.2f ms, handshake included", handshakeNs / 1e6));
                }
                case "rtt" -> {
                    roundTrips.recordValue(Math.min(Long.parseLong(words[1]), roundTrips.getHighestTrackableValue()));
                    progress.update("Round trips: " + roundTrips.getTotalCount() + " of " + ECHOES);
                }
                case "lost" -> lost++;
                case "tcp" -> {
                    bytes = Long.parseLong(words[1]);
                    transferNs = Long.parseLong(words[2]);
                    progress.update(String.format(
                            Locale.ROOT,
                            "TCP through the tunnel: %.1f of %d s, %s, %s",
                            transferNs / 1e9, seconds, Summary.amount(bytes), Summary.rate(bytes, transferNs)));
                }
                case "received" -> {
                    bytes = Long.parseLong(words[1]);
                    transferNs = Long.parseLong(words[2]);
                    progress.say("TCP through the tunnel: " + Summary.amount(bytes) + " received");
                }
                case "done" -> {
                    return new Summary(handshakeNs, bytes, transferNs, "TCP, one stream", roundTrips, lost);
                }
                default -> throw new DemoException(line);
            }
        }
        throw new DemoException("the traffic ended early");
    }

    private static void sleep(long ms) throws DemoException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted");
        }
    }
}
