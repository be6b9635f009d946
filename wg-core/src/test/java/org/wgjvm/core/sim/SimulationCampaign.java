package org.wgjvm.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.DeviceProbe;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PresharedKey;

/**
 * One random life of a hub and some spokes, from a seed: weather, moves, sleeps, clock steps, changes of settings, restarts and attackers,
 * while {@link SimWitness} watches. Then peace, in which every link must work again within a bound; then silence, in which everything must
 * be forgotten; and at last the peers go, and nothing may be left of them.
 */
public final class SimulationCampaign {
    /** In peace data flows again both ways within this time: 15.3 s to notice, two tries 5.3 s apart, some of it twice if tries cross. */
    static final long RECOVERY_BOUND_NS = 40 * Simulation.SECOND_NS;

    private static final long SECOND = Simulation.SECOND_NS;
    private static final long MILLISECOND = Simulation.MILLISECOND_NS;
    private static final int REMEMBERED = 64;

    /** What a life amounted to. */
    public record Outcome(
            long seed, long steps, long datagrams, long offered, long delivered, long sealed, long keys, long virtualNs, long recoveryNs) {}

    private final Simulation sim;
    private final RandomGenerator dice;
    private final SimNode hub;
    private final List<SimNode> spokes = new ArrayList<>();
    private final List<PresharedKey> presharedKeys = new ArrayList<>();
    private final List<byte[]> overheard = new ArrayList<>();
    private final List<Endpoint> overheardFrom = new ArrayList<>();
    private final List<Endpoint> overheardTo = new ArrayList<>();
    private final boolean[] clockWentBack;
    private final boolean[] restarted;
    private final long beganNs;
    private long nextId = 1;
    private long slowestRecoveryNs;

    private SimulationCampaign(long seed, boolean logging) {
        sim = new Simulation(seed).watch();
        sim.logging(logging);
        sim.network().remember(false);
        sim.witness().strict();
        dice = sim.random();
        beganNs = sim.nowNs();
        hub = sim.node("hub", Packets.endpoint("192.0.2.1", 51820));
        hub.alsoAt(Packets.endpoint("2001:db8::1", 51820));
        final int count = dice.nextInt(1, 4);
        clockWentBack = new boolean[count + 1];
        restarted = new boolean[count + 1];
        for (int i = 0; i < count; i++) {
            final SimNode spoke = sim.node("spoke" + (i + 1), freeAddress(i));
            spokes.add(spoke);
            presharedKeys.add(dice.nextInt(3) == 0 ? PresharedKey.generate(sim.randomSource()) : null);
            if (!spoke.address().isV6() && dice.nextInt(3) == 0) {
                spoke.behindNat(SECOND * dice.nextInt(20, 200));
            }
            introduceToHub(i);
            introduceToSpoke(i);
        }
        sim.network().dropping(d -> {
            if (d.from() != null) {
                overhear(d);
            }
            return false;
        });
    }

    /** Lives the life of a seed. {@link AssertionError} tells what went wrong. */
    public static Outcome run(long seed, boolean logging) {
        final SimulationCampaign life = new SimulationCampaign(seed, logging);
        life.adventures();
        life.peace();
        life.silence();
        life.departure();
        return new Outcome(
                seed,
                life.sim.steps(),
                life.sim.network().sentCount(),
                life.nextId - 1,
                life.sim.witness().delivered(),
                life.sim.aead().sealed(),
                life.sim.aead().keys(),
                life.sim.nowNs() - life.beganNs,
                life.slowestRecoveryNs);
    }

    private void introduceToHub(int i) {
        final SimNode spoke = spokes.get(i);
        final Endpoint known = dice.nextBoolean() ? spoke.address() : null;
        final int keepalive = dice.nextInt(6) == 0 ? 25 : 0;
        hub.addPeer(spoke, known, zeroIfNone(presharedKeys.get(i)), keepalive, inner(i, 4) + "/32", inner(i, 6) + "/128");
    }

    private void introduceToSpoke(int i) {
        final int keepalive = dice.nextInt(3) == 0 ? dice.nextInt(1, 60) : 0;
        spokes.get(i).addPeer(hub, hubFor(spokes.get(i)), zeroIfNone(presharedKeys.get(i)), keepalive, "10.0.0.0/24", "fd00::/64");
    }

    private static PresharedKey zeroIfNone(PresharedKey key) {
        return key == null ? PresharedKey.of(new byte[PresharedKey.LENGTH], 0) : key;
    }

