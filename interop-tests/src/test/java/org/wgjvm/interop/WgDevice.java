package org.wgjvm.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A WireGuard interface with a key of its own, configured only through {@code wg} and {@code ip}, as an administrator would: a daemon in a
 * namespace, or an interface of the guest's kernel.
 */
final class WgDevice implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Implementation implementation;
    private final Host host;
    private final String name;
    private final String privateKey;
    private final String publicKey;
    private final Path log;
    private Host tunHost;
    private Process process;
    private Map<String, String> environment = Map.of();

    private WgDevice(Implementation implementation, Host host, String name) {
        this.implementation = implementation;
        this.host = host;
        this.tunHost = host;
        this.name = name;
        this.log = Lab.logs().resolve(name + "-" + implementation + ".log");
        this.privateKey = Command.run(START_LIMIT, "", List.of("wg", "genkey")).orFail().out().strip();
        this.publicKey = Command.run(START_LIMIT, privateKey, List.of("wg", "pubkey")).orFail().out().strip();
    }

    /** A running daemon in {@code namespace} whose UAPI socket answers. */
    static WgDevice daemon(Implementation implementation, Namespace namespace) {
        final WgDevice device = new WgDevice(implementation, namespace, Leftovers.freshName());
        device.start();
        return device;
    }

    /** An interface of the guest's kernel. */
    static WgDevice kernel(Host guest) {
        final WgDevice device = new WgDevice(Implementation.LINUX, guest, Leftovers.freshName());
        guest.sh("ip link add " + device.name + " type wireguard");
        return device;
    }

    /** Starts the daemon, which must not run; returns when {@code wg show} works. */
    void start() {
        final List<String> words = new ArrayList<>(implementation.command());
        words.add(name);
        final Map<String, String> all = new HashMap<>(Map.of("WG_PROCESS_FOREGROUND", "1", "LOG_LEVEL", "verbose"));
        all.putAll(environment);
        process = ((Namespace) host).start(log, all, words);
        FailureReport.watch(log);
        Await.until("the daemon of " + this + " answers; " + log, START_LIMIT, () -> {
            if (!process.isAlive() && lostItsSocket()) {
                process = ((Namespace) host).start(log, all, words);
            } else if (!process.isAlive()) {
                throw new AssertionError(this + " ended with exit code " + process.exitValue() + "\n" + logText());
            }
            // Not wg: it deletes a socket that refuses it, as one does that is bound and does not listen yet.
            return accepts() && host.run("wg", "show", name).ok();
        });
    }

    /** Kills the daemon and starts it anew, with no configuration and with these environment variables besides the usual ones. */
    void restart(Map<String, String> more) {
        kill();
        environment = more;
        start();
    }

    /** Whether another's daemon ended because a {@code wg show} of another test came between its {@code bind} and its {@code listen}. */
    private boolean lostItsSocket() {
        return implementation != Implementation.OURS && logText().contains("Failed to listen on uapi socket");
    }

    private boolean accepts() {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of("/run/wireguard/" + name + ".sock"))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    String name() {
        return name;
    }

    String privateKey() {
        return privateKey;
    }

    String publicKey() {
        return publicKey;
    }

    Host host() {
        return host;
    }

    Implementation implementation() {
        return implementation;
    }

    /** What the daemon has logged so far. */
    String logText() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A peer section for this device, with {@code allowedIps}. */
    PeerSpec peer(String allowedIps) {
        return PeerSpec.of(publicKey, allowedIps);
    }

    /** Removes every peer, and with them their sessions, then sets key, port and the given peers. */
    void configure(int listenPort, PeerSpec... peers) {
        final String device = "[Interface]\nPrivateKey = " + privateKey + "\nListenPort = " + listenPort + "\n";
        final String peerText = Arrays.stream(peers).map(PeerSpec::text).collect(Collectors.joining());
        setconf(device);
        setconf(device + peerText);
    }

    /** {@code wg setconf} with this text. */
    void setconf(String text) {
        host.run(START_LIMIT, text, List.of("wg", "setconf", name, "/dev/stdin")).orFail();
    }

    /** {@code wg set}, after the name of the interface. */
    void set(String arguments) {
        host.sh("wg set " + name + " " + arguments);
    }

    /** {@code wg show}: a single field of every peer, as in {@code latest-handshakes}; the value for {@code peer}. */
    String show(String field, WgDevice peer) {
        return host.sh("wg show " + name + " " + field)
                .lines()
                .filter(l -> l.startsWith(peer.publicKey + "\t"))
                .map(l -> l.substring(peer.publicKey.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(this + " has no peer " + peer));
    }

    /** Time of the latest handshake with {@code peer}, in seconds since 1970; 0 for never. */
    long latestHandshake(WgDevice peer) {
        return Long.parseLong(show("latest-handshakes", peer));
    }

    /** Received and sent bytes of {@code peer}, as {@code wg show transfer} says. */
    long[] transfer(WgDevice peer) {
        return Arrays.stream(show("transfer", peer).split("\t")).mapToLong(Long::parseLong).toArray();
    }

    /** Gives the interface exactly these addresses and this MTU, and brings it up. */
    void up(int mtu, String... addresses) {
        final StringBuilder lines = new StringBuilder("ip addr flush dev ").append(name).append('\n');
        lines.append("ip link set ").append(name).append(" mtu ").append(mtu).append(" up\n");
        for (final String address : addresses) {
            lines.append("ip addr add ").append(address).append(" dev ").append(name).append(address.contains(":") ? " nodad\n" : "\n");
        }
        tunHost.sh(lines.toString());
    }

    /**
     * Whether UDP sockets of both families are bound to {@code port} where this device's daemon is. A daemon binds one after the other: who
     * sends to the second as soon as the first is there loses an initiation, and waits for the next one longer than a ping does.
     */
    boolean listensOn(int port) {
        return !host.sh("ss -4Huln sport = :" + port).isEmpty() && !host.sh("ss -6Huln sport = :" + port).isEmpty();
    }

    /** Whether no UDP socket of any family is bound to {@code port} where this device's daemon is. */
    boolean leavesFree(int port) {
        return host.sh("ss -Huln sport = :" + port).isEmpty();
    }

    void down() {
        tunHost.sh("ip link set " + name + " down");
    }

    /** Moves the interface to another namespace; the daemon and its UDP socket stay. */
    void moveTo(Namespace namespace) {
        tunHost.sh("ip link set " + name + " netns " + namespace.name());
        tunHost = namespace;
    }

    /** SIGKILL, as when a machine loses power; returns when the interface is gone. */
    void kill() {
        Command.killTree(process.toHandle());
        Await.until(name + " is gone", Duration.ofSeconds(10), () -> !tunHost.run("ip", "link", "show", name).ok());
    }

    /** The daemon's process, or null for an interface of a kernel. */
    Process process() {
        return process;
    }

    @Override
    public void close() {
        if (process == null) {
            host.run("ip", "link", "del", name);
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                Command.killTree(process.toHandle());
            }
        } catch (InterruptedException e) {
            Command.killTree(process.toHandle());
            Thread.currentThread().interrupt();
        }
        Command.run(START_LIMIT, "", List.of("rm", "-f", "/var/run/wireguard/" + name + ".sock", "/var/run/wireguard/" + name + ".wgjvm"));
        FailureReport.forget(log);
    }

    @Override
    public String toString() {
        return name + " (" + implementation + ")";
    }
}
