package org.wgjvm.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.device.EndpointFilter;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.sys.BootClock;
import org.wgjvm.transport.UdpBind;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.PacketPort;
import org.wgjvm.tun.PortCounter;

/**
 * A device on its event loop: port, sockets, timers and commands meet here, and every method runs on the loop. A batch is carried from read
 * to send in one go; what takes long (handshakes) is done in slices between batches. Nothing that goes wrong with one batch ends the loop:
 * what should not happen costs that batch, and is told.
 */
final class DeviceLoop implements PacketPort.Handler, UdpBind.Handler, DeviceOutput {
    private static final int INNER_PACKETS = 256;
    private static final int INNER_BYTES = 320 * 1024;
    private static final long NEVER_DAYS = 10_000;

    private final IoEventLoop loop;
    private final PacketPort port;
    private final EventFan events;
    private final boolean enforceMtu;
    private final BootClock clock = new BootClock();
    private final LoopObserver observer = new LoopObserver();
    private final Device device;
    private final DeviceSockets sockets;
    private final HandshakeTurns handshakes;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private EndpointFilter filter; // null for anyone
    private int dscp;
    private boolean linkUp;
    private boolean closing;
    private ScheduledFuture<?> quiet;
    private ScheduledFuture<?> wakeUp;
    private long wakeUpNs = Long.MAX_VALUE;
    private long batches;
    private boolean frozen;
    private PacketBatch first;
    private final List<Runnable> afterThaw = new ArrayList<>();

    /** Null when nobody looks at packets. */
    private PacketTaps taps;

    DeviceLoop(IoEventLoop loop, PacketPort port, Supplier<UdpBind> binds, DataPlaneEvents events, boolean enforceMtu) {
        this.loop = loop;
        this.port = port;
        this.events = new EventFan(new RecordedEvents(), events);
        this.enforceMtu = enforceMtu;
        final SecureRandom random = new SecureRandom();
        device = new Device(new MeasuredAead(TieredAead.create(), observer), random::nextBytes, DeviceLoop::epochNs, this.events, this);
        sockets = new DeviceSockets(loop, device, binds, this.events, this);
        handshakes = new HandshakeTurns(loop, device, clock, observer, this::afterHandshakes);
    }

    private static long epochNs() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Completes when the device is gone, exceptionally when something took it away. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    Device device() {
        return device;
    }

    /** Tells {@code more} from now on, too. */
    void tell(DataPlaneEvents more) {
        events.add(more);
    }

    LoopObserver observer() {
        return observer;
    }

    void start() throws IOException {
        WarmUp.begin(loop, () -> batches);
        // Netty looks after its tasks every second when none is scheduled, and not before the next when one is: then idle is free.
        quiet = loop.schedule(() -> {}, NEVER_DAYS, TimeUnit.DAYS);
        device.mtu(port.mtu(), enforceMtu);
        final PacketBatch batch = first == null ? firstBatch() : first;
        batch.mtu(port.mtu());
        port.start(loop, batch, this);
    }

    /** Reads the inside into {@code batch}, which may be that of other devices of this loop too: it is empty between calls. */
    void inner(PacketBatch batch) {
        first = batch;
    }

    static PacketBatch firstBatch() {
        return new PacketBatch(INNER_PACKETS, INNER_BYTES);
    }

    // Handing over to another process, and taking over from one.

    /** Whether nothing moves because another process is about to take over: see {@link Handover}. */
    boolean isFrozen() {
        return frozen;
    }

    /** Runs a command once the device moves again; it never runs if that never happens. */
    void afterThaw(Runnable command) {
        afterThaw.add(command);
    }

    Handover.Inside inside() {
        if (closing || !(port instanceof LinuxTun tun)) {
            throw new IllegalStateException("only a TUN device can be handed over");
        }
        return new Handover.Inside(tun.descriptor(), tun.agreed());
    }

