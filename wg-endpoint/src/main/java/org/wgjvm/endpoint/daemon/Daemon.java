package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.endpoint.control.ControlAnswer;
import org.wgjvm.endpoint.control.ControlException;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.control.StatisticsLines;
import org.wgjvm.endpoint.log.LibraryLog;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.InheritedListener;
import org.wgjvm.endpoint.uapi.PathListener;
import org.wgjvm.endpoint.uapi.UapiListener;
import org.wgjvm.endpoint.uapi.UapiServer;
import org.wgjvm.endpoint.uapi.UapiSocket;
import org.wgjvm.endpoint.upgrade.HandOver;
import org.wgjvm.endpoint.upgrade.TakeOver;
import org.wgjvm.sys.BootClock;

/**
 * A running daemon: a data plane and the socket to configure it. It ends when the TUN device goes away, when its socket is deleted, or when
 * it is closed; then both are gone.
 */
public final class Daemon implements AutoCloseable {
    /** The environment variable with the user to become, once everything is set up; none to stay what it is. */
    public static final String USER_VARIABLE = "WGJVM_USER";

    private final DeviceFactory.Device device;
    private final UapiServer server;
    private final ControlServer control;
    private final DaemonPages pages;
    private final Log log;
    private final ServiceNotice notice;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean logEnd = new AtomicBoolean(true);
    private final AtomicReference<String> reason = new AtomicReference<>();

    private Daemon(
            DeviceFactory.Device device, UapiServer server, ControlServer control, DaemonPages pages, Log log, ServiceNotice notice) {
        this.device = device;
        this.server = server;
        this.control = control;
        this.pages = pages;
        this.log = log;
        this.notice = notice;
    }

    /** Starts a daemon; when it returns, the socket answers. {@code sockets} is {@code /var/run/wireguard} but in tests. */
    public static Daemon start(String interfaceName, Map<String, String> environment, Path sockets, DeviceFactory factory)
            throws DaemonException {
        final DaemonOptions options = DaemonOptions.of(interfaceName, environment);
        final Privileges privileges = Privileges.of(environment);
        final Log log = Log.to(System.err, options.level(), options.json(), options.interfaceName());
        LibraryLog.to(log);
        log.verbose("Starting");
        if (options.takeOverFd() >= 0) {
            return takeOver(options, privileges, environment, sockets, factory, log);
        }
        final DeviceFactory.Device device;
        try {
            device = factory.start(options.interfaceName(), options.tunFd(), environment, log);
        } catch (IOException e) {
            throw new DaemonException("Failed to start the interface " + options.interfaceName() + ": " + e.getMessage());
        }
        final DaemonPages pages = DaemonPages.start(options, device, environment, sockets, log);
        final UapiListener listener;
        try {
            listener = options.uapiFd() >= 0
                    ? new InheritedListener(options.uapiFd())
                    : PathListener.open(UapiSocket.path(sockets, device.interfaceName()));
        } catch (IOException e) {
            pages.close();
            device.close();
            throw new DaemonException("UAPI listen error: " + e.getMessage());
        }
        final ControlServer control = control(sockets, device, log);
        try {
            // Before anybody is served.
            privileges.drop(device);
        } catch (IOException e) {
            listener.close();
            if (control != null) {
                control.close();
            }
            pages.close();
            device.close();
            throw new DaemonException("Failed to drop privileges: " + e.getMessage());
        }
        log.verbose("Privileges: " + privileges);
        return assemble(device, privileges, listener, control, pages, environment, log);
    }

