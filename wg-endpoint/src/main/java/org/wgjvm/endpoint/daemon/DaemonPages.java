package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wgjvm.endpoint.config.NameFile;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.metrics.MetricsServer;
import org.wgjvm.endpoint.ui.PageServer;
import org.wgjvm.endpoint.web.ListenAddress;

/** What a daemon serves over HTTP when it is asked to: metrics, and the page. */
final class DaemonPages implements AutoCloseable {
    /** Where {@code wg-quick} has its files. */
    private static final Path CONFIGURATIONS = Path.of("/etc/wireguard");

    private static final long SAMPLE_MS = 1000;
    private static final int MOST_ATTEMPTS = 300;
    private static final long ATTEMPT_MS = 200;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean metricsServed;
    private boolean closed;

    private DaemonPages() {}

    /** Starts what the options ask for, or nothing; when that fails, {@code device} is closed. */
    static DaemonPages start(DaemonOptions options, DeviceFactory.Device device, Map<String, String> environment, Path sockets, Log log)
            throws DaemonException {
        final DaemonPages pages = new DaemonPages();
        final NameFile names = NameFile.of(device.interfaceName(), environment, CONFIGURATIONS);
        if (options.takeOverFd() >= 0) {
            // The ports are those of the process whose place this one takes: they come free when that has ended.
            Thread.ofVirtual().name("pages").start(() -> pages.startLater(options, device, names, sockets, log));
            return pages;
        }
        try {
            pages.startNow(options, device, names, sockets, log);
        } catch (IOException e) {
            pages.close();
            device.close();
            throw new DaemonException(e.getMessage());
        }
        return pages;
    }

    private synchronized void startNow(
            DaemonOptions options, DeviceFactory.Device device, NameFile names, Path sockets, Log log) throws IOException {
        if (closed) {
            return;
        }
        if (options.metrics() != null && !metricsServed) {
            metrics(options, device, names, log);
            metricsServed = true;
        }
        if (options.page() != null) {
            page(options, device, names, sockets, log);
        }
        if (!open.isEmpty()) {
            device.timeStages();
        }
    }

    private void startLater(DaemonOptions options, DeviceFactory.Device device, NameFile names, Path sockets, Log log) {
        String why = "";
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                startNow(options, device, names, sockets, log);
                return;
            } catch (IOException e) {
                why = e.getMessage();
            }
            try {
                Thread.sleep(ATTEMPT_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
        log.error(why);
    }

    private void metrics(DaemonOptions options, DeviceFactory.Device device, NameFile names, Log log) throws IOException {
        try {
            final MetricsServer server =
                    MetricsServer.start(options.metrics(), device.interfaceName(), device::observe, names::names, log);
            open.add(server);
            notes.add("metrics at http://" + ListenAddress.text(server.address()) + MetricsServer.PATH);
        } catch (IOException e) {
            throw new IOException("--metrics: " + e.getMessage(), e);
        }
    }

    private void page(DaemonOptions options, DeviceFactory.Device device, NameFile names, Path sockets, Log log) throws IOException {
        final Path file = sockets.resolve(device.interfaceName() + ".url");
        try {
            final PageServer server = PageServer.start(
                    options.page(), device.interfaceName(), device::statistics, names::names, SAMPLE_MS, log);
            writeSecret(file, server.address());
            // In this order: when the port is free for another process, the file is too.
            open.add(() -> Files.deleteIfExists(file));
            open.add(server);
            device.tell(server.events());
            // The whole address is for eyes at a terminal, not for the journal of a service.
            notes.add(Boolean.getBoolean("wgjvm.terminal")
                    ? "page at " + server.address()
                    : "page at " + server.place() + " - the address to open, with its token, is in " + file);
        } catch (IOException e) {
            throw new IOException("--ui: " + e.getMessage(), e);
        }
    }

    /** Into a file of nobody else's, which is there before anything is written into it. */
    private static void writeSecret(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
    }

    /** What the user should know, a line each. */
    synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    /** Stops all. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        for (final AutoCloseable server : open) {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