    /** Stops: nothing is read, sent or timed any more, and what comes waits in the kernel. What it is made of is for the other process. */
    Handover.Parts freeze() {
        if (closing || frozen || !(port instanceof LinuxTun tun) || !sockets.canBeHandedOver()) {
            throw new IllegalStateException(closing ? "the device is being closed" : frozen ? "an upgrade is under way"
                    : "only a TUN device with sockets of Linux can be handed over");
        }
        handshakes.slice();
        handshakes.stop();
        frozen = true;
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
            wakeUpNs = Long.MAX_VALUE;
        }
        tun.pause();
        final int[] descriptors = sockets.pause();
        final StateWriter state = new StateWriter();
        CountsState.write(state, out -> device.writeTo(out, clock.nowNs()), sockets.statistics(), port.counters(), observer);
        return new Handover.Parts(state, descriptors[0], descriptors[1]);
    }

    /** Goes on: the other process never began. Does nothing if the device is not frozen. */
    void thaw() throws IOException {
        if (!frozen) {
            return;
        }
        device.takeBack();
        moveOn();
    }

    /** Wipes the sessions: nothing can be sent under them any more. */
    void commit() {
        if (!frozen) {
            throw new IllegalStateException("not frozen");
        }
        device.forgetSessions();
    }

    /** Goes on after {@link #commit}: the other process began, and died. */
    void beginAnew() throws IOException {
        frozen = false;
        device.beginAnew(epochNs(), clock.nowNs());
        moveOn();
    }

    private void moveOn() throws IOException {
        frozen = false;
        handshakes.resume();
        ((LinuxTun) port).resume(loop);
        sockets.resume();
        afterThaw.forEach(Runnable::run);
        afterThaw.clear();
        afterWork(clock.nowNs());
    }

    /** Has ready what {@link #takeOver} needs. */
    void expect() {
        sockets.expect();
        first = first == null ? firstBatch() : first;
    }

    /** Becomes the device that another process has frozen, without moving yet. What fails leaves the descriptors of the sockets closed. */
    void takeOver(StateReader state, int fdV4, int fdV6) throws StateException {
        boolean done = false;
        try {
            sockets.takeOver(CountsState.read(state, in -> device.readFrom(in, clock.nowNs()), port.counters(), observer));
            done = true;
        } finally {
            if (!done) {
                Handover.closeDescriptors(fdV4, fdV6);
            }
        }
        linkUp = device.isUp();
        sockets.takeOver(fdV4, fdV6);
    }

    /** Moves, after {@link #takeOver}. */
    void begin() throws IOException {
        start();
        if (sockets.isOpen()) {
            sockets.resume();
            events.onListening(device.listenPort(), sockets.name());
        }
        afterWork(clock.nowNs());
    }

    // From the inside.

    @Override
    public PacketBatch onPackets(PacketBatch batch) {
        batches++;
        batch.mtu(port.mtu());
        final int packets = batch.size();
        final long begunNs = observer.beginTurn(Stage.OUTBOUND, device.counters());
        try {
            if (taps != null) {
                taps.inner(batch, true);
            }
            final long nowNs = clock.nowNs();
            device.outbound(batch, nowNs);
            handshakes.onData(nowNs);
            afterWork(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("a batch of outgoing packets was lost", e);
        }
        observer.endTurn(Stage.OUTBOUND, begunNs, packets, device.counters());
        batch.clear();
        return batch;
    }

    @Override
    public void onMtu(int mtu) {
        device.mtu(mtu, enforceMtu);
        events.onMtu(mtu);
    }

    @Override
    public void onLink(boolean up) {
        if (linkUp == up || closing) {
            return;
        }
        linkUp = up;
        if (up) {
            try {
                sockets.open(device.listenPort());
                deviceUp();
            } catch (IOException | UnsupportedOperationException e) {
                // As with the kernel's "ip link set up" failing: the device stays silent until the port is changed or the link toggles.
                events.onBindFailed(device.listenPort(), e);
            }
        } else {
            device.down();
            sockets.close();
        }
        events.onLink(up);
    }

    @Override
    public void onClosed(Throwable reason) {
        shutDown(reason);
    }

    // From the outside.

    @Override
    public PacketBatch onDatagrams(PacketBatch batch) {
        batches++;
        final int packets = batch.size();
        final long begunNs = observer.beginTurn(Stage.INBOUND, device.counters());
        try {
            if (taps != null) {
                taps.outer(batch, false);
            }
            final long nowNs = clock.nowNs();
            if (filter != null) {
                device.refuse(batch, filter);
            }
            if (device.inbound(batch, nowNs) > 0) {
                handshakes.onData(nowNs);
            }
            afterWork(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("a batch of incoming packets was lost", e);
        }
        observer.endTurn(Stage.INBOUND, begunNs, packets, device.counters());
        batch.clear();
        return batch;
    }

    // From the device.

    @Override
    public void send(PacketBatch datagrams) {
        if (!sockets.isOpen() || frozen) {
            for (int i = 0; i < datagrams.size(); i++) {
                datagrams.length[i] = 0;
            }
            return;
        }
        if (dscp != 0) {
            for (int i = 0; i < datagrams.size(); i++) {
                datagrams.tos[i] = (byte) (datagrams.tos[i] & 3 | dscp << 2);
            }
        }
        if (taps != null) {
            taps.outer(datagrams, true);
        }
        final long begunNs = observer.begin();
        sockets.send(datagrams);
        observer.end(Stage.SEND, begunNs);
    }

    @Override
    public int deliver(PacketBatch inner) {
        if (taps != null) {
            taps.inner(inner, false);
        }
        final long begunNs = observer.begin();
        final int accepted = port.write(inner);
        observer.end(Stage.DELIVER, begunNs);
        return accepted;
    }

    void addTap(PacketTap tap) {
        taps = PacketTaps.with(taps, tap, device.packetOwners());
    }

    void removeTap(PacketTap tap) {
        taps = PacketTaps.without(taps, tap);
    }

    // Commands.

    /** Applies a transaction; returns 0 or a negative error number. */
    int apply(DeviceChange change) {
        if (closing) {
            return -BindErrors.ENODEV;
        }
        final long nowNs = clock.nowNs();
        if (change.privateKey() != null) {
            device.privateKey(change.privateKey(), nowNs);
        }
        try {
            if (change.fwmark() != null) {
                sockets.setFwmark(change.fwmark());
                device.fwmark(change.fwmark());
            }
            if (change.listenPort() != null) {
                listenPort(change.listenPort(), nowNs);
            }
        } catch (IOException | UnsupportedOperationException e) {
            afterWork(nowNs);
            return -BindErrors.errno(e);
        }
        device.applyPeers(change.replacePeers(), change.peers(), nowNs);
        afterWork(nowNs);
        return 0;
    }

    /** Who may speak to us, and the code point of what we say. */
    void outer(EndpointFilter newFilter, int newDscp) {
        filter = newFilter;
        dscp = newDscp;
    }

    /** Opens the sockets anew, on whatever address the supplier of binds has by now; sessions go on, and peers that have one are told. */
    int rebind() {
        if (closing) {
            return -BindErrors.ENODEV;
        }
        if (!linkUp) {
            return 0;
        }
        final long nowNs = clock.nowNs();
        try {
            sockets.open(device.listenPort());
        } catch (IOException | UnsupportedOperationException e) {
            return -BindErrors.errno(e);
        }
        if (device.isUp()) {
            device.announce(nowNs);
        } else {
            device.up(nowNs);
        }
        afterWork(nowNs);
        return 0;
    }

    DeviceSnapshot snapshot() {
        return device.snapshot();
    }

    DataPlaneStatistics statistics() {
        final Map<PortCounter, Long> inside = new EnumMap<>(PortCounter.class);
        for (final PortCounter counter : PortCounter.values()) {
            inside.put(counter, port.counters().get(counter));
        }
        return new DataPlaneStatistics(device.statistics(), sockets.name(), sockets.statistics(), inside, observer.snapshot());
    }

    private void listenPort(int wanted, long nowNs) throws IOException {
        if (!linkUp) {
            device.listenPort(wanted);
            return;
        }
        if (sockets.isOpen() && wanted != 0 && wanted == device.listenPort()) {
            return;
        }
        sockets.open(wanted);
        if (!device.isUp()) {
            device.up(nowNs);
        }
    }

    private void deviceUp() {
        final long nowNs = clock.nowNs();
        device.up(nowNs);
        afterWork(nowNs);
    }

    /** Takes everything down. Idempotent. */
    void shutDown(Throwable reason) {
        if (closing) {
            return;
        }
        closing = true;
        handshakes.stop();
        if (quiet != null) {
            quiet.cancel(false);
        }
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        device.close();
        sockets.close();
        port.close();
        if (reason == null) {
            closed.complete(null);
        } else {
            closed.completeExceptionally(reason);
        }
    }

    // Time.

    private void afterWork(long nowNs) {
        handshakes.schedule();
        final long nextNs = device.nextDeadlineNs();
        if (nextNs < wakeUpNs) {
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
            wakeUpNs = nextNs;
            wakeUp = loop.schedule(this::onWakeUp, Math.max(0, nextNs - nowNs), TimeUnit.NANOSECONDS);
        }
    }

    private void onWakeUp() {
        wakeUp = null;
        wakeUpNs = Long.MAX_VALUE;
        if (closing || frozen) {
            return;
        }
        final long begunNs = observer.beginTurn(Stage.TIMERS, device.counters());
        final long nowNs = clock.nowNs();
        try {
            device.onDeadline(nowNs);
        } catch (RuntimeException e) {
            events.onDegraded("timers were run in part", e);
        }
        observer.endTurn(Stage.TIMERS, begunNs, 0, device.counters());
        afterWork(nowNs);
    }

    private void afterHandshakes() {
        afterWork(clock.nowNs());
    }
}
