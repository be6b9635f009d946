package org.wgjvm.benchmarks.router;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.ConfigException;
import org.wgjvm.router.config.Configuration;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.plane.RouterPlane;
import org.wgjvm.tun.PacketPort;

/**
 * A spoke and the device under test on one event loop, with a wire between them. Routed, what the device decrypts goes through the router
 * to the technicians' interface and back, to a service that is translated; plain, it goes straight to a port.
 */
final class RouterRig implements AutoCloseable {
    private static final int SPOKE = 0x0a0a0a02;
    private static final int SERVICE = 0x80808080;
    private static final int FIRST_CLIENT = 0xac100010;
    private static final int SERVICE_PORT = 443;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final String CONFIGURATION = """
            config
              authority
                tenant technician
                  name technician
                exit
                service thing
                  name thing
                  address 128.128.128.128/32
                  access-policy technician
                    source technician
                  exit
                exit
                router r1
                  name r1
                  wireguard-profile wg-profile-1
                    name wg-profile-1
                    inactivity-timeout 86400000
                    private-network
                      neighborhood remote
                      address 10.10.10.1/24
                    exit
                  exit
                  node node1
                    name node1
                    device-interface eth1
                      name eth1
                      network-interface eth1-net
                        name eth1-net
                        address 127.0.0.1
                          ip-address 127.0.0.1
                          wireguard-profile wg-profile-1
                        exit
                      exit
                    exit
                    device-interface eth2
                      name eth2
                      network-interface eth2-net
                        name eth2-net
                        tenant technician
                        address 172.16.0.1
                          ip-address 172.16.0.1
                          prefix-length 12
                        exit
                      exit
                    exit
                  exit
                  service-route static-thing
                    name static-thing
                    service-name thing
                    nat-target 10.10.10.2
                    next-hop node1 wg-profile-1-intf
                      node-name node1
                      interface wg-profile-1-intf
                    exit
                  exit
                exit
              exit
            exit
            """;

    private final boolean routed;
    private final IoEventLoop loop;
    private final PumpPort spokePort = new PumpPort("spoke");
    private final PumpPort lan = new PumpPort("lan");
    private final WireBind spokeWire = new WireBind(1);
    private final WireBind wire = new WireBind(2);
    private final RouterPlane router;
    private final DataPlane spoke;
    private final DataPlane device;
    private final SplittableRandom random = new SplittableRandom(42);

    RouterRig(IoEventLoop loop, boolean routed, int sessions) throws IOException, ConfigException {
        this.loop = loop;
        this.routed = routed;
        WireBind.connect(spokeWire, wire);
        final PacketPort port;
        if (routed) {
            router = RouterPlane.builder().eventLoop(loop).sessions(sessions).start();
            final Authority authority = Configuration.check(new StringReader(CONFIGURATION)).committed();
            router.commit(authority, authority.router("r1")).toCompletableFuture().join();
            port = router.profilePort(new InterfaceId("node1", "wg-profile-1-intf"), "wg-profile-1");
            router.attach(new InterfaceId("node1", "eth2-net"), lan).toCompletableFuture().join();
        } else {
            router = null;
            port = lan;
        }
        device = DataPlane.builder(port).binds(() -> wire).eventLoop(loop).enforceMtu(true).start();
        spoke = DataPlane.builder(spokePort).binds(() -> spokeWire).eventLoop(loop).start();
        final SecureRandom keys = new SecureRandom();
        try (PrivateKey a = PrivateKey.generate(keys::nextBytes); PrivateKey b = PrivateKey.generate(keys::nextBytes)) {
            configure(device, a, b, IpPrefix.v4(SPOKE, 32), spokeWire);
            configure(spoke, b, a, IpPrefix.v4(0, 0), wire);
        }
        handshake();
    }

    private static void configure(DataPlane plane, PrivateKey own, PrivateKey peer, IpPrefix allowed, WireBind at) {
        final PeerChange change = new PeerChange(
                peer.publicKey(), false, false, null, at.endpoint(), null, true, List.of(new PeerChange.AllowedIp(allowed, false)));
        final int result = plane.apply(new DeviceChange(PrivateKey.fromBase64(own.toBase64()), null, null, true, List.of(change)))
                .toCompletableFuture()
                .join();
        if (result != 0) {
            throw new IllegalStateException("error " + result);
        }
    }