    private static Endpoint hubFor(SimNode spoke) {
        return spoke.address().isV6() ? Packets.endpoint("2001:db8::1", 51820) : Packets.endpoint("192.0.2.1", 51820);
    }

    private Endpoint freeAddress(int i) {
        Endpoint address;
        do {
            address = dice.nextInt(3) == 0
                    ? Endpoint.v6(0x20010db8_0000_0100L + i, dice.nextLong(1, 1000), 51820, 0)
                    : Endpoint.v4(0xc6336400 | dice.nextInt(1, 255), dice.nextInt(1024, 65536));
        } while (!sim.network().isFree(address));
        return address;
    }

    private static String inner(int i, int family) {
        return family == 4 ? "10.0.0." + (i + 2) : "fd00::" + (i + 2);
    }

    private void overhear(SimNetwork.Datagram d) {
        if (overheard.size() == REMEMBERED) {
            final int forget = dice.nextInt(REMEMBERED);
            overheard.remove(forget);
            overheardFrom.remove(forget);
            overheardTo.remove(forget);
        }
        overheard.add(d.bytes());
        overheardFrom.add(d.source());
        overheardTo.add(d.destination());
    }

    private void adventures() {
        final int count = dice.nextInt(20, 120);
        for (int n = 0; n < count; n++) {
            adventure();
            sim.runFor(switch (dice.nextInt(8)) {
                case 0, 1, 2 -> dice.nextLong(50 * MILLISECOND);
                case 3, 4, 5 -> dice.nextLong(10 * SECOND);
                case 6 -> dice.nextLong(130 * SECOND);
                default -> dice.nextInt(4) == 0 ? dice.nextLong(700 * SECOND) : dice.nextLong(SECOND);
            });
        }
    }

    private void adventure() {
        final int i = dice.nextInt(spokes.size());
        final SimNode spoke = spokes.get(i);
        final SimNode someone = dice.nextInt(3) == 0 ? hub : spoke;
        switch (dice.nextInt(42)) {
            case 0 -> sim.network().weather(dice.nextDouble(0.5), dice.nextDouble(0.3), dice.nextDouble(0.1));
            case 1 -> sim.network().weather(0, 0, 0);
            case 2 -> sim.network().delay(dice.nextLong(400 * MILLISECOND), dice.nextBoolean() ? 0 : dice.nextLong(SECOND));
            case 3 -> sim.network().partition(spoke, true);
            case 4, 5 -> sim.network().partition(spoke, false);
            case 6 -> move(i);
            case 7 -> someone.sleep(dice.nextLong(dice.nextInt(4) == 0 ? 700 * SECOND : 20 * SECOND));
            case 8 -> step(someone);
            case 9 -> forgetAndLearn(i);
            case 10 -> downAndUp(someone);
            case 11 -> replaceAllowedIps(i);
            case 12 -> changePresharedKey(i);
            case 13 -> changeKeepalive(someone == hub ? spoke : hub, someone);
            case 14 -> changeKeyAndBack(someone);
            case 15 -> DeviceProbe.advanceCounter(
                    spoke.device(), hub.publicKey(), dice.nextBoolean() ? -8130L - dice.nextInt(6) : 1L << 60);
            case 16 -> restart(i, someone);
            case 17, 18, 19 -> replay();
            case 20 -> {
                forge();
                spoof(spoke);
            }
            case 21 -> flood();
            case 22 -> someone.coalesce(dice.nextLong(5 * MILLISECOND));
            case 23 -> burst(i, dice.nextBoolean(), 200);
            case 24, 25 -> upgrade(i, someone);
            default -> burst(i, dice.nextBoolean(), dice.nextInt(1, 12));
        }
    }

    private void move(int i) {
        spokes.get(i).move(freeAddress(i));
        spokes.get(i).configure(endpointChange(spokes.get(i)));
    }

    /** A spoke that changed the address family knows the hub under that family's address: as a resolver would tell it. */
    private PeerChange endpointChange(SimNode spoke) {
        return new PeerChange(hub.publicKey(), false, true, null, hubFor(spoke), null, false, List.of());
    }

    private void step(SimNode node) {
        final int who = spokes.indexOf(node) + 1;
        final long by = dice.nextLong(-7200 * SECOND, 7200 * SECOND);
        if (by < 0 && restarted[who]) {
            return;
        }
        clockWentBack[who] |= by < 0;
        node.stepWallClock(by);
    }

