package org.wgjvm.hub.share;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.share.KeyValueStore.Item;
import org.wgjvm.hub.share.KeyValueStore.Listing;
import org.wgjvm.hub.state.PortEntry;
import org.wgjvm.hub.state.PortStore;
import org.wgjvm.hub.state.ShareRecord;

/**
 * Three agents and a store on one virtual clock, with everything going wrong at random: connections cut, answers lost, watches late, agents
 * killed, stopped and gone on, the store down, emptied of its past, leases revoked. At no moment do two hosts have one hub that was
 * promised, a hub that was not is never down on a host that lives, and when all is well again every hub is at home.
 */
final class ShareSimTest {
    private static final int LEASE_SECONDS = 8;
    private static final long TICK_NS = 50_000_000L;
    private static final List<String> HOSTS = List.of("net1", "net2", "net3");
    private static final String SECRET = "secret";

    @TempDir
    Path directory;

    private final FakeStore store = new FakeStore();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, String> homes = new TreeMap<>();
    private final List<String> story = new ArrayList<>();
    private long takeOvers;

    /** A host with an agent whose reconciler does what it may at once. */
    private final class Node implements Share.Listener {
        final String host;
        final List<String> successors;
        final double rate;
        final long offsetNs;
        final Set<String> up = new TreeSet<>();
        FakeStore.Connection connection;
        Share share;
        boolean paused;
        long stepAtNs;
        long lateUntilNs;

        Node(String host, List<String> successors, Random random) {
            this.host = host;
            this.successors = successors;
            rate = 1 + (random.nextDouble() - 0.5) / 1000;
            offsetNs = random.nextLong(1_000_000_000_000L);
        }

        long clock() {
            return offsetNs + (long) (store.clockNs.get() * rate);
        }

        void start() throws IOException {
            connection = store.connect();
            connection.atOnce = false;
            share = new Share(
                    new ShareSettings("/t/", host, successors, SECRET, LEASE_SECONDS), connection,
                    new ShareRecord(directory.resolve(host)), this::clock, line -> story.add(seconds() + " " + host + ": " + line), this);
            stepAtNs = 0;
        }

        void kill() {
            up.clear();
            if (share != null) {
                connection.close();
                share = null;
            }
        }

        @Override
        public void onListing(Listing listing) {
            // What is wanted is not looked at here.
        }

        @Override
        public void onChanges(List<Item> changes) {
            // Nor its changes.
        }

        @Override
        public void onRights() {
            // Looked at after each step.
        }

        void guard() {
            if (share != null && !paused) {
                share.fence().check(clock());
                up.removeIf(h -> share.right(h, homes.getOrDefault(h, "")) == Share.Right.LEASED && !share.fence().permits(h, clock()));
            }
        }

        void step() {
            if (share == null || paused) {
                return;
            }
            guard();
            if (clock() - stepAtNs >= 0) {
                stepAtNs = share.step();
            }
            homes.forEach((hub, home) -> {
                switch (share.right(hub, home)) {
                    case FREE -> up.add(hub);
                    case LEASED -> {
                        if (share.fence().enter(hub, () -> up.remove(hub), clock())) {
                            up.add(hub);
                        }
                    }
                    default -> {
                        share.fence().leave(hub);
                        up.remove(hub);
                    }
                }
            });
            up.retainAll(homes.keySet());
        }
    }

    private String seconds() {
        return String.format("%.2f", store.clockNs.get() / 1e9);
    }

    private void want(int n, String home) throws Exception {
        final JsonObject json = Ports.hub("p1");
        json.addProperty("binding:host_id", home);
        final String id = Ports.hubId(n);
        final PortEntry entry = new PortEntry(PortReader.read(Ports.fields(json), id, null).port(), 51820 + n, null);
        homes.put(id, home);
        store.put("/t/ports/" + id, PortStore.write(entry));
    }

    private void passTo(long endNs, Random random) {
        while (store.clockNs.get() < endNs) {
            store.clockNs.addAndGet(TICK_NS);
            for (final Node node : nodes.values()) {
                node.guard();
            }
            check();
            for (final Node node : nodes.values()) {
                if (random != null && random.nextInt(200) == 0) {
                    node.lateUntilNs = store.clockNs.get() + random.nextLong(20_000_000_000L);
                }
                if (node.share != null && (random == null || store.clockNs.get() > node.lateUntilNs)) {
                    node.connection.deliver();
                }
                node.step();
                check();
            }
        }
    }

