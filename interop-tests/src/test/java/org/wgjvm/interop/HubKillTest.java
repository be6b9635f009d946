package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The agent is killed in the middle of each request of a port's life, a few milliseconds after it was asked. What a second agent then
 * finds is a port that is wanted and there, or one that is neither. (That it may be killed at each call on the node, wg-hub's own tests
 * show.)
 */
@Interop(programs = "nsenter")
final class HubKillTest {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String HUB = "aaaaaaaa-2000-4000-8000-000000000001";
    private static final String SPOKE = "bbbbbbbb-2000-4000-8000-000000000001";
    private static final String DEVICE = "wg-aaaaaaaa-20";

    @TempDir
    Path directory;

    private final Runnable removal = this::removeProject;
    private Namespace node;
    private Namespace router;
    private String project;
    private HubAgent agent;

    private void removeProject() {
        Command.run(Duration.ofSeconds(10), "", List.of("ip", "netns", "delete", "tun-" + project));
    }

    @BeforeEach
    void network() {
        node = new Namespace();
        router = new Namespace();
        project = Leftovers.freshName();
        Leftovers.remember(removal);
    }

    @AfterEach
    void close() throws Exception {
        agent.close();
        node.close();
        router.close();
        Leftovers.forget(removal);
        removeProject();
    }

    private String hub() {
        return "{\"network_id\":\"11111111-2000-4000-8000-000000000001\",\"project_id\":\"" + project
                + "\",\"device_owner\":\"channel:wireguard:hub\",\"binding:host_id\":\"net1\","
                + "\"fixed_ips\":[{\"ip_address\":\"10.50.0.1\"}]}";
    }

    private String spoke() {
        return "{\"network_id\":\"11111111-2000-4000-8000-000000000001\",\"project_id\":\"" + project
                + "\",\"device_owner\":\"channel:wireguard:spoke\",\"fixed_ips\":[{\"ip_address\":\"10.50.0.2\"}],"
                + "\"binding:profile\":{\"public_key\":\"aPxGwq8zERHQ3Q1cOZFdJ+cvJX5Ka4mLN38AyYKYF10=\"}}";
    }

    /** Everything that a port goes through, a request each. */
    private List<Runnable> life() {
        return List.of(
                () -> agent.put(HUB, hub()),
                () -> agent.put(SPOKE, spoke()),
                () -> agent.ask("PUT", "/v1/ports/" + HUB + "/attachment", "{\"namespace\":\"" + router.name() + "\"}"),
                () -> agent.ask("DELETE", "/v1/ports/" + HUB + "/attachment", null),
                () -> agent.ask("DELETE", "/v1/ports/" + SPOKE, null),
                () -> agent.ask("DELETE", "/v1/ports/" + HUB, null));
    }

    @ParameterizedTest(name = "in request {0} after {1} ms")
    @CsvSource({"0, 2", "0, 10", "0, 25", "2, 5", "3, 5", "5, 2", "5, 8"})
    void killedThereNothingDangles(int request, int delayMs) throws Exception {
        agent = new HubAgent(node, directory.resolve(request + "-" + delayMs), "192.0.2.1");
        agent.start();
        life().subList(0, request).forEach(Runnable::run);
        final Thread asking = Thread.ofVirtual().start(() -> {
            try {
                life().get(request).run();
            } catch (UncheckedIOException killed) {
                // As it should be, unless it was quicker.
            }
        });
        Await.pass(Duration.ofMillis(delayMs));
        agent.kill();
        asking.join();

        agent.start();
        final boolean wanted = agent.ask("GET", "/v1/ports/" + HUB, null).status() == 200;
        if (wanted) {
            assertEquals("ACTIVE", agent.get(HUB).field("status"));
        }
        final String attached = wanted && agent.get(HUB).body().contains("\"attachment\"") ? router.name() : "tun-" + project;
        assertEquals(wanted ? Set.of(attached) : Set.of(), places(), "where the interface is");
        assertEquals(wanted, Command.run(SOON, "", List.of("ip", "netns", "list")).out().contains("tun-" + project));
        assertEquals(wanted ? Set.of(HUB + ".key") : Set.of(), files("keys"));
        assertTrue(node.sh("ss -Huln").contains(":51820") == wanted, "the port is held if, and only if, there is a hub");

        life().forEach(Runnable::run);
        assertEquals(Set.of(), places());
        assertEquals(Set.of(), files("keys"));
        assertTrue(!Command.run(SOON, "", List.of("ip", "netns", "list")).out().contains("tun-" + project));
    }

    /** The namespaces in which there is an interface of the hub's name. */
    private Set<String> places() {
        return Stream.of(node.name(), router.name(), "tun-" + project)
                .filter(n -> Command.run(SOON, "", List.of("ip", "-n", n, "link", "show", "dev", DEVICE)).ok())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> files(String name) throws IOException {
        final Path path = agent.state().resolve(name);
        if (!Files.isDirectory(path)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