    private void forgetAndLearn(int i) {
        if (dice.nextBoolean()) {
            hub.removePeer(spokes.get(i));
            sim.runFor(dice.nextLong(SECOND));
            introduceToHub(i);
        } else {
            spokes.get(i).removePeer(hub);
            sim.runFor(dice.nextLong(SECOND));
            introduceToSpoke(i);
        }
    }

    /** Another process takes over, or fails to, before or after it was told that it may. */
    private void upgrade(int i, SimNode node) {
        if (node.isAsleep()) {
            return;
        }
        final long gapNs = dice.nextLong(dice.nextInt(4) == 0 ? 3 * SECOND : 50 * MILLISECOND);
        final StateWriter written = node.freeze(gapNs);
        sim.runFor(gapNs);
        switch (dice.nextInt(4)) {
            case 0 -> node.takeBack(written);
            case 1 -> node.beginAnew(written, packet(i, node != hub, 100));
            default -> node.succeed(written);
        }
    }

    private void downAndUp(SimNode node) {
        node.down();
        sim.runFor(dice.nextLong(2 * SECOND));
        node.up();
    }

    /** The same prefixes, taken away and given back in one change: nobody may notice. */
    private void replaceAllowedIps(int i) {
        final List<PeerChange.AllowedIp> same = List.of(
                new PeerChange.AllowedIp(Packets.prefix(inner(i, 4) + "/32"), false),
                new PeerChange.AllowedIp(Packets.prefix(inner(i, 6) + "/128"), false));
        hub.configure(new PeerChange(spokes.get(i).publicKey(), false, true, null, null, null, true, same));
    }

    private void changePresharedKey(int i) {
        final PresharedKey fresh = dice.nextBoolean() ? PresharedKey.generate(sim.randomSource()) : null;
        presharedKeys.set(i, fresh);
        hub.configure(new PeerChange(spokes.get(i).publicKey(), false, true, zeroIfNone(fresh), null, null, false, List.of()));
        sim.runFor(dice.nextLong(20 * SECOND));
        spokes.get(i).configure(new PeerChange(hub.publicKey(), false, true, zeroIfNone(fresh), null, null, false, List.of()));
    }

    private void changeKeepalive(SimNode of, SimNode at) {
        final int seconds = dice.nextBoolean() ? 0 : dice.nextInt(1, 40);
        at.configure(new PeerChange(of.publicKey(), false, true, null, null, seconds, false, List.of()));
    }

    private void changeKeyAndBack(SimNode node) {
        node.changeKey(null);
        sim.runFor(dice.nextLong(2 * SECOND));
        node.changeKey(node.privateKey());
    }

    private void restart(int i, SimNode node) {
        final int who = spokes.indexOf(node) + 1;
        if (clockWentBack[who]) {
            // A daemon bears a clock that steps back, but a new one doesn't know what its predecessor sent: its peers remember later
            // timestamps than it would make, and only time helps (paper, section 5.1).
            return;
        }
        restarted[who] = true;
        node.restart();
        if (node == hub) {
            for (int k = 0; k < spokes.size(); k++) {
                introduceToHub(k);
            }
        } else {
            introduceToSpoke(i);
        }
    }

    /** Somebody who has listened sends it again, from the same place. */
    private void replay() {
        for (int n = 0; n < 5 && !overheard.isEmpty(); n++) {
            final int k = dice.nextInt(overheard.size());
            sim.network().transmit(null, overheardFrom.get(k), overheardTo.get(k), overheard.get(k), dice.nextInt(4));
        }
    }

    /** Somebody sends what was overheard from elsewhere, with a bit of the ciphertext changed; and noise. */
    private void forge() {
        final Endpoint attacker = Packets.endpoint("203.0.113.66", 666);
        for (int n = 0; n < 5 && !overheard.isEmpty(); n++) {
            final byte[] bytes = overheard.get(dice.nextInt(overheard.size())).clone();
            if (bytes[0] == 4) {
                bytes[dice.nextInt(16, bytes.length)] ^= (byte) (1 << dice.nextInt(8));
            } else {
                // Not the MACs: without load the second one does not matter.
                bytes[dice.nextInt(8, 40)] ^= (byte) (1 << dice.nextInt(8));
            }
            sim.network().transmit(null, attacker, hub.address(), bytes, 0);
        }
        final byte[] noise = new byte[dice.nextInt(1, 200)];
        dice.nextBytes(noise);
        noise[0] = (byte) dice.nextInt(6);
        sim.network().transmit(null, attacker, hub.address(), noise, 0);
    }

