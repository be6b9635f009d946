package org.wgjvm.router.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.metrics.MetricsServer;
import org.wgjvm.router.metrics.RouterMetrics;
import org.wgjvm.router.plane.LinuxInterfaces;
import org.wgjvm.router.profile.ProfileStatus;
import org.wgjvm.router.profile.RouterListener;
import org.wgjvm.router.profile.RunningRouter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run}: a router in the foreground, until it is told to end. */
@Command(name = "run", description = "Runs a router. FILE, if given, is committed first; without it, what was committed last is in force.")
final class RunCommand extends RouterCommand {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "A configuration.")
    private String file;

    @Option(names = "--router", required = true, paramLabel = "NAME", description = "Which router of the configuration this is.")
    private String name;

    @Option(
            names = "--metrics",
            paramLabel = "[ADDRESS:]PORT",
            description = "Answer Prometheus there, at /metrics; without an address, on loopback.")
    private String metrics;

    @Override
    Place place() {
        return Place.HERE;
    }

    @Override
    public Integer call() throws Exception {
        final CountDownLatch end = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final Thread hook = new Thread(() -> {
            end.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        final Path state = context().state();
        ControlServer.path(state);
        if (ControlClient.answers(state.resolve(ControlServer.FILE))) {
            throw new CommandException("a router runs in " + state + " already");
        }
        final InetSocketAddress metricsAt = metricsAt();
        try (RunningRouter router = RunningRouter.start(name, state, new Told());
                MetricsServer served = metricsAt == null ? null : new MetricsServer(metricsAt, () -> RouterMetrics.of(router))) {
            if (file != null && !commit(router)) {
                return ReportText.WRONG;
            }
            if (router.router() == null) {
                context().err().println("warning: router " + name + " is not configured; it waits for a commit");
            }
            if (served != null) {
                context().err().println("metrics at " + served.address() + MetricsServer.PATH);
            }
            final ControlServer server = new ControlServer(router, state);
            try {
                router.interfaces(new LinuxInterfaces(
                        router.plane(), (what, why) -> context().err().println("trouble: " + what + ": " + why.getMessage())));
                Runtime.getRuntime().addShutdownHook(hook);
                context().out().println("router " + name + " runs");
                end.await();
            } finally {
                server.close();
            }
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private InetSocketAddress metricsAt() throws CommandException {
        try {
            return metrics == null ? null : MetricsServer.address(metrics);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--metrics: " + e.getMessage());
        }
    }

    private boolean commit(RunningRouter router) throws Exception {
        try (Reader text = context().file(file)) {
            router.configuration().replace(text);
        }
        final CommitReport report = router.configuration().commit("run " + file);
        ReportText.print(report, context());
        return router.router() != null && (report.isClean() || report.number() > 0 || !report.rejected().contains(name));
    }

    /** Writes what happens to standard error. */
    private final class Told implements RouterListener {
        @Override
        public void onProfileState(String profile, ProfileStatus.State state, String reason) {
            context().err().println(profile + ": " + state.name().toLowerCase(Locale.ROOT)
                    + (reason == null ? "" : ": " + reason));
        }

        @Override
        public void onProfileAddress(String profile, String endpoint) {
            context().err().println(profile + ": reached at " + endpoint);
        }

        @Override
        public void onTrouble(String what, Throwable reason) {
            context().err().println("trouble: " + what + (reason instanceof IOException || reason == null ? "" : " (" + reason + ")"));
        }
    }
}
