package org.wgjvm.endpoint.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DaemonTest implements DeviceFactory {
    @TempDir
    Path directory;

    private FakePlane plane;

    /** A data plane that moves nothing. */
    private static final class FakePlane implements DeviceFactory.Device {
        private final FakeDevice device = new FakeDevice();
        private final String name;
        private final int tunFd;
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        FakePlane(String name, int tunFd) {
            this.name = name;
            this.tunFd = tunFd;
        }

        @Override
        public CompletionStage<Integer> apply(DeviceChange change) {
            return device.apply(change);
        }

        @Override
        public CompletionStage<DeviceSnapshot> snapshot() {
            return device.snapshot();
        }

        @Override
        public String interfaceName() {
            return name;
        }

        @Override
        public CompletionStage<Void> closed() {
            return closed;
        }

        @Override
        public CompletionStage<Void> turn() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> run(Runnable task) {
            task.run();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            closed.complete(null);
        }
    }

    @Override
    public Device start(String interfaceName, int tunFd, Map<String, String> environment, Log log) throws IOException {
        if (interfaceName.equals("taken")) {
            throw new IOException("device or resource busy (EBUSY)");
        }
        plane = new FakePlane(interfaceName, tunFd);
        return plane;
    }

    private final List<Daemon> started = new ArrayList<>();

    private Daemon start(String name, Map<String, String> environment) throws DaemonException {
        final Daemon daemon = Daemon.start(name, environment, directory, this);
        started.add(daemon);
        return daemon;
    }

    @AfterEach
    void close() {
        started.forEach(Daemon::close);
    }

    @Test
    void theSocketAnswersAndGoesWithTheDaemon() throws Exception {
        final Path socket = UapiSocket.path(directory, "wg0");
        final Daemon daemon = start("wg0", Map.of());
        try (UapiClient client = UapiClient.connect(socket)) {
            client.set(new DeviceChange(null, 5, null, false, List.of()));
            assertEquals(5, client.get().listenPort());
        }
        daemon.close();
        assertEquals("closed", daemon.await());
        assertFalse(Files.exists(socket));
        assertTrue(plane.closed.isDone());
    }

    @Test
    void theDaemonEndsWithItsTun() throws Exception {
        final Daemon daemon = start("wg0", Map.of());
        plane.closed.completeExceptionally(new IOException("gone"));
        assertEquals("TUN device: gone", daemon.await());
    }

    @Test
    void theDaemonEndsWithItsSocket() throws Exception {
        final Daemon daemon = start("wg0", Map.of());
        Files.delete(UapiSocket.path(directory, "wg0"));
        assertTrue(daemon.await().contains("deleted"), daemon.await());
    }

    @Test
    void aSecondDaemonOfTheSameNameIsRefusedAndTheFirstStays() throws Exception {
        start("wg0", Map.of());
        final FakePlane first = plane;
        final DaemonException e = assertThrows(DaemonException.class, () -> start("wg0", Map.of()));
        assertTrue(e.getMessage().contains("in use"), e.getMessage());
        assertTrue(plane.closed.isDone(), "the data plane that was started for it is closed");
        assertFalse(first.closed.isDone());
        assertTrue(UapiSocket.isLive(UapiSocket.path(directory, "wg0")));
    }

    @Test
    void whatCannotBeOpenedIsSaid() {
        final DaemonException e = assertThrows(DaemonException.class, () -> start("taken", Map.of()));
        assertTrue(e.getMessage().contains("taken") && e.getMessage().contains("EBUSY"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "sixteen-letters-", "a%d", "a:b", "a\tb", "\u00fcber"})
    void namesThatTheKernelRefusesAreRefused(String name) {
        assertThrows(DaemonException.class, () -> start(name, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"WG_TUN_FD,x", "WG_TUN_FD,-1", "WG_UAPI_FD,99999999999", "WG_UAPI_FD,3x"})
    void descriptorsMustBeNumbers(String variable, String value) {
        final DaemonException e = assertThrows(DaemonException.class, () -> start("wg0", Map.of(variable, value)));
        assertTrue(e.getMessage().contains(variable), e.getMessage());
    }

    @Test
    void metricsAndPageAreServedWhenAskedForAndTheTokenIsForTheOwnerAlone() throws Exception {
        final Daemon daemon = start("wg0", Map.of("WGJVM_METRICS", "0", "WGJVM_UI", "127.0.0.1:0"));
        final Path url = directory.resolve("wg0.url");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(url)));
        final String address = Files.readString(url).strip();
        assertTrue(address.startsWith("http://127.0.0.1:") && address.contains("?token="), address);
        assertEquals(2, daemon.notes().size(), daemon.notes().toString());
        assertTrue(daemon.notes().getFirst().startsWith("metrics at http://127.0.0.1:"), daemon.notes().toString());
        assertTrue(daemon.notes().getLast().contains(url.toString()), daemon.notes().toString());
        assertFalse(daemon.notes().toString().contains("token="), "not for the log of a service");
        try (HttpClient client = HttpClient.newHttpClient()) {
            final HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
            assertEquals(200, client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
        daemon.close();
        assertFalse(Files.exists(url));
    }

    @Test
    void aPortInUseOrNoneAtAllIsRefusedByName() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String port = Integer.toString(taken.getLocalPort());
            final DaemonException e = assertThrows(DaemonException.class, () -> start("wg0", Map.of("WGJVM_METRICS", port)));
            assertTrue(e.getMessage().contains("--metrics") && e.getMessage().contains(port), e.getMessage());
            assertTrue(plane.closed.isDone());
        }
        final DaemonException e = assertThrows(DaemonException.class, () -> start("wg0", Map.of("WGJVM_UI", "example.org:80")));
        assertTrue(e.getMessage().contains("--ui") && e.getMessage().contains("example.org"), e.getMessage());
    }

    @Test
    void aTunDescriptorIsHandedOn() throws Exception {
        start("wg0", Map.of("WG_TUN_FD", "7", "LOG_LEVEL", "silent"));
        assertEquals(7, plane.tunFd);
    }
}