    /** A spoke that speaks in the name of a host that is not behind it: nobody announced these packets, so none may be delivered. */
    private void spoof(SimNode spoke) {
        spoke.send(Packets.udp("10.0.0.250", "10.0.0.1", -1, 100), Packets.udp("fd00::250", "fd00::1", -2, 100));
    }

    /** So many initiations with a good first MAC that the hub must ask for cookies. They say nothing. */
    private void flood() {
        if (dice.nextInt(4) != 0) {
            return;
        }
        Flood.of(700, sim, hub);
    }

    private void burst(int i, boolean up, int count) {
        final byte[][] packets = new byte[count][];
        for (int n = 0; n < count; n++) {
            packets[n] = packet(i, up, dice.nextInt(16) == 0 ? 1420 : dice.nextInt(60, 700));
        }
        (up ? spokes.get(i) : hub).send(packets);
    }

    private byte[] packet(int i, boolean up, int length) {
        final int family = dice.nextBoolean() ? 4 : 6;
        final String here = family == 4 ? "10.0.0.1" : "fd00::1";
        final long id = nextId++;
        final byte[] packet = up ? Packets.udp(inner(i, family), here, id, length) : Packets.udp(here, inner(i, family), id, length);
        sim.witness().announce(id, up ? hub : spokes.get(i), packet);
        return packet;
    }

    /** Everything that was done to the world is undone; settings agree. Then every link must carry data again, soon. */
    private void peace() {
        sim.network().weather(0, 0, 0).delay(20 * MILLISECOND, 0);
        hub.sleep(0);
        for (SimNode spoke : spokes) {
            sim.network().partition(spoke, false);
            spoke.sleep(0);
            spoke.behindNat(0);
        }
        // What is still under way arrives, and a flood is over.
        sim.runFor(3 * SECOND);
        for (int i = 0; i < spokes.size(); i++) {
            final long beganAtNs = sim.nowNs();
            long upId = 0;
            long downId = 0;
            while (upId == 0 || !sim.witness().arrived(upId) || !sim.witness().arrived(downId)) {
                if (sim.nowNs() - beganAtNs > RECOVERY_BOUND_NS) {
                    throw new AssertionError("no way between hub and spoke " + (i + 1) + "\n" + sim.trace());
                }
                final byte[] up = packet(i, true, 100);
                final byte[] down = packet(i, false, 100);
                upId = Packets.id(up);
                downId = Packets.id(down);
                spokes.get(i).send(up);
                hub.send(down);
                sim.runFor(SECOND);
            }
            slowestRecoveryNs = Math.max(slowestRecoveryNs, sim.nowNs() - beganAtNs);
        }
    }

    /** Nobody has anything to say: within minutes there are no datagrams, no timers and no keys. */
    private void silence() {
        for (SimNode spoke : spokes) {
            spoke.configure(new PeerChange(hub.publicKey(), false, true, null, null, 0, false, List.of()));
            hub.configure(new PeerChange(spoke.publicKey(), false, true, null, null, 0, false, List.of()));
        }
        sim.runFor(600 * SECOND);
        final long before = sim.network().sentCount();
        sim.runFor(200 * SECOND);
        if (sim.network().sentCount() != before) {
            throw new AssertionError("no silence\n" + sim.trace());
        }
        for (SimNode node : sim.nodes()) {
            final String left = DeviceProbe.remains(node.device());
            if (left != null) {
                throw new AssertionError(node + " keeps " + left + "\n" + sim.trace());
            }
        }
    }

    /** Peers go in the middle of a conversation. */
    private void departure() {
        for (int i = 0; i < spokes.size(); i++) {
            burst(i, true, 3);
            sim.runFor(dice.nextLong(100 * MILLISECOND));
            burst(i, false, 3);
            hub.removePeer(spokes.get(i));
            spokes.get(i).removePeer(hub);
        }
        for (SimNode node : sim.nodes()) {
            final String left = DeviceProbe.remains(node.device());
            if (node.device().peerCount() != 0 || left != null) {
                throw new AssertionError(node + " keeps, of peers that went, " + left + "\n" + sim.trace());
            }
        }
        sim.runFor(SECOND);
    }
}
