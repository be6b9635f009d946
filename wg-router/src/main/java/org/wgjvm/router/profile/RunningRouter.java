package org.wgjvm.router.profile;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.config.CommitSurroundings;
import org.wgjvm.router.config.ConfigException;
import org.wgjvm.router.config.Configuration;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.Router;
import org.wgjvm.router.config.StateDirectory;
import org.wgjvm.router.config.WireguardProfile;
import org.wgjvm.router.log.RouterLog;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.plane.RouterPlane;
import org.wgjvm.transport.AddressWatch;

/**
 * One router of an authority, running: what was committed last is in force, on the packet path and in the profiles.
 *
 * <pre>{@code
 * try (RunningRouter r1 = RunningRouter.start("r1", stateDirectory, RouterListener.SILENT)) {
 *     r1.plane().attach(new InterfaceId("node1", "lan-net"), port);
 *     r1.configuration().replace(new FileReader(file));
 *     CommitReport report = r1.configuration().commit("first");
 * }
 * }</pre>
 *
 * <p>Thread-safe. One control thread makes every change; packets are the event loop's, and wait for nobody.
 */
public final class RunningRouter implements AutoCloseable {
    private final String name;
    private final Path state;
    private final RouterListener listener;
    private final RouterPlane plane;
    private final ProfileKeys keys;
    private final RouterLog log;
    private final Configuration configuration;
    private final Map<String, RunningProfile> profiles = new ConcurrentHashMap<>();
    private final ExecutorService control;
    private AddressWatch addresses;
    private volatile Thread controlThread;
    private volatile Authority authority = Authority.EMPTY;
    private volatile Consumer<Router> interfaces = router -> {};

    private RunningRouter(String name, StateDirectory state, RouterListener listener) throws IOException, ConfigException {
        this.name = name;
        this.state = state.root();
        this.listener = listener;
        control = Executors.newSingleThreadExecutor(task -> {
            final Thread thread = new Thread(task, "router-control");
            thread.setDaemon(true);
            controlThread = thread;
            return thread;
        });
        keys = new ProfileKeys(state);
        log = new RouterLog(state, name);
        configuration = new Configuration(state, new Surroundings());
        plane = RouterPlane.builder().start();
    }

    /** Starts the router {@code name} with what its state directory says; with nothing committed it does nothing. */
    public static RunningRouter start(String name, Path state, RouterListener listener) throws IOException, ConfigException {
        final RunningRouter router = new RunningRouter(name, new StateDirectory(state), listener);
        boolean done = false;
        try {
            router.configuration.follow(router::follow);
            router.watchAddresses();
            router.follow(router.configuration.running());
            done = true;
            return router;
        } finally {
            if (!done) {
                router.close();
            }
        }
    }

    private void watchAddresses() throws IOException {
        try {
            final CompletableFuture<AddressWatch> opened = new CompletableFuture<>();
            plane.eventLoop().execute(() -> {
                try {
                    opened.complete(AddressWatch.open(plane.eventLoop(), this::onAddressesChanged));
                } catch (IOException | RuntimeException e) {
                    opened.completeExceptionally(e);
                }
            });
            addresses = opened.join();
        } catch (CompletionException e) {
            throw new IOException("addresses cannot be watched", e.getCause());
        }
    }

    private void onAddressesChanged() {
        try {
            control.execute(() -> profiles.values().forEach(RunningProfile::followAddresses));
        } catch (RejectedExecutionException e) {
            // The router is being closed.
        }
    }

    /** The router's name. */
    public String name() {
        return name;
    }

    /** The directory of its keys, commits and journals. */
    public Path state() {
        return state;
    }

    /** Candidate, commits and history. A commit is in force when it returns. */
    public Configuration configuration() {
        return configuration;
    }

    /** The packet path: where interfaces other than the profiles' are attached. */
    public RouterPlane plane() {
        return plane;
    }

    /** The journals. */
    public RouterLog log() {
        return log;
    }

    /** The authority in force, generated elements included. */
    public Authority authority() {
        return authority;
    }

    /** The router in force, or null while the configuration has none of this name. */
    public Router router() {
        return authority.router(name);
    }

    /** Tells {@code attacher} of the router in force, now and after each commit, so that it can attach interfaces. */
    public void interfaces(Consumer<Router> attacher) {
        interfaces = attacher;
        onControl(() -> {
            final Router router = router();
            if (router != null) {
                attacher.accept(router);
            }
            return null;
        });
    }

