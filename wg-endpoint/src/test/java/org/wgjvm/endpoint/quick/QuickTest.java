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
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.config.HostResolver;

/** {@code up} and {@code down} on a real TUN device in a network namespace of their own; only the data plane is a fake. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class QuickTest implements DeviceLink {
    private static final String NAME = "wgjquick";
    private static final String PEER = PrivateKey.generate(new Random(1)::nextBytes).publicKey().toBase64();
    private static final String KEY = PrivateKey.generate(new Random(2)::nextBytes).toBase64();

    @TempDir
    Path directory;

    private final String namespace = "wgj-quick-" + ProcessHandle.current().pid();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(output, true, StandardCharsets.UTF_8);
    private final Shell shell = new Shell(err, List.of("ip", "netns", "exec", namespace));
    private FakeDevice device;

    @BeforeAll
    static void root() {
        if (!System.getProperty("user.name").equals("root") || !Files.isExecutable(Path.of("/usr/bin/unshare"))) {
            final String why = QuickTest.class.getSimpleName() + " SKIPPED: needs root and network namespaces";
            System.err.println(why);
            Assumptions.abort(why);
        }
    }

    @BeforeEach
    void namespace() throws Exception {
        final Shell outside = new Shell(err);
        outside.run("ip", "netns", "add", namespace);
        shell.run("ip", "link", "set", "lo", "up");
        shell.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        shell.run("ip", "addr", "add", "192.0.2.1/24", "dev", "v0");
        shell.run("ip", "link", "set", "v0", "mtu", "1400", "up");
        shell.run("ip", "link", "set", "v1", "up");
    }

    @AfterEach
    void remove() throws Exception {
        new Shell(err).run("ip", "netns", "delete", namespace);
    }

    @Override
    public void start(String interfaceName) throws IOException, QuickException {
        device = new FakeDevice();
        shell.run("ip", "tuntap", "add", "dev", interfaceName, "mode", "tun");
    }

    @Override
    public boolean exists(String interfaceName) {
        try {
            return device != null && !shell.ask("ip", "link", "show", "dev", interfaceName).isBlank();
        } catch (QuickException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void set(String interfaceName, DeviceChange change) {
        device.apply(change).toCompletableFuture().join();
    }

    @Override
    public DeviceSnapshot get(String interfaceName) {
        return device.snapshot().toCompletableFuture().join();
    }

    private QuickFile file(String text) throws Exception {
        final Path path = Files.writeString(directory.resolve(NAME + ".conf"), text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        return QuickFile.find(path.toString(), directory, err);
    }

    private QuickFile up(String text) throws Exception {
        final QuickFile file = file(text);
        new QuickUp(file, this, HostResolver.of(Map.of(), err), err, shell).run();
        return file;
    }

    private void down(QuickFile file) throws Exception {
        new QuickDown(file, this, shell).run();
    }

    private String ask(String command) throws QuickException {
        return shell.ask(command.split(" "));
    }

    private String everything() throws QuickException {
        return ask("ip -4 rule show") + ask("ip -6 rule show") + ask("ip -4 route show table all")
                + ask("ip -o link show").replaceAll(" qlen.*", "")
                + ask("nft list tables");
    }

    @Test
    void anInterfaceComesUpAndGoesDownAgain() throws Exception {
        final String before = everything();
        final Path marks = directory.resolve("marks");
        final QuickFile file = up("[Interface]\nPrivateKey = " + KEY + "\nListenPort = 5\nAddress = 10.9.0.1/24, fd09::1/64\n"
                + "PreUp = echo preup %i >> " + marks + "\nPostUp = : %i # not a comment >> "
                        + marks + "\nPreDown = echo predown >> "
                + marks + "\nPostDown = echo postdown >> " + marks + "\n[Peer]\nPublicKey = " + PEER
                + "\nEndpoint = 192.0.2.7:9\nAllowedIPs = 10.9.0.0/24, 10.8.0.0/16, fd08::/32\n");
        assertEquals(5, device.listenPort);
        assertEquals(1, device.peers.size());
        assertTrue(ask("ip -4 addr show dev " + NAME).contains("10.9.0.1/24"));
        assertTrue(ask("ip -6 addr show dev " + NAME).contains("fd09::1/64"));
        assertTrue(ask("ip link show dev " + NAME).contains("mtu 1320"), "of the path to the endpoint, less 80");
        assertTrue(ask("ip -4 route show").contains("10.8.0.0/16 dev " + NAME));
        assertTrue(ask("ip -6 route show").contains("fd08::/32 dev " + NAME));
        down(file);
        assertEquals(before, everything());
        assertEquals("preup " + NAME + "\npredown\npostdown\n", Files.readString(marks));
    }

    @Test
    void everythingThroughTheTunnelUsesAMarkAndATable() throws Exception {
        final String before = everything();
        final QuickFile file = up("[Interface]\nPrivateKey = " + KEY + "\nAddress = 10.9.0.1/24\nMTU = 1300\n[Peer]\nPublicKey = " + PEER
                + "\nAllowedIPs = 0.0.0.0/0, ::/0\n");
        assertEquals(51820, device.fwmark);
        assertTrue(ask("ip -4 rule show").contains("not from all fwmark 0xca6c lookup 51820"), ask("ip -4 rule show"));
        assertTrue(ask("ip -4 rule show").contains("lookup main suppress_prefixlength 0"));
        assertTrue(ask("ip -6 rule show").contains("not from all fwmark 0xca6c lookup 51820"));
        assertTrue(ask("ip -4 route show table 51820").contains("default dev " + NAME));
        assertTrue(ask("ip route get 8.8.8.8").contains("dev " + NAME));
        assertTrue(ask("ip route get 8.8.8.8 mark 51820").isEmpty(), "marked packets find no default route here");
        assertTrue(ask("ip link show dev " + NAME).contains("mtu 1300"));
        down(file);
        assertEquals(before, everything());
    }

    @Test
    void aTableOfItsOwnOrNone() throws Exception {
        final String peer = "[Peer]\nPublicKey = " + PEER + "\nAllowedIPs = 10.8.0.0/16, 0.0.0.0/0\n";
        QuickFile file = up("[Interface]\nTable = 777\nAddress = 10.9.0.1\n" + peer);
        assertTrue(ask("ip -4 route show table 777").contains("10.8.0.0/16 dev " + NAME));
        assertTrue(ask("ip -4 route show table 777").contains("default dev " + NAME));
        down(file);
        file = up("[Interface]\nTable = off\nAddress = 10.9.0.1\n" + peer);
        assertFalse(ask("ip -4 route show").contains(NAME));
        down(file);
    }

    @Test
    void whatFailsLeavesNothingBehind() throws Exception {
        final String before = everything();
        final String peer = "[Peer]\nPublicKey = " + PEER + "\nAllowedIPs = 0.0.0.0/0\n";
        for (final String wrong : List.of(
                "PostUp = false\nAddress = 10.9.0.1/24\n", "PreUp = exit 7\n", "Address = 10.9.0.1/24\nAddress = 10.9.0.1/24\n",
                "DNS = 1.1.1.1\nPostUp = false\n")) {
            assertThrows(QuickException.class, () -> up("[Interface]\nMTU = 1400\n" + wrong + peer), wrong);
            assertEquals(before, everything(), wrong);
        }
    }

    @Test
    void anInterfaceThatExistsIsRefusedAndKept() throws Exception {
        final QuickFile file = up("[Interface]\nAddress = 10.9.0.1/24\n");
        final QuickException refused = assertThrows(QuickException.class, () -> up("[Interface]\nAddress = 10.9.0.1/24\n"));
        assertTrue(refused.getMessage().contains("already exists"));
        assertTrue(exists(NAME));
        down(file);
        assertThrows(QuickException.class, () -> down(file));
    }

    @Test
    void theStateIsSavedForTheOwnerAlone() throws Exception {
        final QuickFile file = up("[Interface]\nPrivateKey = "
                + KEY + "\nAddress = 10.9.0.1/24\nSaveConfig = true\nMTU = 1300\nPostUp = true\n");
        shell.run("ip", "addr", "add", "10.9.9.9/32", "dev", NAME);
        set(NAME, new DeviceChange(null, 77, null, false, List.of(new PeerChange(
                PublicKey.fromBase64(PEER), false, false, null, Endpoint.v4(0x01020304, 5), 25, true, List.of()))));
        down(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        assertEquals(
                "[Interface]\nAddress = 10.9.0.1/24\nAddress = 10.9.9.9/32\nMTU = 1300\nSaveConfig = true\nPostUp = true\n"
                        + "ListenPort = 77\nPrivateKey = "
                        + KEY + "\n\n[Peer]\nPublicKey = " + PEER + "\nEndpoint = 1.2.3.4:5\nPersistentKeepalive = 25\n",
                Files.readString(file.path()));
        try (var left = Files.list(directory)) {
            assertEquals(1, left.count(), "no temporary file");
        }
    }
}
