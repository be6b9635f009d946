package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.noise.CookieGenerator;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.RemoteStatic;
import org.wgjvm.core.noise.SessionKeys;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.noise.Tai64n;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.JcaAead;
import org.wgjvm.crypto.PrivateKey;

/**
 * A device that gets anything: datagrams of any bytes, true ones damaged, and whatever an authenticated peer could seal. It throws nothing,
 * accounts for every datagram, delivers only what a peer may send, and carries packets afterwards as if nothing had been.
 */
final class DeviceFuzzTest {
    private static final Endpoint DEVICE = Packets.endpoint("192.0.2.1", 51820);
    private static final Endpoint PEER = Packets.endpoint("198.51.100.2", 51821);
    private static final long EPOCH_NS = 1_800_000_000_000_000_000L;
    private static final byte[] TRUE_PACKET = Packets.udp("10.0.0.2", "10.0.0.1", 7, 100);
    private static final PrivateKey DEVICE_KEY = key(1);
    private static final PrivateKey PEER_KEY = key(2);

    /** A device with one peer, and that peer's side, which is a handshake and the keys it gave. */
    private static final class Tunnel implements DeviceOutput {
        final Random random = new Random(5);
        final Aead aead = new JcaAead();
        final Device device = new Device(aead, random::nextBytes, () -> EPOCH_NS, DeviceEvents.NONE, this);
        final StaticIdentity identity = new StaticIdentity(PEER_KEY);
        final CookieGenerator cookies = new CookieGenerator(DEVICE_KEY.publicKey());
        final Handshake handshake = new Handshake(new RemoteStatic(DEVICE_KEY.publicKey()));
        final PacketBatch batch = new PacketBatch(4, 256 * 1024);
        final List<byte[]> delivered = new ArrayList<>();
        final byte[] initiation = new byte[148];
        SessionKeys keys;
        byte[] sent;
        byte[] response;
        long counter;
        long nowNs = 1_000_000_000L;

        Tunnel() {
            device.privateKey(DEVICE_KEY, nowNs);
            device.listenPort(DEVICE.port());
            device.up(nowNs);
            final List<PeerChange.AllowedIp> allowed = List.of(new PeerChange.AllowedIp(Packets.prefix("10.0.0.2/32"), false),
                    new PeerChange.AllowedIp(Packets.prefix("fd00::2/128"), false));
            device.applyPeers(false,
                    List.of(new PeerChange(PEER_KEY.publicKey(), false, false, null, PEER, null, true, allowed)), nowNs);
            assertTrue(handshake.createInitiation(initiation, identity, new Tai64n().next(EPOCH_NS), 0x1234, random::nextBytes, aead).ok());
            cookies.sign(initiation, nowNs);
            receive(initiation, PEER, 0);
            response = sent;
            assertTrue(handshake.consumeResponse(response, aead).ok());
            keys = handshake.deriveSession();
        }

        void receive(byte[] datagram, Endpoint source, int tos) {
            batch.clear();
            MemorySegment.copy(datagram, 0, batch.slab(), ValueLayout.JAVA_BYTE, 0, datagram.length);
            final int i = batch.add(0, datagram.length, datagram.length);
            batch.endpoint[i] = source;
            batch.tos[i] = (byte) tos;
            device.inbound(batch, nowNs);
            while (device.hasHandshakes()) {
                device.processHandshakes(nowNs, 1);
            }
        }

        /** A transport message as our peer would make it, with any plaintext. */
        byte[] sealed(byte[] plaintext) {
            final byte[] out = new byte[32 + plaintext.length];
            final MemorySegment s = batch.slab();
            MemorySegment.copy(plaintext, 0, s, ValueLayout.JAVA_BYTE, 16, plaintext.length);
            aead.seal(keys.sendKey(), counter, s, 16, plaintext.length, s, 16);
            MemorySegment.copy(s, ValueLayout.JAVA_BYTE, 16, out, 16, plaintext.length + 16);
            java.nio.ByteBuffer.wrap(out).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(4).putInt(keys.remoteIndex()).putLong(counter++);
            return out;
        }

        long drops() {
            return IntStream.range(0, DropReason.values().length).mapToLong(i -> device.counters().drops(DropReason.values()[i])).sum();
        }

        void stillCarriesPackets() {
            delivered.clear();
            receive(sealed(Arrays.copyOf(TRUE_PACKET, 112)), PEER, 0);
            assertEquals(1, delivered.size());
            assertArrayEquals(TRUE_PACKET, delivered.getFirst());
        }

