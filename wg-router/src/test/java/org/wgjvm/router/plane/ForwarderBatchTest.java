package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.plane.Packets.Way;

/**
 * What is decided together is decided as one after the other: a twin gets the same packets each in a batch of its own. Runs of a session,
 * sessions of several tenants and services, and whatever is not usual about a packet end and begin anywhere in a batch.
 */
final class ForwarderBatchTest {
    private static final long NOW_NS = 1_000_000_000_000L;

    /** A forwarder and all that is its own. */
    private static final class Side {
        private final InterfaceNumbers numbers = new InterfaceNumbers();
        private final PairTable pairs = new PairTable();
        private final TimeoutTable timeouts = new TimeoutTable();
        private final TestPort inside = new TestPort(numbers.of(Models.INSIDE));
        private final TestPort lan = new TestPort(numbers.of(Models.LAN));
        private final Forwarder forwarder = new Forwarder(40, 1, 2, pairs, timeouts);

        Side() {
            forwarder.attach(inside);
            forwarder.attach(lan);
            commit("10.10.10.2");
        }

        void commit(String target) {
            final Authority authority = Models.bothUses(target, "fd10::2");
            forwarder.policy(PolicyCompiler.compile(authority, authority.router("r1"), numbers, pairs, timeouts));
        }

        TestPort port(boolean isInside) {
            return isInside ? inside : lan;
        }

        void from(boolean fromInside, byte[]... packets) {
            forwarder.forward(TestPort.batch(packets), port(fromInside), NOW_NS);
        }
    }

    @Property(tries = 1000)
    void aBatchIsDecidedAsItsPacketsAre(@ForAll long seed) {
        final Random random = new Random(seed);
        final Side together = new Side();
        final Side singly = new Side();
        for (int round = 0; round < 6; round++) {
            final boolean fromInside = random.nextBoolean();
            final byte[][] packets = packets(random, fromInside);
            if (random.nextInt(4) == 0) {
                final String target = random.nextInt(3) == 0 ? "10.10.10.3" : "10.10.10.2";
                together.commit(target);
                singly.commit(target);
            }
            final boolean up = random.nextInt(8) != 0;
            together.port(!fromInside).up = up;
            singly.port(!fromInside).up = up;
            together.from(fromInside, copy(packets));
            for (final byte[] packet : copy(packets)) {
                singly.from(fromInside, packet);
            }
            assertSame(singly, together);
        }
    }

    private static byte[][] copy(byte[][] packets) {
        return Arrays.stream(packets).map(byte[]::clone).toArray(byte[][]::new);
    }

    private static void assertSame(Side expected, Side actual) {
        for (final boolean isInside : new boolean[] {true, false}) {
            assertSent(expected.port(isInside).take(), actual.port(isInside).take());
            assertEquals(expected.port(isInside).outBytes, actual.port(isInside).outBytes);
            assertEquals(expected.port(isInside).outPackets, actual.port(isInside).outPackets);
        }
        final SessionTable sessions = actual.forwarder.sessions(false);
        assertEquals(expected.forwarder.sessions(false).size(), sessions.size());
        assertEquals(expected.forwarder.sessions(false).end(), sessions.end());
        for (int s = 0; s < sessions.end(); s++) {
            assertEquals(expected.forwarder.sessions(false).exists(s), sessions.exists(s));
            if (sessions.exists(s)) {
                for (int direction = 0; direction < 2; direction++) {
                    assertEquals(expected.forwarder.sessions(false).packets(s, direction), sessions.packets(s, direction));
                }
                assertEquals(expected.forwarder.sessions(false).flags(s), sessions.flags(s));
                assertEquals(expected.forwarder.sessions(false).lastTick(s), sessions.lastTick(s));
            }
        }
        for (int p = 0; p < expected.pairs.all().size(); p++) {
            final PairCounters counters = expected.pairs.all().get(p);
            final PairCounters others = actual.pairs.of(counters.tenant, counters.service);
            assertEquals(counters.packets, others.packets);
            assertEquals(counters.bytes, others.bytes);
            assertEquals(counters.activeSessions, others.activeSessions);
            for (final RouterDropReason reason : RouterDropReason.values()) {
                if (reason != RouterDropReason.TTL_EXPIRED) {
                    assertEquals(counters.drops(reason), others.drops(reason), reason.name());
                }
            }
        }
        // Whose session it is, nobody asks for when a packet before it in the same batch has begun that.
        assertEquals(expired(expected), expired(actual));
    }

