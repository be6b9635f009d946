package org.wgjvm.endpoint.doctor;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** The interfaces that run on this machine: how they fit its routes, its paths, and one another. */
final class InterfaceChecks {
    private static final int V4_OVERHEAD = 60;
    private static final int V6_OVERHEAD = 80;

    /** Questions to {@code ip} about peers end after so many: a hub has too many to wait for. */
    private static final int MOST_QUESTIONS = 200;

    private static final Pattern MTU = Pattern.compile("\\bmtu (\\d+)");
    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");

    private final Path sockets;
    private final Consumer<Finding> out;
    private final Map<String, DeviceSnapshot> devices = new LinkedHashMap<>();
    private int questions;

    InterfaceChecks(Path sockets, Consumer<Finding> out) {
        this.sockets = sockets;
        this.out = out;
    }

    /** {@code only} is null for all. */
    void run(String only) {
        staleSockets();
        read();
        if (only != null && !devices.containsKey(only)) {
            out.accept(Finding.fail(only, "no such interface answers at " + UapiSocket.path(sockets, only), "start it: wg-jvm up " + only));
        }
        devices.forEach((name, device) -> {
            if (only == null || only.equals(name)) {
                device(name, device);
            }
        });
        overlaps(only);
    }

    private void staleSockets() {
        if (!Files.isDirectory(sockets)) {
            return;
        }
        if (!Files.isReadable(sockets)) {
            out.accept(Finding.warn("sockets", sockets + " cannot be read", "run as root to look at interfaces"));
            return;
        }
        try (Stream<Path> files = Files.list(sockets)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                if (file.getFileName().toString().matches(".*\\.(sock|wgjvm)") && !UapiSocket.isLive(file)) {
                    out.accept(Finding.warn("sockets", "nobody listens on " + file, "rm " + file + " (a new daemon replaces it)"));
                }
            }
        } catch (IOException e) {
            out.accept(Finding.warn("sockets", sockets + ": " + e.getMessage(), "see the reason"));
        }
    }

    private void read() {
        final List<String> names;
        try {
            names = UapiSocket.interfaces(sockets);
        } catch (IOException e) {
            return;
        }
        for (final String name : names) {
            try (UapiClient client = UapiClient.connect(UapiSocket.path(sockets, name))) {
                devices.put(name, client.get());
            } catch (IOException e) {
                out.accept(Finding.fail(name, "does not answer: " + e.getMessage(), "restart its daemon"));
            }
        }
    }

    private void device(String name, DeviceSnapshot device) {
        final int mtu = mtu(name);
        if (mtu < 0) {
            out.accept(Finding.warn(name, "its daemon answers, but there is no such link in this network namespace",
                    "look in the namespace that the link was moved to, with ip netns exec"));
        }
        if (device.privateKey() == null) {
            out.accept(Finding.fail(name, "has no private key", "wg set " + name + " private-key FILE"));
        }
        if (device.peers().isEmpty()) {
            out.accept(Finding.warn(name, "has no peer", "wg set " + name + " peer ..."));
        }
        for (final PeerSnapshot peer : device.peers()) {
            peer(name, device, mtu, peer);
        }
    }

    private void peer(String name, DeviceSnapshot device, int mtu, PeerSnapshot peer) {
        final String who = "peer " + Log.abbreviated(peer.publicKey());
        if (peer.allowedIps().isEmpty()) {
            out.accept(Finding.warn(name, who + " has no allowed IPs: nothing is sent to it or taken from it",
                    "wg set " + name + " peer ... allowed-ips ..."));
        }
        if (peer.endpoint() == null) {
            out.accept(Finding.ok(name, who + " has no endpoint yet: it has to begin"));
            return;
        }
        if (peer.lastHandshakeEpochNs() == 0) {
            out.accept(Finding.warn(name, who + " at " + peer.endpoint() + " has never completed a handshake",
                    "is it up, are both public keys right, does a firewall let UDP through? wg-jvm capture --outer shows who sends"));
        }
        if (questions++ >= MOST_QUESTIONS) {
            return;
        }
        final boolean v6 = peer.endpoint().isV6();
        final String address = v6
                ? InetText.v6(peer.endpoint().high(), peer.endpoint().low())
                : InetText.v4((int) peer.endpoint().low());
        final String route = ask("ip", "route", "get", address, "mark", Integer.toUnsignedString(device.fwmark()));
        if (route.isBlank()) {
            out.accept(Finding.fail(name, who + ": there is no route to " + address, "add one; IPv6 endpoints need IPv6 here"));
            return;
        }
        final String through = first(DEVICE, route);
        if (name.equals(through)) {
            out.accept(Finding.fail(name, who + ": its endpoint " + address + " is routed into the tunnel itself",
                    "give the interface a FwMark with a rule, as wg-quick does, or take the endpoint out of AllowedIPs"));
            return;
        }
        pathMtu(name, who, mtu, route, through, v6 ? V6_OVERHEAD : V4_OVERHEAD);
    }

    private void pathMtu(String name, String who, int mtu, String route, String through, int overhead) {
        final String ofRoute = first(MTU, route);
        final int path = ofRoute != null ? Integer.parseInt(ofRoute) : through == null ? -1 : mtu(through);
        if (mtu <= 0 || path <= 0) {
            return;
        }
        if (mtu + overhead > path) {
            out.accept(Finding.warn(name, who + ": MTU " + mtu + " with " + overhead + " bytes of ours is more than the path's " + path
                    + ": datagrams are fragmented", "ip link set mtu " + (path - overhead) + " dev " + name));
        } else {
            out.accept(Finding.ok(name, who + ": MTU " + mtu + " fits the path's " + path + " by way of " + through));
        }
    }

    /** The same allowed IP on two interfaces, and one whose route leads elsewhere. */
    private void overlaps(String only) {
        final Map<IpPrefix, String> owners = new LinkedHashMap<>();
        int asked = 0;
        for (final Map.Entry<String, DeviceSnapshot> device : devices.entrySet()) {
            for (final PeerSnapshot peer : device.getValue().peers()) {
                for (final IpPrefix prefix : peer.allowedIps()) {
                    final String other = owners.putIfAbsent(prefix, device.getKey());
                    final boolean shown = only == null || only.equals(device.getKey()) || only.equals(other);
                    if (other != null && !other.equals(device.getKey()) && shown) {
                        out.accept(Finding.warn(device.getKey(), prefix + " is allowed on " + other + " too",
                                "only one of them gets its packets, as the routes say: take it off the other"));
                    }
                    if ((only == null || only.equals(device.getKey())) && prefix.bits() > 0 && asked++ < MOST_QUESTIONS) {
                        route(device.getKey(), prefix);
                    }
                }
            }
        }
    }

    private void route(String name, IpPrefix prefix) {
        final String family = prefix.v6() ? "-6" : "-4";
        for (final String line : ask("ip", "-o", family, "route", "show", "exact", prefix.toString()).lines().toList()) {
            final String device = first(DEVICE, line);
            if (device != null && !device.equals(name)) {
                out.accept(Finding.warn(name, prefix + " is also routed to " + device,
                        "ip route del " + prefix + " dev " + device + ", if it is this interface's"));
            }
        }
    }

    private static int mtu(String name) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(name);
            return found == null ? -1 : found.getMTU();
        } catch (IOException e) {
            return -1;
        }
    }

    private static String first(Pattern pattern, String text) {
        final Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    /** What a program prints; nothing when it fails or is not there. */
    private static String ask(String... words) {
        try {
            final List<String> all = new ArrayList<>(Arrays.asList(words));
            final Process process = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
