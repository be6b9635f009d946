package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.state.FileSteps;

/**
 * The process is killed at each call that it makes on the node in a port's whole life, and before and after each step of each file that it
 * writes or deletes; the next one finds its way.
 */
final class KilledTest {
    private static final String HUB = Ports.hubId(1);

    /** Thousands of writes that wait for the disk are no part of what is tested. */
    private static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            final Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory) ? Files.createTempDirectory(memory, "wghub") : Files.createTempDirectory("wghub");
        }
    }

    @TempDir(factory = InMemory.class)
    Path directory;

    private final FakeMachine.Kernel kernel = new FakeMachine.Kernel();

    private Agent start(int run, FakeMachine machine) throws IOException {
        return Agent.start(
                new Settings(directory.resolve("s" + run), Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), 51820, 52820, 1420, false, 3600,
                        List.of(), false),
                machine, Set.of(), line -> { });
    }

    private static void live(Agent agent, String spokeKey) throws Exception {
        agent.put(HUB, Ports.fields(Ports.hub("p1")));
        agent.put(Ports.spokeId(1), Ports.fields(Ports.spoke("10.50.0.10", spokeKey)));
        final JsonObject at = new JsonObject();
        at.addProperty("namespace", "qrouter-1");
        agent.attach(HUB, Ports.fields(at));
        final JsonObject changed = Ports.spoke("10.50.0.11", spokeKey);
        changed.getAsJsonObject("binding:profile").addProperty("preshared_key", AgentCase.PSK);
        agent.put(Ports.spokeId(1), Ports.fields(changed));
        agent.endpointsNow();
        agent.detach(HUB);
        agent.delete(Ports.spokeId(1));
        agent.delete(HUB);
    }

    @AfterEach
    void silence() {
        FileSteps.silence();
    }

    @Test
    void killedAtEveryCallNothingIsLeftThatIsNotWanted() throws Exception {
        kernel.namespaces.add("qrouter-1");
        final String key = Ports.key();
        int run = 0;
        final Set<String> steps = new LinkedHashSet<>();
        boolean finished = false;
        while (!finished) {
            final FakeMachine machine = new FakeMachine(kernel);
            machine.killedAt = run;
            machine.count(peer -> new PeerStatistics(
                    peer.publicKey(), Endpoint.of(new InetSocketAddress("192.0.2.1", 9)), 1, 0, 0, 0, 0, 0, 0, List.of()));
            final Path mine = directory.resolve("s" + run);
            FileSteps.tell((step, file) -> {
                if (file.startsWith(mine)) {
                    try {
                        machine.step(step + " " + mine.relativize(file));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            Agent agent = null;
            try {
                agent = start(run, machine);
                live(agent, key);
                finished = true;
            } catch (IllegalStateException killed) {
                assertTrue(killed.getCause() instanceof FakeMachine.Killed, killed.toString());
            }
            FileSteps.silence();
            if (agent != null) {
                agent.abandon();
            }
            final FakeMachine next = new FakeMachine(kernel);
            try (Agent after = start(run, next)) {
                check(after, next, run);
                agentGoesOn(after, next, key);
            }
            run++;
            steps.addAll(machine.calls);
        }
        assertTrue(run > 60, "only " + run + " steps");
        for (final String each : List.of(
                "hold 51820", "before writing keys/" + HUB + ".key", "after renaming config/ports/", "after renaming namespaces",
                "make tun-p1", "set up tun-p1", "tunnel wg-", "place wg-", "configure wg-", "link wg-a0000001-00 up",
                "before renaming endpoints",
                "after renaming keys/" + Ports.spokeId(1) + ".psk", "after deleting config/ports/", "after deleting keys/" + HUB + ".key",
                "remove tun-p1", "before writing namespaces")) {
            assertTrue(steps.stream().anyMatch(s -> s.startsWith(each)), each + " is not among " + steps);
        }
    }

    private void check(Agent after, FakeMachine machine, int run) throws Exception {
        final Set<String> devices = new TreeSet<>();
        final Set<String> keys = new TreeSet<>();
        for (final var each : after.list(null, null)) {
            final JsonObject port = each.getAsJsonObject();
            if (port.get("wireguard_kind").getAsString().equals("hub")) {
                devices.add(port.getAsJsonObject("binding:vif_details").get("device_name").getAsString());
                keys.add(port.get("id").getAsString() + ".key");
                assertTrue(kernel.forwarding.contains("tun-p1"), "killed at " + run);
                assertEquals("ACTIVE", port.get("status").getAsString(), "killed at " + run);
            } else if (port.getAsJsonObject("binding:profile").has("preshared_key")) {
                keys.add(port.get("id").getAsString() + ".psk");
            }
        }
        assertEquals(devices, machine.tunnels.keySet(), "killed at " + run);
        assertEquals(devices.isEmpty() ? Set.of("qrouter-1") : Set.of("qrouter-1", "tun-p1"), kernel.namespaces, "killed at " + run);
        assertEquals(devices.size(), machine.held.size(), "killed at " + run);
        try (Stream<Path> files = Files.walk(directory.resolve("s" + run))) {
            assertEquals(List.of(), files.filter(f -> f.getFileName().toString().startsWith(".new-")).toList(), "killed at " + run);
        }
        final Path directoryOfKeys = directory.resolve("s" + run + "/keys");
        if (Files.isDirectory(directoryOfKeys)) {
            try (Stream<Path> files = Files.list(directoryOfKeys)) {
                assertEquals(keys, new TreeSet<>(files.map(f -> f.getFileName().toString()).toList()), "killed at " + run);
            }
        }
    }

    private void agentGoesOn(Agent after, FakeMachine machine, String key) throws Exception {
        live(after, key);
        assertEquals(Set.of(), machine.tunnels.keySet());
        assertEquals(Set.of("qrouter-1"), kernel.namespaces);
    }
}
