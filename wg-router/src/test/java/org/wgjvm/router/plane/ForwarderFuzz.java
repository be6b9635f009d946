package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.wgjvm.core.packet.PacketBatch;

/** A packet that somebody wrote to do harm, between guard bytes that must stay as they are. */
final class ForwarderFuzz {
    private static final byte GUARD = 0x5a;

    private ForwarderFuzz() {}

    static void run(Forwarder forwarder, TestPort inside, TestPort lan, long nowNs, long seed) {
        final Random random = new Random(seed);
        final boolean v6 = random.nextBoolean();
        final Packets.Way way = v6 ? Packets.Way.of("fd01::7", 1, "fd80::80", 2) : Packets.Way.of("172.16.1.7", 1, "128.128.128.128", 2);
        final byte[] data = new byte[random.nextInt(90)];
        random.nextBytes(data);
        final byte[] packet = switch (random.nextInt(6)) {
            case 0 -> data;
            case 1 -> Packets.tcp(way, random.nextInt(64), data);
            case 2 -> Packets.udp(way, data);
            case 3 -> Packets.echo(way, random.nextBoolean(), data);
            case 4 -> Packets.error(way.source(), way.destination(), 9, Packets.udp(way.back(), data), 8 + random.nextInt(100));
            default -> Packets.other(way, random.nextInt(256), data);
        };
        for (int i = random.nextInt(4); i > 0 && packet.length > 0; i--) {
            packet[random.nextInt(random.nextBoolean() ? Math.min(packet.length, 48) : packet.length)] = (byte) random.nextInt(256);
        }
        check(forwarder, random.nextBoolean() ? inside : lan, packet, nowNs);
        inside.take();
        lan.take();
    }

    static void check(Forwarder forwarder, TestPort from, byte[] packet, long nowNs) {
        final PacketBatch batch = new PacketBatch(1, PacketBatch.stride(packet.length) + 256);
        batch.slab().fill(GUARD);
        final int i = batch.add(128, packet.length, 256 + packet.length);
        batch.slab().asSlice(128, packet.length).copyFrom(java.lang.foreign.MemorySegment.ofArray(packet));
        forwarder.forward(batch, from, nowNs);
        assertEquals(128, batch.offset[i]);
        for (int at = 0; at < batch.slabLength(); at++) {
            if (at < 128 || at >= 128 + packet.length) {
                assertEquals(GUARD, batch.slab().get(ValueLayout.JAVA_BYTE, at));
            }
        }
    }
}