    private static long expired(Side side) {
        return side.pairs.all().stream().mapToLong(pair -> pair.drops(RouterDropReason.TTL_EXPIRED)).sum();
    }

    /** An answer of the router's own may come before or after the rest of a batch: order is held within what passes through. */
    private static void assertSent(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "packet " + i);
        }
    }

    private static byte[][] packets(Random random, boolean fromInside) {
        final List<byte[]> all = new ArrayList<>();
        while (all.size() < 150) {
            final int port = 4000 + random.nextInt(3);
            final boolean service = random.nextBoolean();
            final Way asked = service
                    ? Way.of("172.16.1.7", port, "128.128.128.128", 443)
                    : Way.of("10.10.10.2", port, "172.16.1.9", 80);
            final Way way = !service ? fromInside ? asked : asked.back() : fromInside ? asked.to("10.10.10.2").back() : asked;
            final boolean request = service != fromInside;
            final int kind = random.nextInt(12);
            for (int run = 1 + random.nextInt(random.nextBoolean() ? 1 : 6); run > 0; run--) {
                add(all, random, kind, way.hops(random.nextInt(20) == 0 ? 1 : 2 + random.nextInt(254)), request);
            }
        }
        return all.toArray(byte[][]::new);
    }

    private static void add(List<byte[]> all, Random random, int kind, Way way, boolean request) {
        final byte[] data = new byte[random.nextInt(60)];
        random.nextBytes(data);
        switch (kind) {
            case 0, 1, 2 -> all.add(Packets.udp(way, data));
            case 3, 4 -> all.add(Packets.tcp(way, 0x10, data));
            case 5 -> all.add(Packets.udpWithoutChecksum(way, data));
            case 6 -> all.add(withOptions(random.nextBoolean() ? Packets.udp(way, data) : Packets.tcp(way, 0x10, data)));
            case 7 -> all.add(Packets.tcp(way, random.nextInt(64), data));
            case 8 -> all.add(Packets.echo(way, request, data));
            case 9 -> all.add(Packets.other(way, 47, data));
            case 10 -> all.addAll(List.of(Packets.fragments(Packets.udp(way, Arrays.copyOf(data, 60)), 32)));
            default -> {
                final byte[] damaged = random.nextBoolean() ? Packets.udp(way, data) : Packets.tcp(way, 0x10, data);
                damaged[random.nextInt(40 > damaged.length ? damaged.length : 40)] = (byte) random.nextInt(256);
                all.add(damaged);
            }
        }
    }

    /** The packet with a word of options that mean nothing in its header. */
    private static byte[] withOptions(byte[] packet) {
        final byte[] longer = new byte[packet.length + 4];
        System.arraycopy(packet, 0, longer, 0, 20);
        Arrays.fill(longer, 20, 24, (byte) 1);
        System.arraycopy(packet, 20, longer, 24, packet.length - 20);
        longer[0] = 0x46;
        longer[2] = (byte) (longer.length >>> 8);
        longer[3] = (byte) longer.length;
        int sum = 0;
        longer[10] = 0;
        longer[11] = 0;
        for (int i = 0; i < 24; i += 2) {
            sum += (longer[i] & 0xff) << 8 | longer[i + 1] & 0xff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = ~((sum & 0xffff) + (sum >>> 16));
        longer[10] = (byte) (sum >>> 8);
        longer[11] = (byte) sum;
        return longer;
    }
}