    private void check() {
        homes.forEach((hub, home) -> {
            final List<String> having = nodes.values().stream().filter(n -> n.up.contains(hub) && !n.paused).map(n -> n.host).toList();
            assertTrue(having.size() < 2, () -> hub + " is up at " + having + "\n" + String.join("\n", story));
            final Node node = nodes.get(home);
            if (node.successors.isEmpty() && node.share != null && !node.paused && node.stepAtNs != 0) {
                assertTrue(node.up.contains(hub), () -> hub + " is down at its own " + home + "\n" + String.join("\n", story));
            }
            if (having.size() == 1 && !having.getFirst().equals(home)) {
                takeOvers++;
            }
        });
    }

    private void harm(Random random) throws Exception {
        final Node node = nodes.get(HOSTS.get(random.nextInt(HOSTS.size())));
        final int what = random.nextInt(12);
        story.add(seconds() + " harm " + what + " " + node.host);
        switch (what) {
            case 0, 1 -> {
                if (node.share != null) {
                    node.connection.cut(!node.connection.cut);
                }
            }
            case 2, 3 -> {
                if (node.share == null) {
                    node.start();
                } else {
                    node.kill();
                    node.paused = false;
                }
            }
            case 4, 5 -> node.paused = !node.paused && node.share != null;
            case 6 -> store.down(true);
            case 7, 8 -> store.down(false);
            case 9 -> store.compact();
            case 10 -> {
                if (node.share != null) {
                    node.connection.losesAnswer = true;
                }
            }
            default -> {
                node.kill();
                node.paused = false;
                node.start();
            }
        }
    }

    private void heal() throws Exception {
        store.down(false);
        for (final Node node : nodes.values()) {
            node.paused = false;
            if (node.share == null) {
                node.start();
            }
            if (node.connection.cut) {
                node.connection.cut(false);
            }
        }
    }

    @Test
    void whoWasAwayWaitsUntilItHasHeardWhatHappened() throws Exception {
        final Random random = new Random(1);
        nodes.put("net1", new Node("net1", List.of("net2"), random));
        nodes.put("net2", new Node("net2", List.of(), random));
        for (final Node node : nodes.values()) {
            node.start();
        }
        want(0, "net1");
        passTo(10_000_000_000L, null);
        assertEquals(homes.keySet(), nodes.get("net1").up);
        nodes.get("net1").paused = true;
        passTo(40_000_000_000L, null);
        assertEquals(homes.keySet(), nodes.get("net2").up);
        nodes.get("net1").paused = false;
        nodes.get("net1").lateUntilNs = 200_000_000_000L;
        passTo(60_000_000_000L, random);
        assertEquals(Set.of(), nodes.get("net2").up, "it has given it back");
        assertEquals(homes.keySet(), nodes.get("net1").up);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void neverTwoAndInTheEndAtHome(long seed) throws Exception {
        final Random random = new Random(seed);
        nodes.put("net1", new Node("net1", List.of("net2", "net3"), random));
        nodes.put("net2", new Node("net2", List.of("net3", "net1"), random));
        nodes.put("net3", new Node("net3", List.of(), random));
        for (final Node node : nodes.values()) {
            node.start();
        }
        for (int i = 0; i < 6; i++) {
            want(i, HOSTS.get(i % 3));
        }
        passTo(10_000_000_000L, random);
        for (int i = 0; i < 60; i++) {
            harm(random);
            passTo(store.clockNs.get() + random.nextLong(12_000_000_000L), random);
        }
        heal();
        passTo(store.clockNs.get() + 6 * LEASE_SECONDS * 1_000_000_000L, null);
        for (final Node node : nodes.values()) {
            assertEquals(
                    homes.entrySet().stream().filter(h -> h.getValue().equals(node.host)).map(Map.Entry::getKey)
                            .collect(Collectors.toSet()),
                    node.up, () -> node.host + "\n" + String.join("\n", story));
        }
        assertTrue(takeOvers > 0, "nothing was taken over in this whole life");
    }
}
