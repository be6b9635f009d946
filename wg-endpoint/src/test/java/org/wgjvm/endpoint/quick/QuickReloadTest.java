package org.wgjvm.endpoint.quick;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.config.HostResolver;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** {@code reload} and {@code commit-confirm} on a real TUN device in a network namespace of their own; only the data plane is a fake. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class QuickReloadTest implements DeviceLink {
    private static final String NAME = "wgjreload";
    private static final String KEY = PrivateKey.generate(new Random(2)::nextBytes).toBase64();
    private static final String A = PrivateKey.generate(new Random(3)::nextBytes).publicKey().toBase64();
    private static final String B = PrivateKey.generate(new Random(4)::nextBytes).publicKey().toBase64();

    @TempDir
    Path directory;

    private final String namespace = "wgj-reload-" + ProcessHandle.current().pid();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(output, true, StandardCharsets.UTF_8);
    private final Shell shell = new Shell(err, List.of("ip", "netns", "exec", namespace));
    private final FakeDevice device = new FakeDevice();
    private boolean refusing;

    @BeforeAll
    static void root() {
        if (!System.getProperty("user.name").equals("root") || !Files.isExecutable(Path.of("/usr/bin/unshare"))) {
            final String why = QuickReloadTest.class.getSimpleName() + " SKIPPED: needs root and network namespaces";
            System.err.println(why);
            Assumptions.abort(why);
        }
    }

    @BeforeEach
    void up() throws Exception {
        new Shell(err).run("ip", "netns", "add", namespace);
        shell.run("ip", "link", "set", "lo", "up");
        final String text = interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5") + peer(A, "10.8.0.0/16, fd08::/32");
        new QuickUp(file(text), this, HostResolver.of(Map.of(), err), err, shell).run();
    }

    @AfterEach
    void remove() throws Exception {
        new Shell(err).run("ip", "netns", "delete", namespace);
    }

    @Override
    public void start(String interfaceName) throws QuickException {
        shell.run("ip", "tuntap", "add", "dev", interfaceName, "mode", "tun");
    }

    @Override
    public boolean exists(String interfaceName) {
        try {
            return !shell.ask("ip", "link", "show", "dev", interfaceName).isBlank();
        } catch (QuickException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void set(String interfaceName, DeviceChange change) throws IOException {
        if (refusing) {
            refusing = false;
            throw new IOException("Address already in use");
        }
        device.apply(change).toCompletableFuture().join();
    }

    @Override
    public DeviceSnapshot get(String interfaceName) {
        return device.snapshot().toCompletableFuture().join();
    }

    private static String interfaceSection(String addresses, String more) {
        return "[Interface]\nPrivateKey = " + KEY + "\nAddress = " + addresses + "\n" + more + "\n";
    }

    private static String peer(String key, String allowedIps) {
        return "[Peer]\nPublicKey = " + key + "\nAllowedIPs = " + allowedIps + "\n";
    }

    private QuickFile file(String text) throws Exception {
        final Path path = Files.writeString(directory.resolve(NAME + ".conf"), text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return QuickFile.find(path.toString(), directory, err);
    }

    private QuickReload reload(String text) throws Exception {
        return new QuickReload(file(text), this, HostResolver.of(Map.of(), err), shell);
    }

    private List<String> apply(String text) throws Exception {
        final QuickReload reload = reload(text);
        final List<String> lines = reload.plan();
        reload.apply();
        assertEquals(List.of(), reload(text).plan(), "nothing differs afterwards");
        return lines;
    }

    private String ask(String command) throws QuickException {
        return shell.ask(command.split(" "));
    }

    private String everything() throws QuickException {
        return ask("ip -o addr show dev " + NAME).replaceAll("\\d+: |valid_lft.*|scope.*", "") + ask("ip link show dev " + NAME)
                + ask("ip -4 route show table all dev " + NAME) + ask("ip -6 route show table all dev " + NAME) + ask("ip rule show")
                + ask("ip -6 rule show") + ask("nft list ruleset") + get(NAME);
    }

    @Test
    void anUnchangedFileChangesNothing() throws Exception {
        final String before = everything();
        assertEquals(List.of(), apply(interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5") + peer(A, "10.8.0.0/16, fd08::/32")));
        assertEquals(before, everything());
    }

    @Test
    void everythingChangesAtOnce() throws Exception {
        shell.run("ip", "route", "add", "10.77.0.0/16", "dev", NAME);
        final List<String> lines = apply(interfaceSection("10.9.0.2/24, fd09::2/64", "MTU = 1380\nListenPort = 6")
                + peer(A, "10.8.0.0/16") + peer(B, "10.7.0.0/16, 10.9.0.9/32"));
        assertEquals(
                List.of(
                        "+ address 10.9.0.2/24", "+ address fd09::2/64", "- address 10.9.0.1/24", "~ MTU: 1400 -> 1380",
                        "+ route 10.7.0.0/16",
                        "- route fd08::/32", "~ listen port: 5 -> 6", "~ peer " + A, "    - allowed IP: fd08::/32", "+ peer " + B,
                        "    + allowed IP: 10.7.0.0/16", "    + allowed IP: 10.9.0.9/32"),
                lines);
        final String addresses = ask("ip -o addr show dev " + NAME);
        assertTrue(addresses.contains("10.9.0.2/24") && addresses.contains("fd09::2/64") && !addresses.contains("10.9.0.1/"), addresses);
        final String routes = ask("ip route show dev " + NAME);
        assertTrue(routes.contains("10.7.0.0/16") && routes.contains("10.8.0.0/16") && routes.contains("10.9.0.0/24 proto kernel"), routes);
        assertTrue(routes.contains("10.77.0.0/16"), "a route that is somebody else's stays");
        assertFalse(ask("ip -6 route show dev " + NAME).contains("fd08::/32"));
        assertEquals(6, device.listenPort);
    }

    @Test
    void anotherAddressOfTheSameNetworkStaysWithoutSysctlsHelp() throws Exception {
        final String all = interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5") + peer(A, "10.8.0.0/16, fd08::/32, 0.0.0.0/0");
        apply(all);
        final QuickReload reload = reload(all.replace("10.9.0.1/24", "10.9.0.2/24"));
        reload.plan();
        final Undo undo = new Undo(err);
        reload.apply(undo);
        assertTrue(ask("sysctl -n net/ipv4/conf/" + NAME + "/promote_secondaries").startsWith("1"));
        // As the kernel would have left it without the sysctl.
        shell.run("ip", "-4", "addr", "flush", "dev", NAME);
        assertTrue(undo.run(), output.toString(StandardCharsets.UTF_8));
        assertTrue(ask("ip route show dev " + NAME).contains("10.8.0.0/16"));
        assertTrue(ask("ip route show table 51820").contains("default dev " + NAME));
        assertTrue(ask("ip -o addr show dev " + NAME).contains("10.9.0.1/24"));
    }

    @Test
    void theLastAddressOfAFamilyTakesNoRouteAlong() throws Exception {
        apply(interfaceSection("fd09::2/64", "MTU = 1400\nListenPort = 5") + peer(A, "10.8.0.0/16, fd08::/32"));
        assertTrue(ask("ip route show dev " + NAME).contains("10.8.0.0/16"), "the kernel drops it with the address");
    }

    @Test
    void whatFailsInTheMiddleIsUndone() throws Exception {
        final String before = everything();
        refusing = true;
        final QuickReload reload = reload(interfaceSection("10.9.0.2/24", "MTU = 1380\nListenPort = 6") + peer(B, "10.7.0.0/16"));
        reload.plan();
        assertThrows(IOException.class, reload::apply);
        assertEquals(before, everything());
        shell.run("ip", "link", "add", "other", "type", "bridge");
        shell.run("ip", "link", "set", "other", "up");
        shell.run("ip", "route", "add", "10.6.0.0/16", "dev", "other");
        final QuickReload late = reload(interfaceSection("10.9.0.2/24", "MTU = 1380") + peer(A, "10.8.0.0/16, 10.6.0.0/16"));
        late.plan();
        assertThrows(QuickException.class, late::apply, "that route is another interface's");
        assertEquals(before, everything());
    }

    @Test
    void theDefaultRouteComesAndGoesAndFollowsTheAddress() throws Exception {
        final String before = everything();
        final String all = interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5") + peer(A, "10.8.0.0/16, fd08::/32, 0.0.0.0/0");
        assertTrue(apply(all).contains("+ route 0.0.0.0/0"));
        assertTrue(ask("ip route get 192.0.2.1").contains("dev " + NAME));
        assertTrue(ask("nft list ruleset").contains("10.9.0.1"));
        assertEquals(51820, device.fwmark);
        assertEquals(List.of("+ address 10.9.0.2/24", "- address 10.9.0.1/24"), apply(all.replace("10.9.0.1/24", "10.9.0.2/24")));
        assertTrue(ask("nft list ruleset").contains("10.9.0.2"));
        apply(interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5\nFwMark = off") + peer(A, "10.8.0.0/16, fd08::/32"));
        assertEquals(before, everything());
    }

    @Test
    void aTableOfItsOwn() throws Exception {
        final String text = interfaceSection("10.9.0.1/24", "MTU = 1400\nListenPort = 5\nTable = 777");
        assertEquals(List.of("+ route 10.8.0.0/16", "+ route fd08::/32"), apply(text + peer(A, "10.8.0.0/16, fd08::/32")));
        assertTrue(ask("ip route show table 777").contains("10.8.0.0/16"));
        assertEquals(3, apply(text + peer(A, "fd08::/32")).size());
        assertFalse(ask("ip route show table 777").contains("10.8.0.0/16"));
    }

    private CommitGuard guard(String text) throws Exception {
        // The interface's own socket: what tells one life of an interface from the next.
        final Path socket = UapiSocket.path(directory, NAME);
        if (!Files.exists(socket)) {
            Files.createFile(socket);
        }
        final QuickReload reload = reload(text);
        reload.plan();
        return new CommitGuard(reload, NAME, directory);
    }

    private static final String CHANGED = interfaceSection("10.9.0.2/24", "MTU = 1380\nListenPort = 6") + peer(B, "10.7.0.0/16");

    @Test
    void withoutConfirmationItIsUndone() throws Exception {
        final String before = everything();
        final CommitGuard guard = guard(CHANGED);
        guard.apply();
        assertEquals(6, device.listenPort);
        assertTrue(CommitSocket.isPending(directory, NAME));
        assertThrows(QuickException.class, () -> CommitSocket.open(directory, NAME), "one at a time");
        assertEquals(CommitGuard.End.ROLLED_BACK, guard.await(1));
        assertEquals(before, everything());
        assertFalse(CommitSocket.isPending(directory, NAME));
        assertThrows(QuickException.class, () -> CommitSocket.say(directory, NAME, "confirm"));
    }

    @Test
    void aConfirmedOneStays() throws Exception {
        final CommitGuard guard = guard(CHANGED);
        guard.apply();
        final String after = everything();
        final CompletableFuture<CommitGuard.End> end = awaiting(guard);
        assertTrue(CommitSocket.say(directory, NAME, "perhaps").contains("confirm"));
        assertEquals("confirmed", CommitSocket.say(directory, NAME, "confirm"));
        assertEquals(CommitGuard.End.CONFIRMED, end.get(30, TimeUnit.SECONDS));
        assertEquals(after, everything());
    }

    @Test
    void itCanBeRolledBackAtOnce() throws Exception {
        final String before = everything();
        final CommitGuard guard = guard(CHANGED);
        guard.apply();
        final CompletableFuture<CommitGuard.End> end = awaiting(guard);
        assertEquals("rolled back", CommitSocket.say(directory, NAME, "rollback"));
        assertEquals(CommitGuard.End.ROLLED_BACK, end.get(30, TimeUnit.SECONDS));
        assertEquals(before, everything());
    }

    @Test
    void anInterfaceThatIsAnotherByThenIsLeftAlone() throws Exception {
        final CommitGuard guard = guard(CHANGED);
        guard.apply();
        Files.move(Files.createFile(directory.resolve("new")), UapiSocket.path(directory, NAME),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        final String after = everything();
        assertEquals(CommitGuard.End.INTERFACE_GONE, guard.await(1));
        assertEquals(after, everything());
    }

    private static CompletableFuture<CommitGuard.End> awaiting(CommitGuard guard) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return guard.await(600);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