    /** Takes the place of the process that started this one. */
    private static Daemon takeOver(
            DaemonOptions options, Privileges privileges, Map<String, String> environment, Path sockets, DeviceFactory factory, Log log)
            throws DaemonException {
        final TakeOver takeOver = new TakeOver(options.takeOverFd(), log);
        try {
            final TakeOver.Belongings belongings = takeOver.introduce();
            final DeviceFactory.Arrival arrival = factory.takeOver(belongings.tun(), belongings.agreed(), environment, log);
            final UapiListener listener = belongings.uapiPath() == null
                    ? new InheritedListener(belongings.uapi())
                    : PathListener.takeOver(belongings.uapiPath(), belongings.uapi());
            final PathListener control = PathListener.takeOver(belongings.controlPath(), belongings.control());
            takeOver.warmUp();
            final AtomicReference<DeviceFactory.Device> device = new AtomicReference<>();
            takeOver.receive(new TakeOver.Preparation() {
                @Override
                public void beside(StateReader state) throws StateException {
                    arrival.beside(state);
                }

                @Override
                public void prepare(StateReader state, int udpV4, int udpV6) throws IOException {
                    device.set(arrival.prepare(state, udpV4, udpV6));
                }
            });
            arrival.begin();
            final long begunNs = new BootClock().nowNs();
            final ControlServer controlServer = ControlServer.start(control, log);
            device.get().serve(controlServer);
            final DaemonPages pages = DaemonPages.start(options, device.get(), environment, sockets, log);
            final Daemon daemon = assemble(device.get(), privileges, listener, controlServer, pages, environment, log);
            takeOver.running(begunNs);
            return daemon;
        } catch (IOException e) {
            takeOver.fail(e.getMessage());
            throw new DaemonException("Cannot take over: " + e.getMessage());
        }
    }

    private static Daemon assemble(
            DeviceFactory.Device device,
            Privileges privileges,
            UapiListener listener,
            ControlServer control,
            DaemonPages pages,
            Map<String, String> environment,
            Log log) {
        final ServiceNotice notice = ServiceNotice.of(environment, device::turn, log);
        final Daemon daemon = new Daemon(device, UapiServer.start(listener, device, log), control, pages, log, notice);
        daemon.server.closed().thenAccept(e -> daemon.end(e.getMessage()));
        device.closed().whenComplete((nothing, e) -> daemon.end(e == null ? "closed" : "TUN device: " + e.getMessage()));
        if (control != null) {
            control.add(StatisticsLines.COMMAND, request -> statistics(device));
        }
        if (control != null && device.handover() != null) {
            final HandOver handOver = new HandOver(
                    device.interfaceName(), environment, (command, variables, fd) -> privileges.start(device, command, variables, fd),
                    device.handover(), device::writeBeside, daemon.server, control, log, daemon::handedOver);
            control.add(HandOver.COMMAND, handOver::answer);
        }
        log.verbose("Device and UAPI listener started");
        daemon.notice.ready(device.interfaceName() + " can be configured");
        return daemon;
    }

    /** What the one who started it should know, a line each. */
    public List<String> notes() {
        return pages.notes();
    }

    /** Null when the channel cannot be had: everything that {@code wg} needs works without. */
    private static ControlServer control(Path sockets, DeviceFactory.Device device, Log log) {
        try {
            final ControlServer control = ControlServer.start(ControlServer.path(sockets, device.interfaceName()), log);
            device.serve(control);
            return control;
        } catch (IOException e) {
            log.error("There is no control socket: " + e.getMessage());
            return null;
        }
    }

    /** Another process has taken this one's place: it ends, and leaves everything that has a name to the other. */
    private void handedOver(long pid) {
        notice.handedOver(pid);
        reason.compareAndSet(null, "handed over to process " + pid);
        server.release();
        end(reason.get());
    }

    private static ControlAnswer statistics(DeviceFactory.Device device) throws IOException {
        try {
            return ControlAnswer.of(StatisticsLines.of(device.statistics().toCompletableFuture().get(10, TimeUnit.SECONDS)));
        } catch (ExecutionException | TimeoutException e) {
            throw new ControlException("the device does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException("the daemon ends");
        }
    }

    private void end(String why) {
        if (reason.compareAndSet(null, why) || ended.getCount() == 1) {
            log.verbose("Ending: " + reason.get());
        }
        ended.countDown();
    }

    /** What whoever started it should know. */
    public List<String> warnings() {
        return device.warnings();
    }

    /** Waits until the daemon has a reason to end; {@link #close} is still to be called. Returns the reason. */
    public String await() throws InterruptedException {
        ended.await();
        return reason.get();
    }

    /** Removes the socket and the TUN device. Idempotent, any thread. */
    @Override
    public void close() {
        end("closed");
        notice.close();
        server.close();
        if (control != null) {
            control.close();
        }
        pages.close();
        device.close();
        if (logEnd.compareAndSet(true, false)) {
            log.verbose("Ended");
        }
    }
}
