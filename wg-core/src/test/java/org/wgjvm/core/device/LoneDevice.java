package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
import org.wgjvm.crypto.PublicKey;

/** A device without a world: what it sends and delivers is kept, and its peers are keys that the test holds. */
final class LoneDevice implements DeviceOutput {
    static final long EPOCH_NS = 1_800_000_000_000_000_000L;
    static final Endpoint HERE = Packets.endpoint("192.0.2.1", 51820);
    static final PrivateKey KEY = key(1);

    /** A datagram that the device sent. */
    record Sent(Endpoint to, byte[] bytes) {
        int type() {
            return bytes[0];
        }
    }

    final Random random = new Random(5);
    final Aead aead = new JcaAead();
    final Device device = new Device(aead, random::nextBytes, () -> EPOCH_NS, DeviceEvents.NONE, this);
    final List<Sent> sent = new ArrayList<>();
    final List<byte[]> delivered = new ArrayList<>();
    long nowNs = 1_000_000_000L;

    /** Whether sending fails. */
    boolean deaf;

    /** How many packets the inside takes of each batch. */
    int room = Integer.MAX_VALUE;

    /** With a key, up, and without a peer. */
    static LoneDevice up() {
        final LoneDevice lone = new LoneDevice();
        lone.device.privateKey(KEY, lone.nowNs);
        lone.device.listenPort(HERE.port());
        lone.device.mtu(1420, false);
        lone.device.up(lone.nowNs);
        return lone;
    }

    static PrivateKey key(long seed) {
        return PrivateKey.generate(new Random(seed)::nextBytes);
    }

    /** Adds a peer; {@code endpoint} may be null. */
    void peer(PublicKey key, Endpoint endpoint, int keepaliveSeconds, String... prefixes) {
        final List<PeerChange.AllowedIp> allowed =
                Arrays.stream(prefixes).map(p -> new PeerChange.AllowedIp(Packets.prefix(p), false)).toList();
        device.applyPeers(false, List.of(new PeerChange(key, false, false, null, endpoint, keepaliveSeconds, true, allowed)), nowNs);
    }

    /** The peer of that private key makes a session with the device, and confirms it. */
    SessionKeys session(PrivateKey key, Endpoint from) {
        final Handshake handshake = new Handshake(new RemoteStatic(KEY.publicKey()));
        final byte[] initiation = new byte[148];
        final byte[] stamp = new Tai64n().next(EPOCH_NS + nowNs);
        assertTrue(handshake.createInitiation(initiation, new StaticIdentity(key), stamp, 0x1234, random::nextBytes, aead).ok());
        new CookieGenerator(KEY.publicKey()).sign(initiation, nowNs);
        sent.clear();
        receive(from, initiation);
        device.processHandshakes(nowNs, 16);
        assertTrue(handshake.consumeResponse(sent.getLast().bytes(), aead).ok());
        final SessionKeys keys = handshake.deriveSession();
        receive(from, sealed(keys, 0, new byte[0]));
        sent.clear();
        return keys;
    }

    /** A transport message of the peer's. */
    byte[] sealed(SessionKeys keys, long counter, byte[] plaintext) {
        final byte[] out = new byte[32 + plaintext.length];
        final MemorySegment slab = new PacketBatch(1, 65536).slab();
        MemorySegment.copy(plaintext, 0, slab, ValueLayout.JAVA_BYTE, 0, plaintext.length);
        aead.seal(keys.sendKey(), counter, slab, 0, plaintext.length, slab, 0);
        MemorySegment.copy(slab, ValueLayout.JAVA_BYTE, 0, out, 16, plaintext.length + 16);
        ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putInt(4).putInt(keys.remoteIndex()).putLong(counter);
        return out;
    }

    /** What is in a transport message of the device's, padding included. */
    byte[] opened(SessionKeys keys, byte[] message) {
        final MemorySegment slab = new PacketBatch(1, 65536).slab();
        final int length = message.length - 16;
        MemorySegment.copy(message, 16, slab, ValueLayout.JAVA_BYTE, 0, length);
        final long counter = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
        assertTrue(aead.open(keys.receiveKey(), counter, slab, 0, length, slab, 0));
        return slab.asSlice(0, length - 16).toArray(ValueLayout.JAVA_BYTE);
    }

    /** One batch from the outside; an empty datagram is one that was taken out. */
    void receive(Endpoint from, byte[]... datagrams) {
        device.inbound(batch(from, datagrams), nowNs);
    }

    static PacketBatch batch(Endpoint from, byte[]... datagrams) {
        final int bytes = Arrays.stream(datagrams).mapToInt(d -> d.length + 8).sum();
        final PacketBatch batch = new PacketBatch(Math.max(1, datagrams.length), 65536 + bytes);
        for (final byte[] datagram : datagrams) {
            final int offset = batch.used() + 7 & -8;
            MemorySegment.copy(datagram, 0, batch.slab(), ValueLayout.JAVA_BYTE, offset, datagram.length);
            batch.endpoint[batch.add(offset, datagram.length, offset + datagram.length)] = from;
        }
        return batch;
    }

    /** One batch from the inside, in a slab that has been used before. */
    PacketBatch send(byte[]... packets) {
        final PacketBatch batch = new PacketBatch(Math.max(1, packets.length), Math.max(4096, packets.length * 2048));
        batch.slab().fill((byte) 0x55);
        batch.mtu(1420);
        for (final byte[] packet : packets) {
            final int i = batch.addInner(packet.length);
            MemorySegment.copy(packet, 0, batch.slab(), ValueLayout.JAVA_BYTE, batch.offset[i], packet.length);
        }
        device.outbound(batch, nowNs);
        return batch;
    }

    long drops(DropReason reason) {
        return device.counters().drops(reason);
    }

    @Override
    public void send(PacketBatch datagrams) {
        for (int i = 0; i < datagrams.size(); i++) {
            if (deaf) {
                datagrams.length[i] = 0;
            } else if (datagrams.length[i] > 0) {
                final byte[] bytes = datagrams.slab().asSlice(datagrams.offset[i], datagrams.length[i]).toArray(ValueLayout.JAVA_BYTE);
                sent.add(new Sent(datagrams.endpoint[i], bytes));
            }
        }
    }

    @Override
    public int deliver(PacketBatch inner) {
        int n = 0;
        for (int i = 0; i < inner.size(); i++) {
            if (inner.length[i] > 0 && n < room) {
                n++;
                delivered.add(inner.slab().asSlice(inner.offset[i], inner.length[i]).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return n;
    }
}
