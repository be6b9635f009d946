package org.wgjvm.hub.cli;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.Settings;
import org.wgjvm.hub.agent.Sharing;
import org.wgjvm.hub.http.HttpServer;
import org.wgjvm.hub.http.PortApi;
import org.wgjvm.hub.http.Routes;
import org.wgjvm.hub.machine.DryMachine;
import org.wgjvm.hub.machine.LinuxMachine;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.neutron.NeutronApi;
import org.wgjvm.hub.page.AgentPage;
import org.wgjvm.hub.port.Cidr;
import org.wgjvm.hub.port.HostPort;
import org.wgjvm.sys.NotifySocket;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code agent}: in the foreground, until it is told to end. */
@Command(
        name = "agent",
        description = {
            "Runs the agent of this node, in the foreground. One a network namespace.",
            "When it ends, its interfaces go; what is wanted stays in the state directory, and is there again with the next start."
        })
final class AgentCommand implements Callable<Integer> {
    private static final int MOST_THREADS = 4;

    @Option(names = "--state", paramLabel = "DIR", defaultValue = HubCli.DEFAULT_STATE,
            description = "Ports, keys and history. (${DEFAULT-VALUE})")
    private Path state;

    @Option(names = "--socket", paramLabel = "PATH", defaultValue = HubCli.DEFAULT_SOCKET,
            description = "The API's socket. (${DEFAULT-VALUE})")
    private Path socket;

    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", description = "The API on TCP too, for who has the token or a certificate.")
    private String listen;

