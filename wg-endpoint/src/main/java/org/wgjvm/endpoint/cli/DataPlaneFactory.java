package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.dataplane.DataPlaneStatistics;
import org.wgjvm.dataplane.Handover;
import org.wgjvm.endpoint.capture.CaptureStream;
import org.wgjvm.endpoint.capture.KeyLogFile;
import org.wgjvm.endpoint.config.HostPort;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.daemon.Daemon;
import org.wgjvm.endpoint.daemon.DeviceFactory;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.names.DnsLookup;
import org.wgjvm.endpoint.names.EndpointNames;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.TunOptions;

/** Plugs the data plane, on a TUN device of Linux, into the daemon. */
final class DataPlaneFactory implements DeviceFactory {
    /** A file for the secrets of every handshake. */
    static final String KEYLOG_VARIABLE = "WGJVM_KEYLOG";

    /** How long a start waits for the cipher. */
    private static final long WARM_UP_MS = 200;

    /** Where its devices come from. */
    @FunctionalInterface
    interface Opener {
        /** The device of this descriptor, or a new one of this name when there is none: -1. */
        LinuxTun open(String name, int fd, TunOptions options) throws IOException;
    }

    private final Opener opener;

    /** Of the devices of the kernel. */
    DataPlaneFactory() {
        this((name, fd, options) ->
                fd >= 0 ? LinuxTun.fromFd(fd, options) : LinuxTun.create(name, LinuxTun.DEFAULT_MTU, options));
    }

    DataPlaneFactory(Opener opener) {
        this.opener = opener;
    }

    @Override
    public Device start(String interfaceName, int tunFd, Map<String, String> environment, Log log) throws IOException {
        // Beside all else, on another core.
        final CompletionStage<Void> warm = DataPlane.warmUp();
        final boolean privilegesStay = environment.getOrDefault(Daemon.USER_VARIABLE, "").isEmpty();
        final CompletionStage<Void> ignored = warm.thenRunAsync(() -> CompilerPriority.giveWay(privilegesStay, log),
                task -> Thread.ofPlatform().daemon().name("compiler-priority").start(task));
        final TunOptions options = TunOptions.fromEnvironment(environment);
        final List<String> warnings = new ArrayList<>();
        final KeyLogFile keyLog = keyLog(environment.getOrDefault(KEYLOG_VARIABLE, ""), warnings, log);
        final LinuxTun tun = opener.open(interfaceName, tunFd, options);
        log.verbose("TUN device " + tun.name() + ", offloads: " + tun.offloads());
        final EndpointNames names = new EndpointNames(DnsLookup.of(environment.getOrDefault(DnsLookup.SERVERS_VARIABLE, "")), log);
        final DataPlaneEvents events = DataPlaneEvents.all(new LoggedEvents(log), names);
        final DataPlane plane = DataPlane.builder(tun).events(events).keyLog(keyLog).start();
        names.attach(plane);
        await(warm);
        return new Running(tun, plane, names, warnings, log);
    }

    /** Nobody can send anything yet, and without the cipher what they sent would be slow: worth a short wait, but not a long one. */
    private static void await(CompletionStage<Void> warm) throws IOException {
        try {
            warm.toCompletableFuture().copy().completeOnTimeout(null, WARM_UP_MS, TimeUnit.MILLISECONDS).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Arrival takeOver(int tunFd, int agreed, Map<String, String> environment, Log log) throws IOException {
        final List<String> warnings = new ArrayList<>();
        final KeyLogFile keyLog = keyLog(environment.getOrDefault(KEYLOG_VARIABLE, ""), warnings, log);
        final LinuxTun tun = LinuxTun.takeOver(tunFd, agreed, TunOptions.fromEnvironment(environment));
        log.verbose("TUN device " + tun.name() + ", offloads: " + tun.offloads());
        final EndpointNames names = new EndpointNames(DnsLookup.of(environment.getOrDefault(DnsLookup.SERVERS_VARIABLE, "")), log);
        final DataPlaneEvents events = DataPlaneEvents.all(new LoggedEvents(log), names);
        final DataPlane plane = DataPlane.builder(tun).events(events).keyLog(keyLog).expect();
        names.attach(plane);
        return new Arrival() {
            private Map<PublicKey, HostPort> known = Map.of();

            @Override
            public void beside(StateReader state) throws StateException {
                known = EndpointNames.read(state);
                state.end();
            }

            @Override
            public Device prepare(StateReader state, int udpV4, int udpV6) throws IOException {
                plane.takeOver(state, udpV4, udpV6);
                return new Running(tun, plane, names, warnings, log);
            }

            @Override
            public void begin() throws IOException {
                plane.begin();
                // Not before: what a name server answers may have a handshake begin.
                names.know(known);
            }
        };
    }

    private static KeyLogFile keyLog(String file, List<String> warnings, Log log) throws IOException {
        if (file.isEmpty()) {
            return null;
        }
        // The launcher changes to the root directory before a daemon goes to the background.
        final Path path = Path.of(System.getProperty("wgjvm.directory", "")).resolve(file).toAbsolutePath();
        final String warning = "KEY LOG: the secrets of every handshake are written to " + path
                + ". Whoever has that file can read all traffic of this interface, and be us to its peers.";
        final KeyLogFile opened = KeyLogFile.open(path, log);
        log.error(warning);
        warnings.add(warning);
        return opened;
    }

    private record Running(LinuxTun tun, DataPlane plane, EndpointNames names, List<String> warnings, Log log) implements Device {
        @Override
        public void serve(ControlServer control) {
            control.add(CaptureStream.COMMAND, new CaptureStream(tun.name(), plane, log)::run);
            control.add(EndpointNames.COMMAND, names::answer);
        }

        @Override
        public CompletionStage<Integer> apply(DeviceChange change) {
            names.onConfigured(change);
            return plane.apply(change);
        }

        @Override
        public CompletionStage<DeviceSnapshot> snapshot() {
            return plane.snapshot();
        }

        @Override
        public void writeBeside(StateWriter out) {
            names.write(out);
        }

        @Override
        public Handover handover() {
            return plane.handover();
        }

        @Override
        public CompletionStage<DeviceStatistics> statistics() {
            return plane.statistics();
        }

        @Override
        public CompletionStage<DataPlaneStatistics> observe() {
            return plane.observe();
        }

        @Override
        public void timeStages() {
            plane.timeStages(true);
        }

        @Override
        public void tell(DataPlaneEvents observer) {
            plane.tell(observer);
        }

        @Override
        public String interfaceName() {
            return tun.name();
        }

        @Override
        public CompletionStage<Void> closed() {
            return plane.closed();
        }

        @Override
        public CompletionStage<Void> turn() {
            return plane.turn();
        }

        @Override
        public CompletionStage<Void> run(Runnable task) {
            return plane.run(task);
        }

        @Override
        public void close() {
            names.close();
            plane.close();
        }
    }
}
