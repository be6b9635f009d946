package org.wgjvm.router.plane;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.BootClock;

/**
 * The packet path on its event loop: ports, sessions' timers and commands meet here, and everything runs on the loop. A batch is carried
 * from the port that read it to those it leaves by in one go. Nothing that goes wrong with one batch ends the loop.
 */
final class RouterLoop {
    /** Sessions looked at in one go when their time may be over. */
    private static final int EXPIRE_SLICE = 4096;

    private final IoEventLoop loop;
    private final Forwarder forwarder;
    private final RouterEvents events;
    private final BootClock clock = new BootClock();
    private final List<InsidePort> insides = new ArrayList<>();
    private final List<ProfilePort> profiles = new ArrayList<>();
    private final List<OutboundPort> outbounds = new ArrayList<>();
    private int profileMtu;
    private ScheduledFuture<?> wakeUp;
    private int wakeUpTick = Integer.MAX_VALUE;
    private boolean expiring;
    private boolean closed;

    RouterLoop(IoEventLoop loop, Forwarder forwarder, RouterEvents events) {
        this.loop = loop;
        this.forwarder = forwarder;
        this.events = events;
    }

    IoEventLoop loop() {
        return loop;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    void requireLoop(EventLoop other, String name) throws IOException {
        if (!loop.equals(other)) {
            throw new IOException(name + ": a profile's data plane runs on the router's event loop");
        }
    }

    void later(Runnable task) {
        loop.execute(task);
    }

    List<InsidePort> insides() {
        return insides;
    }

    List<ProfilePort> profiles() {
        return profiles;
    }

    List<OutboundPort> outbounds() {
        return outbounds;
    }

    // Ports.

    /** In place of the one that has its number, if there is one. */
    void attach(OutboundPort port) {
        outbounds.add(port);
        forwarder.attach(port);
    }

    void detach(OutboundPort port) {
        outbounds.remove(port);
        forwarder.detach(port);
    }

    void attach(ProfilePort port) {
        profiles.add(port);
        forwarder.attach(port);
        profileMtu = profileMtu == 0 ? port.mtu() : Math.min(profileMtu, port.mtu());
    }

    void detach(ProfilePort port) {
        profiles.remove(port);
        forwarder.detach(port);
        profileMtu = profiles.stream().mapToInt(ProfilePort::mtu).min().orElse(0);
    }

    /** An interface takes the place of the one that had its number. */
    void attach(InsidePort port) throws IOException {
        if (closed) {
            port.close();
            throw new IOException("the router is closed");
        }
        detach(port.number);
        insides.add(port);
        forwarder.attach(port);
        try {
            port.start();
        } catch (IOException | RuntimeException e) {
            detach(port.number);
            throw e;
        }
    }

    void detach(int number) {
        for (final InsidePort port : List.copyOf(insides)) {
            if (port.number == number) {
                insides.remove(port);
                forwarder.detach(port);
                port.close();
            }
        }
    }

    /** The MTU to lay out batches for: with that of the profiles, packets for them lie as they will be sent. */
    int batchMtu(int portMtu) {
        return profileMtu == 0 ? portMtu : Math.min(portMtu, profileMtu);
    }

    void onLink(InterfaceId id, boolean up) {
        events.onLink(id, up);
    }

    void onGone(InsidePort port, Throwable reason) {
        insides.remove(port);
        forwarder.detach(port);
        events.onGone(port.id(), reason);
    }

    // Packets.

    /** Packets of a profile: what it has decrypted, or what it sends to peers by way of the router. Returns how many were accepted. */
    int fromProfile(PlanePort port, PacketBatch batch) {
        try {
            final int accepted = forwarder.forward(batch, port, clock.nowNs());
            afterWork();
            return accepted;
        } catch (RuntimeException e) {
            events.onDegraded("a batch of a profile's packets was lost", e);
            return 0;
        }
    }

    PacketBatch fromInside(InsidePort port, PacketBatch batch) {
        try {
            final PacketBatch next = forwarder.forwardOwned(batch, port, clock.nowNs());
            afterWork();
            return next;
        } catch (RuntimeException e) {
            events.onDegraded("a batch of packets was lost", e);
            batch.clear();
            return batch;
        }
    }

    // Time.

    private void afterWork() {
        if (forwarder.hasBegun()) {
            arm();
        }
    }

    /** Wakes when the first session may be over. A session that goes on moves its time; nobody is woken for that. */
    private void arm() {
        final int next = forwarder.nextTick();
        if (expiring || next >= wakeUpTick) {
            return;
        }
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        wakeUpTick = next;
        final long inNs = ((long) next << TimeoutTable.TICK_SHIFT) - clock.nowNs();
        wakeUp = loop.schedule(this::onWakeUp, Math.max(0, inNs), TimeUnit.NANOSECONDS);
    }

    private void onWakeUp() {
        wakeUp = null;
        wakeUpTick = Integer.MAX_VALUE;
        if (closed) {
            return;
        }
        if (forwarder.expire(clock.nowNs(), EXPIRE_SLICE)) {
            expiring = false;
            arm();
        } else {
            // After the sockets had their turn.
            expiring = true;
            ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(() -> loop.execute(this::onWakeUp));
        }
    }

    void close() {
        closed = true;
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        for (final InsidePort port : List.copyOf(insides)) {
            detach(port.number);
        }
    }
}