    @Option(names = "--token-file", paramLabel = "FILE", description = "The token that TCP wants: Authorization: Bearer, or X-Auth-Token.")
    private Path tokenFile;

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "TLS on TCP: the agent's certificate chain, PEM.")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM.")
    private Path key;

    @Option(names = "--tls-client-ca", paramLabel = "FILE", description = "TCP wants a client certificate of this authority, PEM.")
    private Path clientAuthority;

    @Option(names = "--ui", paramLabel = "[ADDRESS:]PORT", description = "A page to watch it on, on this machine alone.")
    private String ui;

    @Option(names = "--host", paramLabel = "NAME", description = "This node's name, as in binding:host_id. (the host name)")
    private String host;

    @Option(names = "--public-address", paramLabel = "ADDRESS", description = "Where devices reach this node. (that of the default route)")
    private String publicAddress;

    @Option(names = "--ports", paramLabel = "FIRST-LAST", defaultValue = Settings.FIRST_PORT + "-" + Settings.LAST_PORT,
            description = "UDP ports for hubs. (${DEFAULT-VALUE})")
    private String ports;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "1420", description = "MTU of the tunnels. (${DEFAULT-VALUE})")
    private int mtu;

    @Option(names = "--up-at-once", description = "Hubs come up when they are made, and not when they are attached to a router.")
    private boolean upAtOnce;

    @Option(names = "--resync", paramLabel = "SECONDS", defaultValue = "30",
            description = "How often all is looked at unasked. (${DEFAULT-VALUE})")
    private int resyncSeconds;

    @Option(names = "--ignore", paramLabel = "GLOB",
            description = "Interfaces to leave alone though they are called as a hub's. Repeatable.")
    private List<String> ignored = new ArrayList<>();

    @Option(names = "--threads", paramLabel = "N",
            description = "Event loops that the tunnels share. (cores, at most " + MOST_THREADS + ")")
    private int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());

    @Option(names = "--dry-run", description = "Says what would be done, and does nothing of it: no file, interface or namespace changes.")
    private boolean dryRun;

    @Mixin
    private EtcdOptions etcd = new EtcdOptions();

    private final PrintStream out;
    private final PrintStream err;

    AgentCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        final InetSocketAddress at = listen == null ? null : address(listen);
        final InetSocketAddress pageAt = ui == null ? null : pageAddress(ui);
        final String token = token();
        final SslContext tls = tls();
        if (at != null && token == null && clientAuthority == null) {
            throw new CommandException("--listen wants --token-file or --tls-client-ca: TCP is not for everybody");
        }
        final Settings settings = settings();
        final Sharing sharing = etcd.sharing(settings.host());
        if (sharing != null && dryRun) {
            sharing.store().close();
            throw new CommandException("--dry-run looks at what this node has: leave --etcd away");
        }
        final Set<String> routers = NeutronApi.routerNamespaces(settings.state());
        final CountDownLatch end = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            final boolean told = ended.getCount() > 0;
            end.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (told) {
                // Ending when told to is no failure; Java would say 143.
                Runtime.getRuntime().halt(0);
            }
        }));
        final Machine linux = new LinuxMachine(threads);
        final Machine machine = dryRun ? new DryMachine(linux, this::log) : linux;
        try (Agent agent = Agent.start(settings, machine, routers, this::log, sharing)) {
            final Routes routes = new Routes();
            new PortApi(agent).addTo(routes);
            new NeutronApi(settings.state(), agent).addTo(routes);
            try (HttpServer server = new HttpServer(routes, this::log)) {
                server.listen(socket);
                if (at != null) {
                    final InetSocketAddress bound = server.listen(at, token, tls);
                    out.println("the API listens at " + new HostPort(bound.getAddress().getHostAddress(), bound.getPort()));
                }
                try (AgentPage page = pageAt == null ? null : AgentPage.start(pageAt, agent, urlFile(), this::log)) {
                    if (page != null) {
                        // The whole address is for eyes, not for the journal of a service.
                        out.println("page at " + page.place() + " - the address to open, with its token, is in " + urlFile());
                    }
                    out.println("agent of " + settings.host() + " listens at " + socket);
                    notice("READY=1\nSTATUS=listens at " + socket);
                    end.await();
                    notice("STOPPING=1");
                }
            }
        } finally {
            machine.close();
            ended.countDown();
        }
        return 0;
    }

    /** Beside the socket: {@code agent.url} for {@code agent.sock}. */
    private Path urlFile() {
        return socket.resolveSibling(socket.getFileName().toString().replaceFirst("\\.sock$", "") + ".url");
    }

    private static InetSocketAddress pageAddress(String text) throws CommandException {
        try {
            final HostPort parsed = HostPort.parse(text.contains(":") ? text : "127.0.0.1:" + text);
            if (parsed.literal() == null || !parsed.literal().isLoopbackAddress()) {
                throw new IllegalArgumentException("an address of this machine alone is wanted, 127.0.0.1 or [::1]");
            }
            return new InetSocketAddress(parsed.literal(), parsed.port());
        } catch (IllegalArgumentException e) {
            throw new CommandException("--ui " + text + ": " + e.getMessage());
        }
    }

    /** Tells the service manager, if one has started this process. */
    private void notice(String message) {
        final String address = System.getenv("NOTIFY_SOCKET");
        if (address != null && !address.isEmpty()) {
            try (NotifySocket manager = NotifySocket.to(address)) {
                manager.send(message);
            } catch (IOException e) {
                log("NOTIFY_SOCKET: " + e.getMessage());
            }
        }
    }

    private void log(String line) {
        err.println(line);
    }

    private Settings settings() throws CommandException, IOException {
        final String[] range = ports.split("-", -1);
        if (range.length != 2 || !range[0].matches("[0-9]{1,5}") || !range[1].matches("[0-9]{1,5}")
                || Integer.parseInt(range[0]) < 1 || Integer.parseInt(range[1]) > 65535
                || Integer.parseInt(range[0]) > Integer.parseInt(range[1])) {
            throw new CommandException("--ports " + ports + ": FIRST-LAST is wanted, within 1-65535");
        }
        if (mtu < 1280 || mtu > 65535) {
            throw new CommandException("--mtu " + mtu + ": 1280 to 65535 is wanted");
        }
        if (resyncSeconds < 1 || threads < 1) {
            throw new CommandException(
                    (resyncSeconds < 1 ? "--resync " + resyncSeconds : "--threads " + threads) + ": at least 1 is wanted");
        }
        return new Settings(
                state.toAbsolutePath().normalize(), host != null ? host : InetAddress.getLocalHost().getHostName(), publicAddress(),
                Integer.parseInt(range[0]), Integer.parseInt(range[1]), mtu, upAtOnce, resyncSeconds, ignored, dryRun);
    }

    private InetAddress publicAddress() throws CommandException {
        if (publicAddress != null) {
            try {
                return Cidr.address(publicAddress);
            } catch (IllegalArgumentException e) {
                throw new CommandException("--public-address: " + e.getMessage());
            }
        }
        try (DatagramSocket probe = new DatagramSocket()) {
            // Sends nothing: a connected socket has the source address that the route to there gives.
            probe.connect(InetAddress.ofLiteral("192.0.2.1"), 9);
            if (!probe.getLocalAddress().isAnyLocalAddress()) {
                return probe.getLocalAddress();
            }
        } catch (SocketException | java.io.UncheckedIOException e) {
            // Said below.
        }
        throw new CommandException("there is no default route to tell where devices reach this node: give --public-address");
    }

    private static InetSocketAddress address(String text) throws CommandException {
        try {
            final HostPort parsed = HostPort.parse(text);
            if (parsed.literal() == null) {
                throw new IllegalArgumentException("an address is wanted, not a name");
            }
            return new InetSocketAddress(parsed.literal(), parsed.port());
        } catch (IllegalArgumentException e) {
            throw new CommandException("--listen " + text + ": " + e.getMessage());
        }
    }

    private String token() throws CommandException, IOException {
        if (tokenFile == null) {
            return null;
        }
        final String token = Files.readString(tokenFile).strip();
        if (token.length() < 16) {
            throw new CommandException("--token-file: a token has at least 16 characters");
        }
        return token;
    }

    private SslContext tls() throws CommandException, IOException {
        if (certificate == null && key == null && clientAuthority == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new CommandException("TLS wants --tls-certificate and --tls-key");
        }
        final SslContextBuilder builder = SslContextBuilder.forServer(certificate.toFile(), key.toFile());
        if (clientAuthority != null) {
            builder.trustManager(clientAuthority.toFile()).clientAuth(ClientAuth.REQUIRE);
        }
        return builder.build();
    }
}
