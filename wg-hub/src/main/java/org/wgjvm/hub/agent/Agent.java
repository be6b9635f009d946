package org.wgjvm.hub.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.port.PortWriter;
import org.wgjvm.hub.state.Attachment;
import org.wgjvm.hub.state.EndpointFile;
import org.wgjvm.hub.state.History;
import org.wgjvm.hub.state.KeyStore;
import org.wgjvm.hub.state.NamespaceRecord;
import org.wgjvm.hub.state.PortEntry;
import org.wgjvm.hub.state.PortStore;
import org.wgjvm.hub.state.StateLock;

/**
 * The agent of a node: takes ports, keeps them, and has them realised. Thread-safe: everything is done on one thread of its own, in the
 * order in which it was asked for. A request is answered when it was kept and tried; what could not be realised yet is DOWN in the
 * answer, and tried again.
 */
public final class Agent implements AutoCloseable {
    /** How often it is written down where spokes are, if that has changed. */
    private static final int ENDPOINTS_SECONDS = 60;

    private final Settings settings;
    private final Machine machine;
    private final Consumer<String> log;
    private final AgentThread thread;
    private final StateLock lock;
    private final KeyStore keys;
    private final History history;
    private final Inventory inventory = new Inventory();
    private final EndpointLookup lookup;
    private final KnownEndpoints endpoints;
    private final Reconciler reconciler;
    private final PortViews views;
    private final Desired desired;
    private final Neighbourhood neighbourhood;
    private ScheduledFuture<?> retry;
    private boolean started;

    /** A port as an answer shows it, and whether it is new. */
    public record Outcome(JsonObject port, boolean created) {}

    private Agent(Settings settings, Machine machine, Consumer<String> log, Sharing sharing) throws IOException {
        this.settings = settings;
        this.machine = machine;
        this.log = log;
        thread = new AgentThread(log);
        lock = settings.dryRun() ? null : StateLock.take(settings.state());
        final PortStore store = new PortStore(settings.state());
        keys = new KeyStore(
                settings.state(), sharing == null || sharing.secret() == null ? null : id -> sharing.secret().privateKey(id));
        neighbourhood = sharing == null ? null : new Neighbourhood(settings, sharing, keys, inventory, thread, log);
        lookup = new EndpointLookup(this::everything);
        final NamespaceRecord namespaces = new NamespaceRecord(settings.state(), settings.dryRun());
        history = settings.dryRun()
                ? null
                : History.open(store.config(), (what, why) -> log.accept(what + ": " + why.getMessage()));
        endpoints = new KnownEndpoints(new EndpointFile(settings.state()), settings.dryRun(), log);
        reconciler = new Reconciler(
                settings, machine, inventory, keys, namespaces, lookup, endpoints, log,
                sharing == null ? Rights.ALL : neighbourhood, id -> thread.later(() -> gone(id)));
        views = new PortViews(settings, inventory, reconciler, keys, sharing == null ? PortViews.Neighbours.NONE : neighbourhood);
        desired = new Desired(
                settings, inventory, keys, store, history, reconciler, sharing == null ? null : neighbourhood.replica(), views::forget,
                log);
        if (sharing != null) {
            neighbourhood.replica().keptBy(desired);
        }
    }

    private void gone(String id) {
        if (inventory.get(id) != null) {
            log.accept(inventory.get(id).port().deviceName() + ": something took the interface away");
            reconcile(Set.of(inventory.get(id).port().networkId()));
        }
    }

    /** The same, for an agent that shares nothing with others. */
    public static Agent start(Settings settings, Machine machine, Set<String> routers, Consumer<String> log) throws IOException {
        return start(settings, machine, routers, log, null);
    }

    /**
     * Reads what is kept and realises it. The machine is the agent's from now on.
     *
     * @param routers namespaces to have beside those of projects
     * @param log told, a line each, what happens
     * @param sharing how what is wanted is shared with other agents, or null
     */
    public static Agent start(Settings settings, Machine machine, Set<String> routers, Consumer<String> log, Sharing sharing)
            throws IOException {
        final Agent agent = new Agent(settings, machine, log, sharing);
        agent.reconciler.wanted().addAll(routers);
        boolean begun = false;
        try {
            agent.thread.on(() -> {
                agent.begin();
                return null;
            });
            begun = true;
            return agent;
        } finally {
            if (!begun) {
                agent.abandon();
            }
        }
    }

