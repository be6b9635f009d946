package org.wgjvm.endpoint.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.log.Log;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class UapiServerTest {
    @TempDir
    Path directory;

    private final FakeDevice device = new FakeDevice();
    private Path socket;
    private UapiServer server;

    @BeforeEach
    void start() throws IOException {
        socket = UapiSocket.path(directory.resolve("wireguard"), "wg0");
        server = UapiServer.start(PathListener.open(socket), device, Log.silent());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String ask(String request) throws IOException {
        try (SocketChannel channel = UapiSocket.connect(socket)) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            channel.shutdownOutput();
            final ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
            while (channel.read(answer) >= 0) {
                assertTrue(answer.hasRemaining());
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void theSocketIsForItsOwnerAlone() throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
    }

    @Test
    void answersAreThoseOfTheProtocol() throws IOException {
        assertEquals("errno=0\n\n", ask("get=1\n\n"));
        assertEquals("errno=0\n\nerrno=-22\n\nlisten_port=5\nerrno=0\n\n", ask("set=1\nlisten_port=5\n\nset=1\nfoo=1\n\nget=1\n\n"));
        assertEquals("errno=-71\n\n", ask("hello\n"));
        assertEquals("errno=22\n\n", ask("get=1\nx\n"));
        device.nextResult = -98;
        assertEquals("errno=-98\n\n", ask("set=1\nlisten_port=6\n\n"));
    }

    @Test
    void aGetShowsEverythingInItsOrder() throws IOException {
        final String a = "a".repeat(64);
        ask("set=1\nprivate_key=" + a + "\nlisten_port=5\nfwmark=4294967295\npublic_key=" + a
                + "\nendpoint=1.2.3.4:5\npersistent_keepalive_interval=25\nallowed_ip=10.0.0.0/8\nallowed_ip=fd00::/8\n\n");
        final var peer = device.peer(PublicKey.fromHex(a));
        peer.lastHandshakeEpochNs = 1_700_000_000_000_000_005L;
        peer.txBytes = -1;
        peer.rxBytes = 7;
        assertEquals(
                "private_key=" + "a8" + "a".repeat(60) + "6a\nlisten_port=5\nfwmark=4294967295\npublic_key=" + a + "\npreshared_key="
                        + "0".repeat(64) + "\nprotocol_version=1\nendpoint=1.2.3.4:5\nlast_handshake_time_sec=1700000000\n"
                        + "last_handshake_time_nsec=5\ntx_bytes=18446744073709551615\nrx_bytes=7\npersistent_keepalive_interval=25\n"
                        + "allowed_ip=10.0.0.0/8\nallowed_ip=fd00::/8\nerrno=0\n\n",
                ask("get=1\n\n"));
    }

    @Test
    void noiseEndsNothing() throws IOException {
        final Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            final byte[] noise = new byte[random.nextInt(3000)];
            random.nextBytes(noise);
            ask(new String(noise, StandardCharsets.ISO_8859_1));
        }
        assertTrue(ask("get=1\n\n").endsWith("errno=0\n\n"));
    }

    @Test
    void aClientThatGoesAwayInTheMiddleEndsNothing() throws IOException {
        for (int i = 0; i < 200; i++) {
            try (SocketChannel channel = UapiSocket.connect(socket)) {
                channel.write(ByteBuffer.wrap("get=1\n\nget=1\n\nset=1\npriv".getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        assertEquals("errno=0\n\n", ask("get=1\n\n"));
    }

    @Test
    void aStaleSocketIsReplacedAndALiveOneRefused() throws IOException {
        final IOException refused = assertThrows(IOException.class, () -> PathListener.open(socket));
        assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
        final Path stale = socket.resolveSibling("stale.sock");
        final var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(stale));
        dead.close();
        assertTrue(Files.exists(stale));
        final PathListener listener = PathListener.open(stale);
        assertTrue(UapiSocket.isLive(stale));
        listener.close();
        assertFalse(Files.exists(stale));
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        final Path file = socket.resolveSibling("file.sock");
        Files.writeString(file, "mine");
        assertThrows(IOException.class, () -> PathListener.open(file));
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void deletionOfTheSocketEndsTheServer() throws Exception {
        Files.delete(socket);
        final IOException reason = server.closed().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertTrue(reason.getMessage().contains("deleted"), reason.getMessage());
    }

    @Test
    void anotherSocketOfTheSameNameIsNotRemovedOnClose() throws Exception {
        Files.delete(socket);
        server.closed().toCompletableFuture().get(20, TimeUnit.SECONDS);
        final PathListener other = PathListener.open(socket);
        server.close();
        assertTrue(UapiSocket.isLive(socket));
        other.close();
    }

    @Test
    void closingRemovesTheSocket() {
        server.close();
        assertFalse(Files.exists(socket));
    }

    @Test
    void interfacesAreThoseThatAnswer() throws IOException {
        Files.writeString(socket.resolveSibling("file.sock"), "");
        assertEquals(List.of("wg0"), UapiSocket.interfaces(socket.getParent()));
        assertEquals(List.of(), UapiSocket.interfaces(directory.resolve("none")));
    }

    @Test
    void aThousandPeersWith130560AllowedIpsComeBackAsTheyWere() throws IOException {
        final List<PeerChange> peers = new ArrayList<>();
        final Random random = new Random(2);
        int next = 0x0a000000;
        for (int i = 0; i < 1020; i++) {
            final byte[] key = new byte[32];
            random.nextBytes(key);
            final List<PeerChange.AllowedIp> ips = new ArrayList<>();
            for (int j = 0; j < 128; j++) {
                ips.add(new PeerChange.AllowedIp(IpPrefix.v4(next++, 32), false));
            }
            peers.add(new PeerChange(PublicKey.of(key, 0), false, false, null, null, i, true, ips));
        }
        try (UapiClient client = UapiClient.connect(socket)) {
            client.set(new DeviceChange(null, null, null, true, peers));
            assertEquals(device.snapshot().toCompletableFuture().join(), client.get());
        }
        assertEquals(130_560, device.peers.values().stream().mapToInt(p -> p.allowedIps.size()).sum());
    }

    @Test
    void aRefusedChangeIsAnException() throws IOException {
        device.nextResult = -98;
        try (UapiClient client = UapiClient.connect(socket)) {
            final UapiException refused =
                    assertThrows(UapiException.class, () -> client.set(new DeviceChange(null, 5, null, false, List.of())));
            assertEquals(98, refused.errno());
            assertEquals(5, client.get().listenPort());
        }
    }
}
