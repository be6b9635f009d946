package org.wgjvm.endpoint.names;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.endpoint.config.HostPort;
import org.wgjvm.endpoint.control.ControlAnswer;
import org.wgjvm.endpoint.control.ControlException;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.log.Log;

/**
 * Keeps the endpoints of peers that are known by name up to date: a thread of its own asks and decides, the event loop only learns of a
 * new endpoint, as it would from the UAPI. Methods of any thread; all of them return at once.
 */
public final class EndpointNames implements DataPlaneEvents, AutoCloseable {
    /** The command on the control channel: lines of a public key, a tab, and {@code host:port}. Without lines it says what it knows. */
    public static final String COMMAND = "names";

    private final Log log;
    private final NameLookup lookup;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("names").factory());
    private final Map<PublicKey, NamedPeer> peers = new LinkedHashMap<>();
    private volatile DeviceControl device;

    /** Whether there is any name: the event loop asks that before it troubles the thread. */
    private volatile boolean busy;

    private ScheduledFuture<?> wakeUp;

    /** Knows no names yet. The lookup now belongs to this. */
    public EndpointNames(NameLookup lookup, Log log) {
        this.lookup = lookup;
        this.log = log;
    }

    /** The device whose endpoints these are; before anything else. */
    public void attach(DeviceControl whose) {
        device = whose;
    }

    /** Answers a request of the control channel. */
    public ControlAnswer answer(ControlRequest request) throws IOException {
        final Map<PublicKey, HostPort> names = new LinkedHashMap<>();
        for (final String line : request.body()) {
            final int tab = line.indexOf('\t');
            final int colon = line.lastIndexOf(':');
            try {
                final int port = Integer.parseInt(line.substring(colon + 1));
                if (tab < 0 || colon < tab + 2 || port < 0 || port > 65535) {
                    throw new IllegalArgumentException("not a key, a tab, and host:port");
                }
                names.put(PublicKey.fromBase64(line.substring(0, tab)), new HostPort(line.substring(tab + 1, colon), port));
            } catch (IllegalArgumentException e) {
                throw new ControlException("not a public key, a tab and host:port: " + line);
            }
        }
        if (names.isEmpty()) {
            return list();
        }
        know(names);
        return ControlAnswer.DONE;
    }

    /** Peers that are known by these names from now on. */
    public void know(Map<PublicKey, HostPort> names) {
        if (!names.isEmpty()) {
            // The endpoints of now, so that a peer that has roamed is not called back.
            busy = true;
            device.snapshot().thenAccept(s -> run(() -> learn(names, s)));
        }
    }

    /** Writes the names, for the process that takes this one's place. */
    public void write(StateWriter out) {
        final Map<PublicKey, HostPort> names = new LinkedHashMap<>();
        try {
            thread.submit(() -> peers.forEach((key, peer) -> names.put(key, peer.name()))).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        out.i32(names.size());
        names.forEach((key, name) -> out.bytes(key.toBytes()).text(name.host()).u16(name.port()));
    }

    /** Reads what {@link #write} wrote. */
    public static Map<PublicKey, HostPort> read(StateReader in) throws StateException {
        final Map<PublicKey, HostPort> names = new LinkedHashMap<>();
        for (int left = in.count(PublicKey.LENGTH); left > 0; left--) {
            final PublicKey key = PublicKey.of(in.bytes(PublicKey.LENGTH), 0);
            names.put(key, new HostPort(in.text(), in.u16()));
        }
        return names;
    }

    private ControlAnswer list() throws IOException {
        try {
            return ControlAnswer.of(thread.submit(() -> {
                final List<String> lines = new ArrayList<>();
                peers.forEach((key, peer) -> lines.add(key.toBase64() + '\t' + peer.name() + '\t' + peer.current()));
                return lines;
            }).get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException("interrupted");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private void learn(Map<PublicKey, HostPort> names, DeviceSnapshot snapshot) {
        for (final PeerSnapshot peer : snapshot.peers()) {
            final HostPort name = names.get(peer.publicKey());
            if (name != null) {
                final NamedPeer known = peers.get(peer.publicKey());
                if (known == null || !known.name().equals(name)) {
                    peers.put(peer.publicKey(), new NamedPeer(name, peer.endpoint(), System.nanoTime()));
                    log.verbose(peer.publicKey(), "Endpoint is known by name: " + name);
                }
            }
        }
        turn();
    }

    /** Somebody configures the device: an endpoint that is set, and a peer that goes, have no name any more. */
    public void onConfigured(DeviceChange change) {
        final boolean matters = busy
                && (change.replacePeers() || change.peers().stream().anyMatch(p -> p.remove() || p.endpoint() != null));
        if (!matters) {
            return;
        }
        run(() -> {
            if (change.replacePeers()) {
                final Set<PublicKey> stay = new HashSet<>();
                change.peers().forEach(p -> stay.add(p.publicKey()));
                peers.keySet().retainAll(stay);
            }
            for (final PeerChange peer : change.peers()) {
                if (peer.remove() || peer.endpoint() != null) {
                    peers.remove(peer.publicKey());
                }
            }
        });
    }

    @Override
    public void onHandshakeInitiated(PublicKey peer, int attempt) {
        if (attempt > 0) {
            failing(peer);
        }
    }

    @Override
    public void onHandshakeGivenUp(PublicKey peer) {
        failing(peer);
    }

    private void failing(PublicKey key) {
        with(key, peer -> {
            peer.onHandshakeFailing(System.nanoTime());
            turn();
        });
    }

    @Override
    public void onHandshakeCompleted(PublicKey key, boolean initiator) {
        with(key, NamedPeer::onHandshakeCompleted);
    }

    @Override
    public void onEndpointChanged(PublicKey key, Endpoint endpoint) {
        with(key, peer -> peer.onEndpoint(endpoint));
    }

    private void with(PublicKey key, Consumer<NamedPeer> action) {
        if (busy) {
            run(() -> {
                final NamedPeer peer = peers.get(key);
                if (peer != null) {
                    action.accept(peer);
                }
            });
        }
    }

    /** Asks what is due, and sets the alarm for what is due next. */
    private void turn() {
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
        final long nowNs = System.nanoTime();
        long nextNs = Long.MAX_VALUE;
        for (final Map.Entry<PublicKey, NamedPeer> entry : peers.entrySet()) {
            final NamedPeer peer = entry.getValue();
            if (peer.dueNs() != Long.MAX_VALUE && peer.dueNs() - nowNs <= 0) {
                peer.onAsked(nowNs);
                lookup.lookUp(peer.name().host()).whenComplete((answer, e) -> run(() -> answered(entry.getKey(), peer, answer, e)));
            }
            nextNs = Math.min(nextNs, peer.dueNs());
        }
        if (nextNs != Long.MAX_VALUE) {
            wakeUp = thread.schedule(this::turn, Math.max(0, nextNs - nowNs), TimeUnit.NANOSECONDS);
        }
    }

    private void answered(PublicKey key, NamedPeer peer, NameAnswer answer, Throwable e) {
        if (peers.get(key) != peer) {
            // Forgotten meanwhile.
            return;
        }
        final long nowNs = System.nanoTime();
        if (answer == null || answer.addresses().isEmpty()) {
            peer.onNoAnswer(nowNs);
            log.error(key, "Endpoint " + peer.name() + " cannot be looked up: " + (e == null ? "no address" : e.getMessage()));
        } else {
            final Endpoint fresh = peer.onAnswer(answer, EndpointNames::isReachable, nowNs);
            if (fresh != null) {
                log.verbose(key, "Endpoint " + peer.name() + " is now " + fresh);
                final PeerChange change = new PeerChange(key, false, true, null, fresh, null, false, List.of());
                device.apply(new DeviceChange(null, null, null, false, List.of(change)));
            }
        }
        turn();
    }

    /** Whether the system has a route: no packet is sent to find out. */
    private static boolean isReachable(Endpoint endpoint) {
        try (DatagramChannel channel =
                DatagramChannel.open(endpoint.isV6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
            channel.connect(endpoint.toSocketAddress());
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    log.error("Names of endpoints: " + e);
                }
            });
        } catch (RejectedExecutionException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        lookup.close();
    }
}