    private void handshake() {
        final long began = System.nanoTime();
        while (onLoop(() -> {
            if (lan.packets == 0) {
                fromSpoke(1, 64, () -> 0);
            }
            spokeWire.receive();
            wire.receive();
            return lan.packets == 0;
        })) {
            if (routed) {
                // An answer needs a session to be one of.
                onLoop(() -> {
                    fromLan(1, 64, () -> 0);
                    return spokeWire.receive();
                });
            }
            if (System.nanoTime() - began > 20_000_000_000L) {
                throw new IllegalStateException("no handshake within 20 s");
            }
        }
    }

    /** Runs something on the loop, and waits for it. */
    <T> T onLoop(Callable<T> call) {
        final var future = loop.submit(call).awaitUninterruptibly();
        if (!future.isSuccess()) {
            throw new IllegalStateException(future.cause());
        }
        return future.getNow();
    }

    /** Which session the next packet is of. */
    interface Choice {
        int next();
    }

    /** A million sessions: each is begun by a packet from the LAN. */
    void fill(int sessions) {
        if (!routed) {
            return;
        }
        for (int done = 0; done < sessions; ) {
            final int from = done;
            final int count = Math.min(128, sessions - done);
            onLoop(() -> {
                spokeWire.deaf = true;
                final int[] next = {from};
                fromLan(count, 40, () -> next[0]++);
                return null;
            });
            done += count;
        }
    }

    int sessions() {
        return router.snapshot().toCompletableFuture().join().sessions();
    }

    /** Packets of sessions from the LAN, through the device, to the wire. On the loop. */
    void fromLan(int count, int length, Choice choice) {
        fillLan(count, length, choice);
        lan.pump();
    }

    /** Lays out packets for {@link #pumpLan}: what the plain device gets is what the router makes of them. */
    void fillLan(int count, int length, Choice choice) {
        final PacketBatch batch = lan.batch();
        for (int i = 0; i < count; i++) {
            final int session = choice.next();
            udp(batch, FIRST_CLIENT + (session >>> 16), session & 0xffff, routed ? SERVICE : SPOKE, SERVICE_PORT, length);
        }
    }

    void pumpLan() {
        lan.pump();
    }

    /** Answers of sessions, sealed by the spoke, onto the wire. On the loop. */
    void fromSpoke(int count, int length, Choice choice) {
        spokeWire.receive();
        final PacketBatch batch = spokePort.batch();
        for (int i = 0; i < count; i++) {
            final int session = choice.next();
            udp(batch, SPOKE, SERVICE_PORT, FIRST_CLIENT + (session >>> 16), session & 0xffff, length);
        }
        spokePort.pump();
    }

    /** The device takes what is on the wire. On the loop. */
    int receive() {
        return wire.receive();
    }

    void deafSpoke() {
        spokeWire.deaf = true;
    }

    /** Packets delivered to the LAN so far. */
    long delivered() {
        return lan.packets;
    }

    /** Datagrams sent by the device so far. */
    long sent() {
        return wire.sent;
    }

    SplittableRandom random() {
        return random;
    }

    private static void udp(PacketBatch batch, int source, int sourcePort, int destination, int destinationPort, int length) {
        final MemorySegment slab = batch.slab();
        final int at = batch.offset[batch.addInner(length)];
        slab.set(INT, at, 0x45000000 | length);
        slab.set(INT, at + 4, 0);
        slab.set(INT, at + 8, 64 << 24 | 17 << 16);
        slab.set(INT, at + 12, source);
        slab.set(INT, at + 16, destination);
        slab.set(SHORT, at + 10, (short) InternetChecksum.checksum(slab, at, 20, 0));
        slab.set(INT, at + 20, sourcePort << 16 | destinationPort);
        slab.set(INT, at + 24, length - 20 << 16 | 0xbeef);
    }

    @Override
    public void close() {
        spoke.close();
        device.close();
        if (router != null) {
            router.close();
        }
    }
}
