package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.dataplane.DataPlane;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.dataplane.DataPlaneStatistics;
import org.wgjvm.dataplane.Handover;
import org.wgjvm.endpoint.daemon.DeviceFactory;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.TunOptions;

/** Plugs the data plane, on a TUN device of Linux, into the daemon. */
final class DataPlaneFactory implements DeviceFactory {
    @Override
    public Device start(String interfaceName, int tunFd, Log log) throws IOException {
        final TunOptions options = TunOptions.fromEnvironment(System.getenv());
        final LinuxTun tun =
                tunFd >= 0 ? LinuxTun.fromFd(tunFd, options) : LinuxTun.create(interfaceName, LinuxTun.DEFAULT_MTU, options);
        log.verbose("TUN device " + tun.name() + ", offloads: " + tun.offloads());
        return new Running(tun, DataPlane.builder(tun).events(new LoggedEvents(log)).start());
    }

    @Override
    public Arrival takeOver(int tunFd, int agreed, Log log) throws IOException {
        final LinuxTun tun = LinuxTun.takeOver(tunFd, agreed, TunOptions.fromEnvironment(System.getenv()));
        log.verbose("TUN device " + tun.name() + ", offloads: " + tun.offloads());
        final DataPlane plane = DataPlane.builder(tun).events(new LoggedEvents(log)).expect();
        return new Arrival() {
            @Override
            public Device prepare(StateReader state, int udpV4, int udpV6) throws IOException {
                plane.takeOver(state, udpV4, udpV6);
                return new Running(tun, plane);
            }

            @Override
            public void begin() throws IOException {
                plane.begin();
            }
        };
    }

    private record Running(LinuxTun tun, DataPlane plane) implements Device {
        @Override
        public CompletionStage<Integer> apply(DeviceChange change) {
            return plane.apply(change);
        }

        @Override
        public CompletionStage<DeviceSnapshot> snapshot() {
            return plane.snapshot();
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
        public void close() {
            plane.close();
        }
    }
}
