package org.wgjvm.hub.agent;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.share.FakeStore;
import org.wgjvm.hub.share.ShareSettings;
import org.wgjvm.hub.share.ShareThread;
import org.wgjvm.hub.share.SharedSecret;

/** Agents of several nodes that share a store in memory. */
abstract class SharedCase {
    static final int LEASE_SECONDS = 8;
    static final String HUB = Ports.hubId(1);
    static final String SPOKE = Ports.spokeId(1);
    static final String DEVICE = "wg-a0000001-00";
    static final String SECRET = "the secret of the operator, which is long enough";

    @TempDir
    Path directory;

    final FakeStore store = new FakeStore();
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    final void close() {
        nodes.forEach(Node::close);
    }

    /** A node and its agent. */
    final class Node {
        final String host;
        final List<String> log = new CopyOnWriteArrayList<>();
        final FakeMachine.Kernel kernel = new FakeMachine.Kernel();
        List<String> successors = List.of();
        String secret = SECRET;
        FakeStore.Connection connection;
        FakeMachine machine;
        Agent agent;
        boolean cutFromTheStart;

        Node(String host) {
            this.host = host;
            nodes.add(this);
        }

        Node start() throws IOException {
            final SharedSecret shared = secret.isEmpty() ? null : SharedSecret.of(secret);
            connection = store.connect();
            connection.cut = cutFromTheStart;
            machine = new FakeMachine(kernel);
            final ShareSettings settings = new ShareSettings(
                    "/wg-hub/", host, successors, shared == null ? "" : shared.fingerprint(), LEASE_SECONDS);
            agent = Agent.start(
                    settings(host), machine, Set.of(), log::add, new Sharing(settings, connection, shared, store.clockNs::get));
            return this;
        }

        /** Waits until the agent knows the store. */
        Node known() {
            passUntil(() -> health().getAsJsonObject("shared").get("reachable").getAsBoolean()
                    && store.get("/wg-hub/agents/" + host) != null && store.get("/wg-hub/head") != null);
            return this;
        }

        JsonObject health() {
            try {
                return agent.health();
            } catch (ApiException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** As if the process were killed and the kernel had cleaned up after it. */
        void kill() {
            agent.abandon();
            machine.close();
            agent = null;
        }

        void close() {
            if (agent != null) {
                agent.close();
            }
        }

        JsonObject put(String id, JsonObject json) throws ApiException, IOException {
            return agent.put(id, Ports.fields(json)).port();
        }

        JsonObject get(String id) {
            try {
                return agent.get(id);
            } catch (ApiException e) {
                return null;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean active(String id) {
            final JsonObject port = get(id);
            return port != null && port.get("status").getAsString().equals("ACTIVE");
        }

        Set<String> tunnels() {
            synchronized (machine.tunnels) {
                return new TreeSet<>(machine.tunnels.keySet());
            }
        }

        FakeMachine.FakeTunnel tunnel() {
            return machine.tunnels.get(DEVICE);
        }
    }

    private Settings settings(String host) {
        return new Settings(
                directory.resolve(host), host, InetAddress.ofLiteral("192.0.2." + host.substring(3)), 51820, 52820, 1420, true, 3600,
                List.of(), false);
    }

    static JsonObject hubAt(String host) {
        final JsonObject json = Ports.hub("p1");
        json.addProperty("binding:host_id", host);
        return json;
    }

    static String endpoint(JsonObject hub) {
        return hub.getAsJsonObject("binding:vif_details").get("endpoint").getAsString();
    }

    static String publicKey(JsonObject hub) {
        return hub.getAsJsonObject("binding:vif_details").get("public_key").getAsString();
    }

    /** Lets time pass, in steps after each of which everybody has looked at the clock. */
    void pass(int seconds) {
        for (int i = 0; i < seconds * 4; i++) {
            tick();
        }
    }

    private void tick() {
        store.clockNs.addAndGet(250_000_000L);
        for (final Node node : nodes) {
            // One that shares nothing looks at no clock.
            if (node.agent != null && node.agent.neighbourhood() != null) {
                final ShareThread threads = node.agent.neighbourhood().threads();
                final long before = threads.steps();
                threads.look();
                AgentCase.await(() -> {
                    threads.look();
                    return threads.steps() > before + 1;
                });
            }
        }
    }

    /** Lets time pass until something is so. */
    void passUntil(java.util.function.BooleanSupplier condition) {
        final long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("not within 60 s: " + nodes.stream().map(n -> n.host + n.log).toList() + store.all());
            }
            tick();
        }
    }
}
