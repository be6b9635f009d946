package org.wgjvm.hub.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.Settings;
import org.wgjvm.hub.http.HttpServer;
import org.wgjvm.hub.http.PortApi;
import org.wgjvm.hub.http.Routes;
import org.wgjvm.hub.machine.DryMachine;
import org.wgjvm.hub.machine.LinuxMachine;

final class HubCliTest {
    private static final String HUB = Ports.hubId(1);
    private static final String SPOKE = Ports.spokeId(1);

    @TempDir
    Path directory;

    private String out = "";
    private String err = "";

    private int run(String... arguments) {
        final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        final int code = new HubCli(
                new PrintStream(outBytes, true, StandardCharsets.UTF_8), new PrintStream(errBytes, true, StandardCharsets.UTF_8))
                .run(arguments);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    private Path file(JsonObject json, String id) throws Exception {
        json.addProperty("id", id);
        return Files.writeString(directory.resolve("port.json"), json.toString());
    }

    @Test
    void helpNamesEveryCommandAndEveryCommandHasHelp() {
        assertEquals(0, run("--help"));
        for (final String command : List.of("agent", "list", "show", "put", "delete", "attach", "detach", "device", "status", "log", "diff",
                "restore")) {
            assertTrue(out.contains("  " + command + " "), command);
        }
        assertEquals(0, run("agent", "--help"));
        assertTrue(out.contains("--dry-run") && out.contains("51820-52820"), out);
        assertEquals(1, run());
        assertEquals(1, run("agnet"));
        assertTrue(err.contains("agnet") && err.lines().count() == 1, err);
    }

    @Test
    void anAgentIsNotStartedWithWhatCannotBe() throws Exception {
        final String state = directory.resolve("s").toString();
        for (final List<String> wrong : List.of(
                List.of("--listen", "127.0.0.1:9"), List.of("--ports", "9-8"), List.of("--ports", "0-8"), List.of("--ports", "x"),
                List.of("--mtu", "100"), List.of("--resync", "0"), List.of("--public-address", "example.org"),
                List.of("--tls-key", "x"), List.of("--token-file", "/nowhere"),
                List.of("--secret-file", "x"), List.of("--successors", "net2"),
                List.of("--etcd", "127.0.0.1:2379"), List.of("--etcd", "http://a:1,https://b:1"), List.of("--etcd", "http://a"),
                List.of("--etcd", "http://a:1", "--lease", "3"), List.of("--etcd", "http://a:1", "--successors", "net2"),
                List.of("--etcd", "http://a:1", "--etcd-ca", "x"), List.of("--etcd", "http://a:1", "--etcd-user", "x"),
                List.of("--etcd", "https://a:1", "--etcd-certificate", "x"), List.of("--etcd", "https://a:1", "--etcd-ca", "/nowhere"),
                List.of("--etcd", "http://a:1", "--secret-file", "/nowhere"), List.of("--etcd", "http://a:1", "--dry-run"))) {
            final List<String> all = new java.util.ArrayList<>(List.of("agent", "--state", state, "--socket", directory + "/sock"));
            all.addAll(wrong);
            assertEquals(1, run(all.toArray(String[]::new)), wrong.toString());
            assertTrue(err.startsWith("wg-hub agent: ") && !err.contains("null") && err.lines().count() == 1, err);
            assertFalse(Files.exists(Path.of(state)));
        }
    }

    @Test
    void portsAreMadeShownChangedAndDeletedThroughTheAgent() throws Exception {
        final Settings settings = new Settings(directory.resolve("state"), Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), 45860, 45870,
                1420, false, 3600, List.of(), true);
        final String socket = directory.resolve("agent.sock").toString();
        assertEquals(1, run("list", "--socket", socket));
        assertTrue(err.contains("no agent answers at " + socket), err);
        try (Agent agent = Agent.start(settings, new DryMachine(new LinuxMachine(1), line -> { }), Set.of(), line -> { });
                HttpServer server = new HttpServer(routes(agent), line -> { })) {
            server.listen(Path.of(socket));
            assertEquals(0, run("put", "--socket", socket, file(Ports.hub("p1"), HUB).toString()), err);
            assertTrue(out.contains("\"status\": \"ACTIVE\""), out);
            assertEquals(0, run("put", "--socket", socket, file(Ports.spoke("10.50.0.10", Ports.key()), SPOKE).toString()), err);
            assertEquals(0, run("list", "--socket", socket));
            assertTrue(out.contains(HUB + "  hub    ACTIVE") && out.contains(":45860  link down, 1 spokes") && out.contains(SPOKE), out);
            assertEquals(0, run("device", "--socket", socket, SPOKE));
            assertTrue(out.contains("Endpoint = 192.0.2.7:45860") && out.contains("\u2588"), out);
            assertEquals(0, run("status", "--socket", socket));
            assertEquals(0, run("attach", "--socket", socket, HUB, "no-such-namespace"));
            assertTrue(out.contains("there is no network namespace no-such-namespace"), out);
            assertEquals(2, run("status", "--socket", socket));
            assertEquals(0, run("detach", "--socket", socket, HUB));
            final JsonObject wrong = Ports.spoke("10.50.0.11", "x");
            assertEquals(1, run("put", "--socket", socket, file(wrong, Ports.spokeId(2)).toString()));
            assertTrue(err.startsWith("wg-hub put: binding:profile.public_key: "), err);
            Files.writeString(directory.resolve("port.json"), "{}");
            assertEquals(1, run("put", "--socket", socket, directory.resolve("port.json").toString()));
            assertTrue(err.contains("a JSON object with an id is wanted"), err);
            assertEquals(0, run("delete", "--socket", socket, HUB));
            assertEquals(1, run("show", "--socket", socket, HUB));
            assertTrue(err.contains("there is no port " + HUB), err);
        }
    }

    private static Routes routes(Agent agent) {
        final Routes routes = new Routes();
        new PortApi(agent).addTo(routes);
        return routes;
    }
}