        @Override
        public void send(PacketBatch datagrams) {
            for (int i = 0; i < datagrams.size(); i++) {
                sent = datagrams.slab().asSlice(datagrams.offset[i], datagrams.length[i]).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        @Override
        public int deliver(PacketBatch inner) {
            int n = 0;
            for (int i = 0; i < inner.size(); i++) {
                if (inner.length[i] > 0) {
                    n++;
                    delivered.add(inner.slab().asSlice(inner.offset[i], inner.length[i]).toArray(ValueLayout.JAVA_BYTE));
                }
            }
            return n;
        }
    }

    private static PrivateKey key(long seed) {
        return PrivateKey.generate(new Random(seed)::nextBytes);
    }

    /** One tunnel for all inputs: what a plaintext leaves behind is a counter. */
    private static final Tunnel SHARED = new Tunnel();

    /** The first byte is the outer TOS, the rest the plaintext of an authentic transport message. */
    @FuzzTest
    void sealedPlaintext(byte[] data) {
        if (data.length == 0 || data.length > 65_000) {
            return;
        }
        final byte[] plaintext = Arrays.copyOfRange(data, 1, data.length);
        final long dropsBefore = SHARED.drops();
        SHARED.delivered.clear();
        SHARED.receive(SHARED.sealed(plaintext), PEER, data[0]);
        final long dropped = SHARED.drops() - dropsBefore;
        assertEquals(plaintext.length == 0 ? 0 : 1, dropped + SHARED.delivered.size());
        for (byte[] packet : SHARED.delivered) {
            mayComeFromPeer(packet);
            final boolean v4 = packet[0] >> 4 == 4;
            for (int i = 0; i < packet.length; i++) {
                final boolean ecn = i == 1 || v4 && (i == 10 || i == 11);
                assertTrue(ecn || packet[i] == plaintext[i], "byte " + i);
            }
        }
    }

    /**
     * Steps of one byte that says what arrives, one that says how long the next bytes are, and these: a datagram of just them, or a true
     * message with them laid over it.
     */
    @FuzzTest
    void datagrams(byte[] data) {
        final Tunnel tunnel = new Tunnel();
        int at = 0;
        for (int steps = 0; steps < 16 && at + 2 <= data.length; steps++) {
            final int what = data[at] & 0xff;
            final int end = Math.min(data.length, at + 2 + (data[at + 1] & 0xff));
            final byte[] part = Arrays.copyOfRange(data, at + 2, end);
            at = end;
            tunnel.nowNs += 25_000_000L;
            final byte[] datagram = switch (what & 7) {
                case 0, 1 -> part;
                case 2 -> overlaid(tunnel.initiation, part, true, tunnel);
                case 3 -> overlaid(tunnel.response, part, true, tunnel);
                case 4 -> overlaid(new byte[] {3, 0, 0, 0, 0x34, 0x12, 0, 0}, part, false, tunnel);
                case 5 -> tunnel.sealed(part);
                case 6 -> overlaid(tunnel.sealed(TRUE_PACKET), part, false, tunnel);
                default -> Arrays.copyOf(tunnel.sealed(TRUE_PACKET), part.length);
            };
            if (datagram.length > 0) {
                tunnel.receive(datagram, PEER, what >> 6);
            }
        }
        tunnel.delivered.forEach(DeviceFuzzTest::mayComeFromPeer);
        tunnel.stillCarriesPackets();
    }

    /** {@code part} over {@code right}, at the place that its first byte names; signed anew with a right mac1 if so wished. */
    private static byte[] overlaid(byte[] right, byte[] part, boolean sign, Tunnel tunnel) {
        final byte[] message = right.length < 32 ? Arrays.copyOf(right, 64) : right.clone();
        if (part.length > 0) {
            final int from = (part[0] & 0xff) % message.length;
            System.arraycopy(part, 1, message, from, Math.min(part.length - 1, message.length - from));
        }
        if (sign) {
            tunnel.cookies.sign(message, tunnel.nowNs);
        }
        return message;
    }

    private static void mayComeFromPeer(byte[] packet) {
        final boolean v4 = packet[0] >> 4 == 4;
        final byte[] allowed = v4 ? new byte[] {10, 0, 0, 2} : new byte[] {(byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
        final int from = v4 ? 12 : 8;
        assertArrayEquals(allowed, Arrays.copyOfRange(packet, from, from + allowed.length));
        final int stated = (packet[v4 ? 2 : 4] & 0xff) << 8 | packet[v4 ? 3 : 5] & 0xff;
        assertEquals(packet.length, v4 ? stated : 40 + stated);
    }
}
