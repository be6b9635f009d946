package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.wgjvm.sys.Credentials;
import org.wgjvm.sys.ProcessStart;

/**
 * What the daemon still may once it is set up: {@code --user NAME} makes it that user's process. Its event loop alone keeps CAP_NET_ADMIN,
 * with which it can put a mark on a new socket, unless {@code --capabilities none} says otherwise.
 */
final class Privileges {
    /** {@code net_admin} or {@code none}. */
    static final String CAPABILITIES_VARIABLE = "WGJVM_CAPABILITIES";

    private final Credentials.User user;
    private final boolean netAdmin;

    /** Whether a capability is with the event loop alone. */
    private boolean keptByLoop;

    private Privileges(Credentials.User user, boolean netAdmin) {
        this.user = user;
        this.netAdmin = netAdmin;
    }

    /** What the environment asks for. */
    static Privileges of(Map<String, String> environment) throws DaemonException {
        final String name = environment.getOrDefault(Daemon.USER_VARIABLE, "");
        final boolean netAdmin = switch (environment.getOrDefault(CAPABILITIES_VARIABLE, "")) {
            case "", "net_admin" -> true;
            case "none" -> false;
            default -> throw new DaemonException(CAPABILITIES_VARIABLE + " is neither net_admin nor none");
        };
        final Credentials.User user = name.isEmpty() ? null : Credentials.user(name);
        if (!name.isEmpty() && user == null) {
            throw new DaemonException("there is no user " + name);
        }
        return new Privileges(user, netAdmin);
    }

    /** Gives up the rest; when this throws, the process may have given up some, and must end. */
    void drop(DeviceFactory.Device device) throws IOException {
        if (user == null || Credentials.isAlready(user)) {
            return;
        }
        try {
            if (netAdmin) {
                onEventLoop(device, () -> Credentials.keepCapabilities(true));
            }
            Credentials.become(user);
            if (netAdmin) {
                onEventLoop(device, () -> {
                    Credentials.restrictCapabilities(1 << Credentials.CAP_NET_ADMIN);
                    Credentials.keepCapabilities(false);
                });
                keptByLoop = true;
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof UncheckedIOException io ? io.getCause() : new IOException(e.getCause());
        }
    }

    /**
     * Starts a process that may what this one still may: {@link ProcessStart#start}. There the capability is not of one thread but of all,
     * for a Java runtime has made its threads before it can be told.
     */
    int start(DeviceFactory.Device device, List<String> command, List<String> variables, int inherited) throws IOException {
        if (!keptByLoop) {
            return ProcessStart.start(command, variables, inherited);
        }
        final CompletableFuture<Integer> started = new CompletableFuture<>();
        // A thread has the capabilities of the one that makes it.
        device.run(() -> Thread.ofPlatform().daemon().name("successor").start(() -> {
            try {
                Credentials.bequeathCapability(Credentials.CAP_NET_ADMIN);
                started.complete(ProcessStart.start(command, variables, inherited));
            } catch (IOException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        }));
        try {
            return started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    /** For the log. */
    @Override
    public String toString() {
        return user == null ? "unchanged" : "user " + user.name() + (netAdmin ? ", the event loop with CAP_NET_ADMIN" : ", no capability");
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void onEventLoop(DeviceFactory.Device device, Step step) {
        device.run(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toCompletableFuture().join();
    }
}
