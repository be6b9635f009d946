package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.FakeMachine.FakeTunnel;

/** An agent on a node in memory, with what its cases need. */
abstract class AgentCase {
    static final String HUB = Ports.hubId(1);
    static final String DEVICE = "wg-a0000001-00";
    static final String SPOKE = Ports.spokeId(1);
    static final String PSK = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=";

    @TempDir
    Path state;

    final FakeMachine.Kernel kernel = new FakeMachine.Kernel();
    final List<String> log = new CopyOnWriteArrayList<>();
    int firstPort = 51820;
    int lastPort = 52820;
    boolean upAtOnce;
    boolean dryRun;
    List<String> ignored = List.of();
    FakeMachine machine;
    Agent agent;

    @AfterEach
    final void close() {
        if (agent != null) {
            agent.close();
        }
    }

    void start() throws IOException {
        machine = new FakeMachine(kernel);
        agent = Agent.start(settings(), machine, Set.of(), log::add);
    }

    Settings settings() {
        return new Settings(state.resolve("s"), Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), firstPort, lastPort, 1420, upAtOnce, 3600,
                ignored, dryRun);
    }

    void restart() throws IOException {
        agent.close();
        start();
    }

    JsonObject put(String id, JsonObject json) throws Exception {
        return agent.put(id, Ports.fields(json)).port();
    }

    JsonObject attach(String namespace) throws Exception {
        final JsonObject body = new JsonObject();
        body.addProperty("namespace", namespace);
        return agent.attach(HUB, Ports.fields(body));
    }

    FakeTunnel tunnel() {
        return machine.tunnels.get(DEVICE);
    }

    static ApiException refused(int status, org.junit.jupiter.api.function.Executable call) {
        final ApiException refusal = assertThrows(ApiException.class, call);
        assertEquals(status, refusal.status(), refusal.getMessage());
        return refusal;
    }

    static void await(BooleanSupplier condition) {
        final long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - begun < 30_000_000_000L, "not within 30 s");
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Gives other threads a moment. */
    static void pause() {
        LockSupport.parkNanos(5_000_000);
    }

    static String status(JsonObject port) {
        return port.get("status").getAsString();
    }

    static String link(JsonObject hub) {
        return hub.getAsJsonObject("wireguard").get("link").getAsString();
    }

    static JsonObject details(JsonObject port) {
        return port.getAsJsonObject("binding:vif_details");
    }

    void assertNowhere(String secret, Path but) throws IOException {
        assertFalse(String.join("\n", log).contains(secret));
        try (Stream<Path> files = Files.walk(state)) {
            for (final Path each : files.filter(Files::isRegularFile).filter(f -> !f.equals(but)).toList()) {
                assertFalse(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1).contains(secret), each.toString());
                assertTrue(each.toString().contains("/.git/") || each.endsWith("lock")
                        || PosixFilePermissions.toString(Files.getPosixFilePermissions(each)).equals("rw-------"), each.toString());
            }
        }
    }

    boolean active(String id) {
        try {
            return status(agent.get(id)).equals("ACTIVE");
        } catch (ApiException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String tree() throws IOException {
        final StringBuilder out = new StringBuilder();
        try (Stream<Path> files = Files.walk(state)) {
            for (final Path each : files.sorted().toList()) {
                out.append(each).append(Files.isRegularFile(each) ? " " + java.util.Arrays.hashCode(Files.readAllBytes(each)) : "")
                        .append('\n');
            }
        }
        return out.toString();
    }
}