    /** Lets go of the state directory, and touches nothing else: as if the process had ended. */
    void abandon() {
        if (neighbourhood != null) {
            neighbourhood.close();
        }
        thread.end();
        if (history != null) {
            history.close();
        }
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            log.accept("closing: " + e.getMessage());
        }
    }

    private void begin() throws IOException {
        desired.load();
        if (neighbourhood != null) {
            neighbourhood.begin(this::follow, () -> safely("looking at what may be here", this::reconcileAll));
        }
        reconcileAll();
        started = true;
        thread.every(settings.resyncSeconds(), this::resync);
        thread.every(ENDPOINTS_SECONDS, this::rememberEndpoints);
    }

    private void resync() {
        safely("resync", () -> {
            lookup.refresh();
            reconcileAll();
        });
        if (neighbourhood != null) {
            follow();
        }
    }

    private void rememberEndpoints() {
        safely("where spokes are", () -> endpoints.refresh(inventory, reconciler));
    }

    private void safely(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.accept(what + ": " + e);
        }
    }

    /** Brings here what others have changed, and takes up what they have asked of this host. */
    private void follow() {
        try {
            neighbourhood.replica().whole(() -> {
                final Set<String> networks = new LinkedHashSet<>(neighbourhood.replica().concerned());
                try {
                    networks.addAll(desired.takeUp());
                } finally {
                    reconcile(networks);
                }
                return null;
            });
        } catch (ApiException e) {
            if (e.status() < 500) {
                log.accept("taking up a hub: " + e.getMessage());
            }
        } catch (FieldException | IOException | RuntimeException e) {
            log.accept("what others have changed: " + e);
        }
    }

    /** A request that may change what is wanted. */
    private <T> T change(AgentThread.Request<T> request) throws ApiException, IOException {
        return thread.ask(neighbourhood == null ? request : () -> neighbourhood.replica().whole(request));
    }

    private void everything() {
        thread.later(this::resync);
    }

    private void reconcile(Set<String> networks) {
        networks.forEach(reconciler::network);
        scheduleRetry();
    }

    /** Its connection with others, or null. */
    Neighbourhood neighbourhood() {
        return neighbourhood;
    }

    private void report() {
        if (neighbourhood == null) {
            return;
        }
        for (final PortEntry entry : inventory.hubs()) {
            try {
                neighbourhood.report(entry.port().id(), neighbourhood.has(entry) ? views.report(entry) : null);
            } catch (IOException e) {
                log.accept(entry.port().deviceName() + ": " + e.getMessage());
            }
        }
    }

    private void scheduleRetry() {
        if (retry != null) {
            retry.cancel(false);
        }
        final long inNs = reconciler.retry(System.nanoTime());
        retry = inNs < 0 ? null : thread.in(inNs, this::scheduleRetry);
        report();
    }

    /** The settings it works with. */
    public Settings settings() {
        return settings;
    }

    /** Wants a port to be as {@code body} says. Idempotent. */
    public Outcome put(String id, Fields body) throws ApiException, IOException {
        return change(() -> {
            final boolean created = inventory.get(id) == null;
            reconcile(desired.accept(id, body));
            return new Outcome(views.view(inventory.get(id)), created);
        });
    }

    /** A port. */
    public JsonObject get(String id) throws ApiException, IOException {
        return thread.ask(() -> views.view(desired.known(id)));
    }

    /** All ports, in the order in which they came; of one network or kind where these are not null. */
    public JsonArray list(String networkId, PortKind kind) throws ApiException, IOException {
        return thread.ask(() -> {
            final JsonArray all = new JsonArray();
            for (final PortEntry entry : inventory.all()) {
                if ((networkId == null || networkId.equals(entry.port().networkId())) && (kind == null || kind == entry.port().kind())) {
                    all.add(views.view(entry));
                }
            }
            return all;
        });
    }

    /** Wants a port to be no more; returns whether there was one. */
    public boolean delete(String id) throws ApiException, IOException {
        return change(() -> {
            final PortEntry entry = inventory.get(id);
            if (entry == null) {
                return false;
            }
            desired.drop(entry);
            reconcile(Set.of(entry.port().networkId()));
            return true;
        });
    }

    /** Wants a hub to be in a router's namespace. */
    public JsonObject attach(String id, Fields body) throws ApiException, IOException {
        return change(() -> attachment(id, Desired.attachment(body)));
    }

    /** Wants a hub to be in no router's namespace. */
    public JsonObject detach(String id) throws ApiException, IOException {
        return change(() -> attachment(id, null));
    }

    private JsonObject attachment(String id, Attachment attachment) throws ApiException, IOException {
        final PortEntry changed = desired.attach(id, attachment);
        reconcile(Set.of(changed.port().networkId()));
        return views.view(changed);
    }

    /**
     * Wants exactly these ports. What cannot be accepted does not hold up the rest: a refused port stays as it was.
     *
     * @param body {@code revision}, which never goes back, and {@code ports}, each perhaps with an {@code attachment}
     */
    public JsonObject sync(Fields body) throws ApiException, IOException {
        return change(() -> {
            final Set<String> networks = new LinkedHashSet<>();
            final JsonObject answer = desired.sync(body, networks);
            reconcile(networks);
            return answer;
        });
    }

    /** Has a namespace beside those of projects. */
    public void wantNamespace(String name) throws ApiException, IOException {
        thread.ask(() -> reconciler.wanted().add(name) && reconcileAll());
    }

    /** Has it no longer: it is removed if the agent made it and nothing is in it. */
    public void forgetNamespace(String name) throws ApiException, IOException {
        thread.ask(() -> reconciler.wanted().remove(name) && reconcileAll());
    }

    private boolean reconcileAll() {
        reconciler.all();
        scheduleRetry();
        return true;
    }

    /** The wg-quick file for a spoke's device. */
    public String peerFile(String id) throws ApiException, IOException {
        return thread.ask(() -> {
            final PortEntry spoke = desired.known(id);
            if (spoke.port().kind() != PortKind.SPOKE) {
                throw new ApiException(409, "", "port " + id + " is a hub: only the device of a spoke needs a file");
            }
            try (var psk = keys.presharedKey(id)) {
                return PeerFile.text(spoke, inventory.hubs(spoke.port().networkId()), views, psk != null, settings.mtu());
            }
        });
    }

    /** The same as a QR code: an SVG image, or for a terminal. */
    public String qrCode(String id, boolean svg) throws ApiException, IOException {
        final String text = peerFile(id);
        return svg ? PeerFile.svg(text) : PeerFile.terminal(text);
    }

    /** Whether all is well, with what is not. */
    public JsonObject health() throws ApiException, IOException {
        return thread.ask(() -> {
            final JsonObject health = new JsonObject();
            final JsonArray failing = new JsonArray();
            for (final PortEntry entry : reconciler.here()) {
                final Hub hub = reconciler.hub(entry.port().id());
                if (hub == null || hub.error != null) {
                    final JsonObject one = new JsonObject();
                    one.addProperty("id", entry.port().id());
                    one.addProperty("error", hub == null ? "not looked at yet" : hub.error);
                    failing.add(one);
                }
            }
            final JsonObject shared = neighbourhood == null ? null : neighbourhood.health();
            final boolean shares = shared == null || shared.get("reachable").getAsBoolean();
            health.addProperty("status", started && failing.isEmpty() && shares ? "ok" : "degraded");
            health.addProperty("host", settings.host());
            health.addProperty("revision", desired.revision());
            health.addProperty("hubs", inventory.count(PortKind.HUB));
            health.addProperty("spokes", inventory.count(PortKind.SPOKE));
            health.add("failing", failing);
            if (shared != null) {
                health.add("shared", shared);
            }
            return health;
        });
    }

    /** For Prometheus. */
    public byte[] metrics() throws ApiException, IOException {
        return thread.ask(() -> {
            final Instant now = Instant.now();
            return AgentMetrics.text(inventory, reconciler, views, now.getEpochSecond() * 1_000_000_000L + now.getNano());
        });
    }

    /** Asks the tunnels where spokes are, and writes it down. */
    void endpointsNow() throws IOException {
        thread.on(() -> {
            rememberEndpoints();
            return null;
        });
    }

    /** All hubs and spokes with what their tunnels have counted. */
    public Overview overview() throws ApiException, IOException {
        return thread.ask(() -> Overview.take(settings, desired.revision(), inventory, reconciler, views, System.currentTimeMillis()));
    }

    /** What changed when; of one port, or, with null, of all. */
    public List<History.Entry> log(String portId, int most) throws IOException {
        return history == null ? List.of() : history.log(portId, most);
    }

    /** What a commit changed, as a patch. */
    public String diff(String commit) throws ApiException, IOException {
        final String diff = history == null ? null : history.diff(commit);
        if (diff == null) {
            throw ApiException.notFound("commit " + commit);
        }
        return diff;
    }

    /** Wants a port as it was after a commit. A hub that is gone gets a new key pair: keys are not in the history. */
    public Outcome restore(String id, String commit) throws ApiException, IOException {
        final String text = history == null ? null : history.text(id, commit);
        if (text == null) {
            throw ApiException.notFound("port " + id + " in commit " + commit);
        }
        final PortEntry then;
        try {
            then = PortStore.read(text);
        } catch (FieldException e) {
            throw ApiException.of(e);
        }
        final JsonObject body = PortWriter.write(then.port());
        if (thread.ask(() -> keys.hasPresharedKey(id))) {
            body.getAsJsonObject("binding:profile").addProperty("preshared_key", PortReader.HIDDEN);
        }
        final Outcome outcome = put(id, new Fields(body, ""));
        if (then.port().kind() == PortKind.HUB) {
            return new Outcome(change(() -> attachment(id, then.attachment())), outcome.created());
        }
        return outcome;
    }

    /** Takes every interface down, and ends. What is wanted stays on disk. Idempotent. */
    @Override
    public void close() {
        if (thread.hasEnded()) {
            return;
        }
        try {
            thread.on(() -> {
                rememberEndpoints();
                reconciler.close();
                return null;
            });
        } catch (IOException e) {
            log.accept("closing: " + e.getMessage());
        }
        machine.close();
        abandon();
    }
}
