package org.wgjvm.router.plane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wgjvm.router.plane.Models.INSIDE;
import static org.wgjvm.router.plane.Models.LAN;
import static org.wgjvm.router.plane.Models.access;
import static org.wgjvm.router.plane.Models.authority;
import static org.wgjvm.router.plane.Models.route;
import static org.wgjvm.router.plane.Models.router;
import static org.wgjvm.router.plane.Models.service;
import static org.wgjvm.router.plane.Models.tenant;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.Service;
import org.wgjvm.router.plane.Packets.Way;

/**
 * The document's two uses on one router: endpoints of the private network 10.10.10.0/24 (and fd10::/64) with services on the LAN, and the
 * service {@code thing} at 128.128.128.128 (and fd80::80), which the technicians on the LAN reach at the endpoint 10.10.10.2 (fd10::2).
 */
final class ForwarderTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final byte[] DATA = "forty-two".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final Way TO_LAN = Way.of("10.10.10.2", 4000, "172.16.1.9", 80);
    private static final Way TO_THING = Way.of("172.16.1.7", 5000, "128.128.128.128", 443);
    private static final Way TO_THING_V6 = Way.of("fd01::7", 5000, "fd80::80", 443);

    private final InterfaceNumbers numbers = new InterfaceNumbers();
    private final PairTable pairs = new PairTable();
    private final TimeoutTable timeouts = new TimeoutTable();
    private final TestPort inside = new TestPort(numbers.of(INSIDE));
    private final TestPort lan = new TestPort(numbers.of(LAN));
    private Forwarder forwarder;
    private long nowNs = 1000 * SECOND_NS;

    ForwarderTest() {
        begin();
    }

    /** A router without sessions: the tries of a property share the test's object. */
    private void begin() {
        forwarder = new Forwarder(8, 1, 2, pairs, timeouts);
        forwarder.attach(inside);
        forwarder.attach(lan);
        commit(both());
    }

    private static Authority both(Service... more) {
        return with("10.10.10.2", "fd10::2", more);
    }

    private static Authority with(String target, String targetV6, Service... more) {
        return Models.bothUses(target, targetV6, more);
    }

    private void commit(Authority authority) {
        forwarder.policy(PolicyCompiler.compile(authority, authority.router("r1"), numbers, pairs, timeouts));
    }

    private void from(TestPort port, byte[]... packets) {
        forwarder.forward(TestPort.batch(packets), port, nowNs);
    }

    private static void assertSent(TestPort port, byte[]... packets) {
        final List<byte[]> sent = port.take();
        assertEquals(packets.length, sent.size());
        for (int i = 0; i < packets.length; i++) {
            assertArrayEquals(packets[i], sent.get(i), "packet " + i);
        }
    }

    private long drops(String tenant, String service, RouterDropReason reason) {
        return pairs.of(tenant, service).drops(reason);
    }

    private int sessions() {
        return forwarder.sessions(false).size() + forwarder.sessions(true).size();
    }

    // Sessions.

    @Test
    void aSessionOfAnEndpointGoesToItsServiceAndItsAnswersComeBack() {
        from(inside, Packets.tcp(TO_LAN, 2, DATA));
        assertSent(lan, Packets.tcp(TO_LAN.hop(), 2, DATA));
        from(lan, Packets.tcp(TO_LAN.back(), 0x12, DATA), Packets.tcp(TO_LAN.back(), 0x10, new byte[0]));
        assertSent(inside, Packets.tcp(TO_LAN.back().hop(), 0x12, DATA), Packets.tcp(TO_LAN.back().hop(), 0x10, new byte[0]));
        assertEquals(1, sessions());
        final PairSnapshot counted = pairs.of("remote-worker", "lab").snapshot();
        assertEquals(1, counted.sessions());
        assertEquals(1, counted.activeSessions());
        assertEquals(3, counted.packets());
        assertEquals(3 * 40 + 2 * DATA.length, counted.bytes());
        assertEquals(0, counted.allDrops());
    }

    @Test
    void withoutAServiceNothingPassesAndItIsCountedByReasonTenantAndService() {
        from(inside, Packets.udp(TO_LAN.to("172.16.2.9"), DATA), Packets.udp(TO_LAN.to("128.128.128.128"), DATA));
        from(lan, Packets.udp(TO_LAN.back(), DATA));
        from(lan, Packets.udp(Way.of("192.168.0.1", 1, "128.128.128.128", 443), DATA));
        assertSent(lan);
        assertSent(inside);
        assertEquals(0, sessions());
        assertEquals(2, drops("remote-worker", null, RouterDropReason.NO_SERVICE));
        assertEquals(1, drops("technician", null, RouterDropReason.NO_SERVICE));
        assertEquals(1, drops("<global>", null, RouterDropReason.NO_SERVICE));
    }

    @Test
    void aFlowOfTheSameAddressesOnAnotherInterfaceIsNotTheSession() {
        from(inside, Packets.udp(TO_LAN, DATA));
        lan.take();
        from(lan, Packets.udp(TO_LAN, DATA));
        assertSent(lan);
        assertSent(inside);
    }

    @Test
    void packetsOfABatchBeginOneSessionAndKeepTheirOrder() {
        from(inside, Packets.udp(TO_LAN, new byte[1]), Packets.udp(TO_LAN, new byte[2]), Packets.udp(TO_LAN, new byte[3]));
        final Way on = TO_LAN.hop();
        assertSent(lan, Packets.udp(on, new byte[1]), Packets.udp(on, new byte[2]), Packets.udp(on, new byte[3]));
        assertEquals(1, sessions());
    }

    @Test
    void aBatchForSeveralPortsIsSharedOutAndGivenToTheOneThatTakesIt() {
        inside.takesBatches = true;
        commit(both(service("self", "172.16.1.0/24", access("technician", true))));
        final Way here = Way.of("172.16.1.7", 1, "172.16.1.8", 2);
        final PacketBatch batch = TestPort.batch(
                Packets.udp(here, DATA),
                Packets.udp(TO_THING, DATA),
                Packets.udp(TO_THING.to("9.9.9.9"), DATA),
                Packets.udp(here, new byte[0]));
        assertSame(batch, forwarder.forwardOwned(batch, lan, nowNs));
        assertSame(batch, inside.handed);
        assertEquals(0, batch.size());
        assertSent(lan, Packets.udp(here.hop(), DATA), Packets.udp(here.hop(), new byte[0]));
        assertSent(inside, Packets.udp(TO_THING.to("10.10.10.2").hop(), DATA));
        assertEquals(2, lan.outPackets);
        assertEquals(4, lan.inPackets);
        assertEquals(1, inside.outPackets);
    }

    @Test
    void whatAPortDoesNotTakeIsCounted() {
        lan.full = true;
        from(inside, Packets.udp(TO_LAN, DATA));
        assertEquals(1, lan.outDrops);
        assertEquals(1, drops(null, null, RouterDropReason.EGRESS_OVERFLOW));
        lan.up = false;
        from(inside, Packets.udp(TO_LAN, DATA));
        assertEquals(1, drops("remote-worker", "lab", RouterDropReason.EGRESS_DOWN));
    }

    @Test
    void aFullTableRefusesWhatBeginsAndServesWhatIs() {
        for (int i = 0; i < 8; i++) {
            from(inside, Packets.udp(TO_LAN.fromPort(i), DATA));
        }
        from(inside, Packets.udp(TO_LAN.fromPort(8), DATA), Packets.udp(TO_LAN.fromPort(3), DATA));
        assertEquals(9, lan.take().size());
        assertEquals(1, drops("remote-worker", "lab", RouterDropReason.SESSION_TABLE_FULL));
    }

    @Test
    void aSilentSessionEndsAfterItsTimeoutAndItsAnswersAreNobodys() {
        from(inside, Packets.udp(TO_LAN, DATA));
        assertTrue(forwarder.hasBegun());
        final long dueNs = (long) forwarder.nextTick() << TimeoutTable.TICK_SHIFT;
        assertTrue(dueNs - nowNs >= 180 * SECOND_NS && dueNs - nowNs < 181 * SECOND_NS, "due in " + (dueNs - nowNs) + " ns");
        nowNs += 179 * SECOND_NS;
        assertTrue(forwarder.expire(nowNs, 100));
        from(lan, Packets.udp(TO_LAN.back(), DATA));
        nowNs += 179 * SECOND_NS;
        assertTrue(forwarder.expire(nowNs, 100));
        assertEquals(1, sessions());
        nowNs += 2 * SECOND_NS;
        assertTrue(forwarder.expire(nowNs, 100));
        assertEquals(0, sessions());
        assertEquals(0, pairs.of("remote-worker", "lab").activeSessions);
        assertEquals(Integer.MAX_VALUE, forwarder.nextTick());
        inside.take();
        from(lan, Packets.udp(TO_LAN.back(), DATA));
        assertSent(inside);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tcpThatSaysGoodbyeEndsSoon(boolean reset) {
        from(inside, Packets.tcp(TO_LAN, 2, DATA));
        from(inside, Packets.tcp(TO_LAN, reset ? 4 : 0x11, DATA));
        nowNs += 11 * SECOND_NS;
        forwarder.expire(nowNs, 100);
        assertEquals(reset ? 0 : 1, sessions(), "a side that has said goodbye still listens");
        if (!reset) {
            from(lan, Packets.tcp(TO_LAN.back(), 0x11, DATA));
            nowNs += 9 * SECOND_NS;
            forwarder.expire(nowNs, 100);
            assertEquals(1, sessions());
            nowNs += 2 * SECOND_NS;
            forwarder.expire(nowNs, 100);
            assertEquals(0, sessions());
        }
    }

    // NAT.

    private byte[] build(int kind, Way way, boolean asked, byte[] data) {
        return switch (kind) {
            case 0 -> Packets.tcp(way, 0x10, data);
            case 1 -> Packets.udp(way, data);
            case 2 -> Packets.echo(way, asked, data);
            case 3 -> way.source().v6() ? Packets.udp(way, data) : Packets.udpWithoutChecksum(way, data);
            default -> Packets.other(way, 47, data);
        };
    }

    /** A translated packet is the packet that would have been built for the other addresses, checksums included; both directions. */
    @Property(tries = 500)
    void aTranslatedPacketIsAsIfBuiltSo(@ForAll boolean v6, @ForAll @IntRange(min = 0, max = 4) int kind, @ForAll long seed) {
        begin();
        final Random random = new Random(seed);
        final byte[] data = new byte[random.nextInt(80)];
        random.nextBytes(data);
        final int port = random.nextInt(65536);
        final Way asked = (v6 ? TO_THING_V6 : TO_THING).fromPort(port).hops(2 + random.nextInt(254));
        final Way translated = asked.to(v6 ? "fd10::2" : "10.10.10.2");
        from(lan, build(kind, asked, true, data));
        assertSent(inside, build(kind, translated.hop(), true, data));
        from(inside, build(kind, translated.back(), false, data));
        assertSent(lan, build(kind, asked.back().hop(), false, data));
        assertEquals(1, sessions());
    }

    /** What comes damaged leaves damaged: a checksum is changed by what is changed, not computed anew. */
    @Test
    void aDamagedPacketStaysDamaged() {
        final byte[] damaged = Packets.tcp(TO_THING, 2, DATA);
        damaged[45] ^= 1;
        final byte[] expected = Packets.tcp(TO_THING.to("10.10.10.2").hop(), 2, DATA);
        expected[45] ^= 1;
        from(lan, damaged);
        assertSent(inside, expected);
    }

    /** An ICMP error from behind the translation arrives as one about the packet that was sent, from whom it was sent to. */
    @Property(tries = 500)
    void anErrorAboutATranslatedPacketIsAboutTheOneThatWasSent(
            @ForAll boolean v6, @ForAll @IntRange(min = 0, max = 4) int kind, @ForAll boolean fromTarget, @ForAll long seed) {
        begin();
        final Random random = new Random(seed);
        final byte[] data = new byte[random.nextInt(60)];
        random.nextBytes(data);
        final Way asked = v6 ? TO_THING_V6 : TO_THING;
        final String target = v6 ? "fd10::2" : "10.10.10.2";
        from(lan, build(kind, asked, true, data));
        final byte[] left = inside.take().getFirst();
        assertArrayEquals(build(kind, asked.to(target).hop(), true, data), left);
        // Whole words, so that a checksum is quoted or not, and never by half.
        final int quoted = (v6 ? 48 : 28) + 2 * random.nextInt(30);
        if (quoted > left.length && left.length < (v6 ? 48 : 28)) {
            return; // too short to be quoted with ports
        }
        final IpAddress hop = IpAddress.parse(fromTarget ? target : v6 ? "fd99::1" : "10.99.0.1");
        from(inside, Packets.error(hop, asked.source(), 9, left, quoted));
        final byte[] sent = lan.take().getFirst();
        final byte[] about = build(kind, asked.hop(), true, data);
        final byte[] expected = Packets.error(fromTarget ? asked.destination() : hop, asked.source(), 8, about, quoted);
        // The checksum of the quoted transport is only right where it is quoted; elsewhere nothing is left to compare.
        assertArrayEquals(expected, sent);
    }

    /** The same about an answer: the initiator's side refuses it, and the service's host is told in its own terms. */
    @Property(tries = 200)
    void anErrorAboutATranslatedAnswerIsAboutTheAnswer(@ForAll boolean v6, @ForAll @IntRange(min = 0, max = 2) int kind) {
        begin();
        final Way asked = v6 ? TO_THING_V6 : TO_THING;
        final Way answer = asked.to(v6 ? "fd10::2" : "10.10.10.2").back();
        from(lan, build(kind, asked, true, DATA));
        inside.take();
        from(inside, build(kind, answer, false, DATA));
        final byte[] arrived = lan.take().getFirst();
        from(lan, Packets.error(asked.source(), asked.destination(), 9, arrived, 500));
        assertSent(inside, Packets.error(asked.source(), answer.source(), 8, build(kind, answer.hop(), false, DATA), 500));
    }

    @Test
    void anErrorAboutNothingOfOursIsDropped() {
        from(inside, Packets.error(Models.ip("10.10.10.2"), TO_THING.source(), 9, Packets.udp(TO_THING.to("10.10.10.2"), DATA), 100));
        assertSent(lan);
        assertEquals(1, drops(null, null, RouterDropReason.ICMP_UNRELATED));
    }

    @Test
    void anEchoReplyNobodyAskedForIsDropped() {
        from(inside, Packets.echo(TO_LAN, false, DATA));
        assertSent(lan);
        assertEquals(1, drops(null, null, RouterDropReason.ICMP_UNRELATED));
    }

    /** Two destinations with one NAT target, the same source and port: the answers must be told apart. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void sessionsWhoseAnswersWouldLookAlikeGetAnotherSourcePort(int kind) {
        commit(both(service("thing2", "128.128.128.129/32", access("technician", true))));
        final Authority twice = both(service("thing2", "128.128.128.129/32", access("technician", true)));
        final var router = twice.router("r1");
        final List<org.wgjvm.router.config.ServiceRoute> routes = new ArrayList<>(router.serviceRoutes());
        routes.add(route("thing2", "10.10.10.2", INSIDE));
        commit(new Authority(
                twice.tenants(), List.of(), List.of(), twice.services(),
                List.of(new org.wgjvm.router.config.Router("r1", null, router.nodes(), router.profiles(), routes))));
        final Way second = TO_THING.to("128.128.128.129");
        from(lan, build(kind, TO_THING, true, DATA));
        from(lan, build(kind, second, true, DATA));
        final List<byte[]> sent = inside.take();
        assertArrayEquals(build(kind, TO_THING.to("10.10.10.2").hop(), true, DATA), sent.get(0));
        final int port = ByteBuffer.wrap(sent.get(1)).getShort(kind == 2 ? 24 : 20) & 0xffff;
        assertNotEquals(TO_THING.sourcePort(), port);
        assertArrayEquals(build(kind, TO_THING.to("10.10.10.2").fromPort(port).hop(), true, DATA), sent.get(1));
        from(inside, build(kind, TO_THING.to("10.10.10.2").fromPort(port).back(), false, DATA));
        from(inside, build(kind, TO_THING.to("10.10.10.2").back(), false, DATA));
        assertSent(lan, build(kind, second.back().hop(), false, DATA), build(kind, TO_THING.back().hop(), false, DATA));
    }

    @Test
    void laterFragmentsFollowTheirFirstOneThroughTheTranslation() {
        final byte[][] asked = Packets.fragments(Packets.udp(TO_THING, new byte[100]), 64);
        final byte[][] translated = Packets.fragments(Packets.udp(TO_THING.to("10.10.10.2").hop(), new byte[100]), 64);
        from(lan, asked[1]);
        assertEquals(1, drops(null, null, RouterDropReason.FRAGMENT));
        from(lan, asked);
        assertSent(inside, translated);
        nowNs += 31 * SECOND_NS;
        from(lan, asked[1]);
        assertEquals(2, drops(null, null, RouterDropReason.FRAGMENT));
    }

    // Commits.

    @Test
    void aCommitThatStillAllowsItInterruptsNothing() {
        from(lan, Packets.tcp(TO_THING, 2, DATA));
        from(inside, Packets.tcp(TO_LAN, 2, DATA));
        commit(both(service("other", "1.1.1.1/32", access("remote-worker", true))));
        from(inside, Packets.tcp(TO_THING.to("10.10.10.2").back(), 0x12, DATA));
        assertEquals(2, lan.take().size());
        commit(both());
        from(lan, Packets.tcp(TO_LAN.back(), 0x12, DATA));
        assertEquals(2, inside.take().size());
        assertEquals(1, pairs.of("technician", "thing").sessions);
        assertEquals(1, pairs.of("remote-worker", "lab").sessions);
        assertEquals(2, sessions());
    }

    @Test
    void aCommitCutsWhatItNoLongerAllows() {
        from(lan, Packets.tcp(TO_THING, 2, DATA));
        from(inside, Packets.tcp(TO_LAN, 2, DATA));
        inside.take();
        lan.take();
        commit(both(service("deny", "172.16.1.9/32", access("remote-worker", false))));
        from(inside, Packets.tcp(TO_LAN, 0x10, DATA));
        from(lan, Packets.tcp(TO_LAN.back(), 0x10, DATA));
        assertSent(lan);
        assertSent(inside);
        assertEquals(1, drops("remote-worker", "deny", RouterDropReason.ACCESS_DENIED));
        assertEquals(0, pairs.of("remote-worker", "lab").activeSessions);
        assertEquals(1, sessions(), "of the other nothing was seen yet");
        from(inside, Packets.tcp(TO_THING.to("10.10.10.2").back(), 0x10, DATA));
        assertEquals(1, lan.take().size());
    }

    @Test
    void anAnswerInASessionThatIsNoLongerAllowedIsCutAndCounted() {
        from(lan, Packets.tcp(TO_THING, 2, DATA));
        commit(with("10.10.10.3", "fd10::3"));
        from(inside, Packets.tcp(TO_THING.to("10.10.10.2").back(), 0x12, DATA));
        assertSent(lan);
        assertEquals(1, drops("technician", "thing", RouterDropReason.SESSION_CUT));
        inside.take();
        from(lan, Packets.tcp(TO_THING, 0x10, DATA));
        assertSent(inside, Packets.tcp(TO_THING.to("10.10.10.3").hop(), 0x10, DATA));
    }

    @Test
    void aSessionEndedInTheMiddleOfABatchIsNotFoundByThePacketsBehind() {
        from(lan, Packets.udp(TO_THING, DATA));
        commit(authority(List.of(), List.of(), List.of(), both().router("r1")));
        inside.take();
        from(lan, Packets.udp(TO_THING, DATA), Packets.udp(TO_THING, DATA), Packets.udp(TO_THING, DATA));
        assertSent(inside);
        assertEquals(0, sessions());
        assertEquals(3, drops("<global>", null, RouterDropReason.NO_SERVICE));
    }

    // What the router says itself.

    @Test
    void theRouterAnswersPingsToItsOwnAddresses() {
        final Way ping = Way.of("10.10.10.2", 77, "10.10.10.1", 0);
        from(inside, Packets.echo(ping.hops(3), true, DATA));
        assertSent(inside, Packets.echo(ping.back(), false, DATA));
        final Way ping6 = Way.of("fd01::7", 77, "fd01::1", 0);
        from(lan, Packets.echo(ping6.hops(3), true, DATA));
        assertSent(lan, Packets.echo(ping6.back(), false, DATA));
        from(inside, Packets.echo(Way.of("10.10.10.2", 77, "172.16.1.1", 0), true, DATA));
        assertEquals(1, lan.take().size(), "an address of another interface is behind a service like any other");
    }

    @Test
    void aPacketAtTheEndOfItsHopsIsAnsweredByTheRouterAndGoesNowhere() {
        from(inside, Packets.udp(TO_LAN.hops(1), DATA));
        assertSent(lan);
        final byte[] said = inside.take().getFirst();
        assertEquals(11, said[20]);
        assertEquals("10.10.10.1", IpAddress.v4(ByteBuffer.wrap(said).getInt(12)).toString());
        assertEquals(0, sessions());
        assertEquals(1, drops(null, null, RouterDropReason.TTL_EXPIRED));
    }

    // What is wrong with a packet.

    @Test
    void anUnknownInterfaceAndMalformedPacketsGiveNothing() {
        final TestPort unknown = new TestPort(numbers.of(new InterfaceId("node1", "unknown")));
        forwarder.attach(unknown);
        from(unknown, Packets.udp(TO_LAN, DATA));
        assertEquals(1, drops(null, null, RouterDropReason.NO_INTERFACE));
        from(inside, new byte[] {0x45}, new byte[60], java.util.Arrays.copyOf(Packets.tcp(TO_LAN, 2, DATA), 40));
        assertSent(lan);
        assertEquals(3, drops(null, null, RouterDropReason.MALFORMED));
        assertFalse(forwarder.hasBegun());
    }

    /** Random bytes, and real packets damaged at random, are never thrown about, and nothing around them is touched. */
    @Property(tries = 2000)
    void noPacketIsThrownOutAndNothingAroundItIsTouched(@ForAll long seed) {
        ForwarderFuzz.run(forwarder, inside, lan, nowNs, seed);
    }
}
