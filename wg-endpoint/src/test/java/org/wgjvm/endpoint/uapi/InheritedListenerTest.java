package org.wgjvm.endpoint.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
final class InheritedListenerTest {
    @TempDir
    Path directory;

    /** The descriptor of the socket at this path: its inode is in /proc/net/unix, and what has that inode open in /proc/self/fd. */
    private static int descriptor(Path socket) throws IOException {
        final String inode = Files.readAllLines(Path.of("/proc/net/unix")).stream()
                .filter(l -> l.endsWith(" " + socket))
                .map(l -> l.strip().split("\\s+")[6])
                .findFirst()
                .orElseThrow();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(d -> {
                        try {
                            return Files.readSymbolicLink(d).toString().equals("socket:[" + inode + "]");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .map(d -> Integer.parseInt(d.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aDescriptorIsServedLikeASocketOfOurOwn() throws Exception {
        final Path socket = directory.resolve("wg0.sock");
        final FakeDevice device = new FakeDevice();
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            final UapiServer server = UapiServer.start(new InheritedListener(descriptor(socket)), device, Log.silent());
            final List<PeerChange.AllowedIp> ips = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                ips.add(new PeerChange.AllowedIp(IpPrefix.v4(i, 32), false));
            }
            final PeerChange peer = new PeerChange(PublicKey.of(new byte[32], 0), false, false, null, null, 7, true, ips);
            for (int i = 0; i < 3; i++) {
                try (UapiClient client = UapiClient.connect(socket)) {
                    client.set(new DeviceChange(null, i, null, true, List.of(peer)));
                    assertEquals(device.snapshot().toCompletableFuture().join(), client.get());
                }
            }
            server.close();
            server.closed().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertTrue(Files.exists(socket), "somebody else's");
        }
    }
}