    /** Every profile that runs, in the order of the configuration. */
    public List<ProfileStatus> profiles() {
        return onControl(() -> {
            final List<ProfileStatus> all = new ArrayList<>();
            final Router router = router();
            if (router != null) {
                for (final WireguardProfile profile : router.profiles()) {
                    if (profiles.containsKey(profile.name())) {
                        all.add(profiles.get(profile.name()).status());
                    }
                }
            }
            return all;
        });
    }

    /** The public key of a profile, or null when it has none yet. */
    public PublicKey publicKey(String profile) throws IOException {
        return keys.publicKey(profile);
    }

    private void follow(Authority committed) {
        onControl(() -> {
            final Router router = committed.router(name);
            authority = committed;
            log.config(router == null ? "nothing is configured for this router" : "configuration of " + router.profiles().size()
                    + " profiles");
            final Map<String, InterfaceId> wanted = router == null ? Map.of() : generated(router);
            for (final String gone : List.copyOf(profiles.keySet())) {
                if (!profiles.get(gone).inside().equals(wanted.get(gone))) {
                    profiles.remove(gone).close();
                    log.config("'" + gone + "' removed; its keys are kept");
                }
            }
            plane.commit(committed, router == null ? new Router(name, null, List.of(), List.of(), List.of()) : router)
                    .toCompletableFuture()
                    .join();
            for (final Map.Entry<String, InterfaceId> each : wanted.entrySet()) {
                follow(router.profile(each.getKey()), each.getValue(), router, committed);
            }
            if (router != null) {
                interfaces.accept(router);
            }
            listener.onCommitted(wanted.size());
            return null;
        });
    }

    private void follow(WireguardProfile profile, InterfaceId inside, Router router, Authority committed) {
        try {
            RunningProfile running = profiles.get(profile.name());
            if (running == null) {
                running = RunningProfile.start(profile, inside, keys, plane, listener, log);
                profiles.put(profile.name(), running);
                log.config("'" + profile.name() + "' created");
            }
            running.follow(profile, router, committed);
        } catch (IOException | RuntimeException e) {
            log.config("'" + profile.name() + "' could not be set up: " + e.getMessage());
            listener.onTrouble("profile " + profile.name() + " could not be set up", e);
        }
    }

    /** The profiles that have an inside: those that are attached to an interface. */
    private static Map<String, InterfaceId> generated(Router router) {
        final Map<String, InterfaceId> all = new LinkedHashMap<>();
        for (final Node node : router.nodes()) {
            for (final DeviceInterface device : node.deviceInterfaces()) {
                if (device.generated()) {
                    all.put(device.name(), new InterfaceId(node.name(), device.networkInterfaces().getFirst().name()));
                }
            }
        }
        return all;
    }

    @SuppressWarnings("ReferenceEquality") // a thread is itself
    private <T> T onControl(Callable<T> task) {
        try {
            if (Thread.currentThread() == controlThread) {
                return task.call();
            }
            return control.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (Exception e) {
            throw new IllegalStateException("the router could not follow", e.getCause() == null ? e : e.getCause());
        }
    }

    /** Commits the candidate: for embedding programs that need no more. */
    public CommitReport commit(String comment) throws IOException {
        return configuration.commit(comment);
    }

    /** Closes the profiles and then the packet path; keys are wiped from memory and stay on disk. */
    @Override
    public void close() {
        if (!control.isShutdown()) {
            onControl(() -> {
                profiles.values().forEach(RunningProfile::close);
                profiles.clear();
                return null;
            });
            control.shutdown();
        }
        if (addresses != null) {
            plane.eventLoop().submit(addresses::close).awaitUninterruptibly();
            addresses = null;
        }
        plane.close();
        log.close();
    }

    /** What a commit has to know of this host: keys, and ports that others have. */
    private final class Surroundings implements CommitSurroundings {
        @Override
        public PublicKey publicKey(String router, String profile) {
            try {
                return router.equals(name) ? keys.publicKey(profile) : null;
            } catch (IOException e) {
                listener.onTrouble("the key of " + profile + " cannot be read", e);
                return null;
            }
        }

        @Override
        public String busy(String router, String profile, IpAddress address, int port) {
            if (!router.equals(name) || profiles.values().stream().anyMatch(p -> p.listensOn(address.toInetAddress(), port))) {
                return null;
            }
            try (DatagramSocket probe = new DatagramSocket(null)) {
                probe.setReuseAddress(false);
                probe.bind(new InetSocketAddress(address.toInetAddress(), port));
                return null;
            } catch (BindException e) {
                return e.getMessage().contains("in use") ? "another program listens there" : null;
            } catch (SocketException e) {
                return null;
            }
        }
    }
}
