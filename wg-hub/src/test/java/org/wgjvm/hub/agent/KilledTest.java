package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;

/** The process is killed at each call that it makes on the node in a port's whole life; the next one finds its way. */
final class KilledTest {
    private static final String HUB = Ports.hubId(1);

    @TempDir
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
        agent.detach(HUB);
        agent.delete(Ports.spokeId(1));
        agent.delete(HUB);
    }

    @Test
    void killedAtEveryCallNothingIsLeftThatIsNotWanted() throws Exception {
        kernel.namespaces.add("qrouter-1");
        final String key = Ports.key();
        int run = 0;
        boolean finished = false;
        while (!finished) {
            final FakeMachine machine = new FakeMachine(kernel);
            machine.killedAt = run;
            Agent agent = null;
            try {
                agent = start(run, machine);
                live(agent, key);
                finished = true;
            } catch (IllegalStateException killed) {
                assertTrue(killed.getCause() instanceof FakeMachine.Killed, killed.toString());
            }
            if (agent != null) {
                agent.abandon();
            }
            final FakeMachine next = new FakeMachine(kernel);
            try (Agent after = start(run, next)) {
                check(after, next, run);
                agentGoesOn(after, next, key);
            }
            run++;
        }
        assertTrue(run > 20, "only " + run + " calls");
    }

    private void check(Agent after, FakeMachine machine, int run) throws Exception {
        final Set<String> devices = new TreeSet<>();
        final Set<String> keys = new TreeSet<>();
        for (final var each : after.list(null, null)) {
            final JsonObject port = each.getAsJsonObject();
            if (port.get("wireguard_kind").getAsString().equals("hub")) {
                devices.add(port.getAsJsonObject("binding:vif_details").get("device_name").getAsString());
                keys.add(port.get("id").getAsString() + ".key");
                assertEquals("ACTIVE", port.get("status").getAsString(), "killed at " + run);
            }
        }
        assertEquals(devices, machine.tunnels.keySet(), "killed at " + run);
        assertEquals(devices.isEmpty() ? Set.of("qrouter-1") : Set.of("qrouter-1", "tun-p1"), kernel.namespaces, "killed at " + run);
        assertEquals(devices.size(), machine.held.size(), "killed at " + run);
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
