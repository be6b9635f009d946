package org.wgjvm.hub.cli;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.wgjvm.hub.agent.Sharing;
import org.wgjvm.hub.share.EtcdStore;
import org.wgjvm.hub.share.ShareSettings;
import org.wgjvm.hub.share.SharedSecret;
import org.wgjvm.sys.BootClock;
import picocli.CommandLine.Option;

/** The options of an agent that shares what is wanted with others, through etcd. */
final class EtcdOptions {
    private static final long PATIENCE_MS = 3000;
    private static final int SHORTEST_LEASE_SECONDS = 4;

    @Option(names = "--etcd", paramLabel = "URL", split = ",",
            description = "Share what is wanted with the agents of other nodes through this etcd: http:// or https://, one or more.")
    private List<String> urls = new ArrayList<>();

    @Option(names = "--etcd-prefix", paramLabel = "KEY", defaultValue = "/wg-hub",
            description = "What the keys in etcd begin with. (${DEFAULT-VALUE})")
    private String prefix;

    @Option(names = "--etcd-user", paramLabel = "NAME", description = "Who etcd is told that this is.")
    private String user;

    @Option(names = "--etcd-password-file", paramLabel = "FILE", description = "With this password.")
    private Path passwordFile;

    @Option(names = "--etcd-ca", paramLabel = "FILE", description = "Who vouches for etcd's certificate, PEM. (the system's authorities)")
    private Path authority;

    @Option(names = "--etcd-certificate", paramLabel = "FILE", description = "This client's certificate for etcd, PEM.")
    private Path certificate;

    @Option(names = "--etcd-key", paramLabel = "FILE", description = "Its private key, PEM.")
    private Path key;

    @Option(names = "--secret-file", paramLabel = "FILE",
            description = "What nodes that may have the same hubs have in common: "
                    + "keys of hubs are made from it, preshared keys sealed with it.")
    private Path secretFile;

    @Option(names = "--successors", paramLabel = "HOST", split = ",",
            description = "When this node is gone, the first of these that is there takes over its hubs. "
                    + "Its hubs then stop when etcd cannot be reached for --lease seconds.")
    private List<String> successors = new ArrayList<>();

    @Option(names = "--lease", paramLabel = "SECONDS", defaultValue = "30",
            description = "How long a node may be silent before it counts as gone. (${DEFAULT-VALUE})")
    private int leaseSeconds;

    /** What was asked for; null when nothing is to be shared. */
    Sharing sharing(String host) throws CommandException, IOException {
        if (urls.isEmpty()) {
            if (secretFile != null || !successors.isEmpty()) {
                throw new CommandException((secretFile != null ? "--secret-file" : "--successors") + " wants --etcd");
            }
            return null;
        }
        if (leaseSeconds < SHORTEST_LEASE_SECONDS) {
            throw new CommandException("--lease " + leaseSeconds + ": at least " + SHORTEST_LEASE_SECONDS + " is wanted");
        }
        if (!successors.isEmpty() && secretFile == null) {
            throw new CommandException("--successors wants --secret-file: they need the keys of the hubs that they take over");
        }
        if (successors.contains(host) || new HashSet<>(successors).size() != successors.size()) {
            throw new CommandException("--successors " + String.join(",", successors) + ": other hosts than " + host
                    + " are wanted, each once");
        }
        if (host.contains("/")) {
            throw new CommandException("--host " + host + ": no slash is wanted in it");
        }
        final SharedSecret secret = secretFile == null ? null : secret();
        final ShareSettings settings = new ShareSettings(
                prefix.endsWith("/") ? prefix : prefix + "/", host, successors, secret == null ? "" : secret.fingerprint(), leaseSeconds);
        return new Sharing(settings, new EtcdStore(client()::build, PATIENCE_MS), secret, new BootClock()::nowNs);
    }

    private SharedSecret secret() throws CommandException {
        try {
            return SharedSecret.read(secretFile);
        } catch (IOException e) {
            throw new CommandException("--secret-file: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private ClientBuilder client() throws CommandException, IOException {
        final ClientBuilder builder = Client.builder().endpoints(endpoints())
                .connectTimeout(Duration.ofMillis(PATIENCE_MS)).keepaliveTime(Duration.ofSeconds(5)).keepaliveTimeout(Duration.ofSeconds(5))
                .keepaliveWithoutCalls(false).retryMaxAttempts(1).waitForReady(false);
        if ((user == null) != (passwordFile == null)) {
            throw new CommandException("--etcd-user and --etcd-password-file go together");
        }
        if (user != null) {
            builder.user(ByteSequence.from(user, StandardCharsets.UTF_8))
                    .password(ByteSequence.from(Files.readString(passwordFile).strip(), StandardCharsets.UTF_8));
        }
        if ((certificate == null) != (key == null)) {
            throw new CommandException("--etcd-certificate and --etcd-key go together");
        }
        final boolean tls = urls.getFirst().startsWith("https:");
        if (!tls && (authority != null || certificate != null)) {
            throw new CommandException((authority != null ? "--etcd-ca" : "--etcd-certificate") + " wants an https:// URL for --etcd");
        }
        if (tls) {
            final SslContextBuilder context = GrpcSslContexts.forClient();
            if (authority != null) {
                context.trustManager(readable("--etcd-ca", authority));
            }
            if (certificate != null) {
                context.keyManager(readable("--etcd-certificate", certificate), readable("--etcd-key", key));
            }
            try {
                builder.sslContext(context.build());
            } catch (IllegalArgumentException e) {
                throw new CommandException("the TLS files for etcd: " + e.getMessage());
            }
        }
        return builder;
    }

    private static File readable(String option, Path file) throws CommandException {
        if (!Files.isReadable(file)) {
            throw new CommandException(option + ": cannot read " + file);
        }
        return file.toFile();
    }

    private List<URI> endpoints() throws CommandException {
        final List<URI> all = new ArrayList<>();
        for (final String url : urls) {
            try {
                final URI uri = new URI(url);
                final boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (!http || uri.getHost() == null || uri.getPort() < 1 || !uri.getScheme().equals(new URI(urls.getFirst()).getScheme())) {
                    throw new CommandException("--etcd " + url + ": http://HOST:PORT or, for all of them, https://HOST:PORT is wanted");
                }
                all.add(uri);
            } catch (URISyntaxException e) {
                throw new CommandException("--etcd " + url + ": " + e.getMessage());
            }
        }
        return all;
    }
}
