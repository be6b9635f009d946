package org.wgjvm.hub.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.hub.machine.Machine;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;
import org.wgjvm.hub.port.Names;
import org.wgjvm.hub.port.Port;
import org.wgjvm.hub.port.PortKind;
import org.wgjvm.hub.port.PortReader;
import org.wgjvm.hub.port.PortWriter;
import org.wgjvm.hub.state.Attachment;
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
    private final Settings settings;
    private final Machine machine;
    private final Consumer<String> log;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("hub-agent").factory());
    private final StateLock lock;
    private final PortStore store;
    private final KeyStore keys;
    private final History history;
    private final Inventory inventory = new Inventory();
    private final EndpointLookup lookup;
    private final Reconciler reconciler;
    private final PortViews views;
    private ScheduledFuture<?> retry;
    private long revision;
    private boolean started;

    /** A port as an answer shows it, and whether it is new. */
    public record Outcome(JsonObject port, boolean created) {}

    private Agent(Settings settings, Machine machine, Consumer<String> log) throws IOException {
        this.settings = settings;
        this.machine = machine;
        this.log = log;
        lock = settings.dryRun() ? null : StateLock.take(settings.state());
        store = new PortStore(settings.state());
        keys = new KeyStore(settings.state());
        lookup = new EndpointLookup(this::everything);
        final NamespaceRecord namespaces = new NamespaceRecord(settings.state(), settings.dryRun());
        history = settings.dryRun()
                ? null
                : History.open(store.config(), (what, why) -> log.accept(what + ": " + why.getMessage()));
        reconciler = new Reconciler(settings, machine, inventory, keys, namespaces, lookup, log, id -> later(() -> {
            if (inventory.get(id) != null) {
                log.accept(inventory.get(id).port().deviceName() + ": something took the interface away");
                reconcile(inventory.get(id).port().networkId());
            }
        }));
        views = new PortViews(settings, inventory, reconciler, keys);
    }

    /**
     * Reads what is kept and realises it. The machine is the agent's from now on.
     *
     * @param routers namespaces to have beside those of projects
     * @param log told, a line each, what happens
     */
    public static Agent start(Settings settings, Machine machine, Set<String> routers, Consumer<String> log) throws IOException {
        final Agent agent = new Agent(settings, machine, log);
        agent.reconciler.wanted().addAll(routers);
        boolean begun = false;
        try {
            agent.on(() -> {
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
        thread.shutdownNow();
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
        if (!settings.dryRun()) {
            store.prepare();
        }
        for (final PortEntry entry : store.load().values()) {
            inventory.put(entry);
        }
        revision = store.revision();
        if (!settings.dryRun()) {
            final int forgotten = keys.forgetAllBut(inventory.ids());
            if (forgotten > 0) {
                log.accept("forgot " + forgotten + " keys of ports that were not there yet, or any more, when the agent ended");
            }
        }
        reconciler.all();
        started = true;
        thread.scheduleWithFixedDelay(this::resync, settings.resyncSeconds(), settings.resyncSeconds(), TimeUnit.SECONDS);
        scheduleRetry();
    }

    private void resync() {
        try {
            lookup.refresh();
            reconciler.all();
            scheduleRetry();
        } catch (RuntimeException e) {
            log.accept("resync: " + e);
        }
    }

    private void everything() {
        later(this::resync);
    }

    private void later(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.accept("the agent ends");
        }
    }

    private void reconcile(String networkId) {
        reconciler.network(networkId);
        scheduleRetry();
    }

    private void scheduleRetry() {
        if (retry != null) {
            retry.cancel(false);
        }
        final long inNs = reconciler.retry(System.nanoTime());
        retry = inNs < 0 ? null : thread.schedule(this::scheduleRetry, inNs, TimeUnit.NANOSECONDS);
    }

    private interface Request<T> {
        T run() throws ApiException, FieldException, IOException;
    }

    private <T> T on(Callable<T> task) throws IOException {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (RejectedExecutionException e) {
            throw new IOException("the agent ends", e);
        }
    }

    private record Done<T>(T value, ApiException refusal) {}

    private <T> T ask(Request<T> request) throws ApiException, IOException {
        final Done<T> done = on(() -> {
            try {
                return new Done<>(request.run(), null);
            } catch (ApiException e) {
                return new Done<>(null, e);
            } catch (FieldException e) {
                return new Done<>(null, ApiException.of(e));
            }
        });
        if (done.refusal() != null) {
            throw done.refusal();
        }
        return done.value();
    }

    /** The settings it works with. */
    public Settings settings() {
        return settings;
    }

    /** Wants a port to be as {@code body} says. Idempotent. */
    public Outcome put(String id, Fields body) throws ApiException, IOException {
        return ask(() -> {
            final boolean created = inventory.get(id) == null;
            final Set<String> networks = accept(id, body);
            networks.forEach(reconciler::network);
            scheduleRetry();
            return new Outcome(views.view(inventory.get(id)), created);
        });
    }

    /** Keeps a port without realising it yet; returns the networks that are concerned. */
    private Set<String> accept(String id, Fields body) throws ApiException, FieldException, IOException {
        final PortEntry before = inventory.get(id);
        final PortReader.Read read = PortReader.read(body, id, before == null ? null : before.port().kind());
        final Port port = read.port();
        if (port.kind() == PortKind.HUB && !port.binding().hostId().equals(settings.host())) {
            throw new ApiException(409, "binding:host_id", "this agent is that of " + settings.host());
        }
        if (read.keyChange() == PortReader.KeyChange.KEEP && !keys.hasPresharedKey(id)) {
            throw new ApiException(400, "binding:profile.preshared_key", "there is none that could be kept");
        }
        inventory.check(port);
        final PortEntry entry = before == null ? create(port) : before.with(port);
        try {
            if (!settings.dryRun() && read.keyChange() != PortReader.KeyChange.KEEP) {
                keys.presharedKey(id, read.presharedKey());
            }
            if (!entry.equals(before)) {
                save(entry, (before == null ? "create " : "update ") + port.kind().label() + " " + id);
            }
        } catch (IOException e) {
            if (before == null) {
                reconciler.abandon(id);
            }
            throw e;
        }
        final Set<String> networks = new LinkedHashSet<>();
        networks.add(port.networkId());
        if (before != null) {
            networks.add(before.port().networkId());
        }
        return networks;
    }

    private PortEntry create(Port port) throws ApiException, IOException {
        if (port.kind() == PortKind.SPOKE) {
            return new PortEntry(port, 0, null);
        }
        final int listenPort = reconciler.choosePort(port.id());
        try {
            if (!settings.dryRun()) {
                keys.privateKey(port.id()).close();
            }
            return new PortEntry(port, listenPort, null);
        } catch (IOException e) {
            reconciler.abandon(port.id());
            throw e;
        }
    }

    private void save(PortEntry entry, String what) throws IOException {
        if (!settings.dryRun()) {
            store.save(entry);
            history.changed(what);
        } else {
            log.accept("would " + what);
        }
        inventory.put(entry);
    }

    /** A port. */
    public JsonObject get(String id) throws ApiException, IOException {
        return ask(() -> views.view(known(id)));
    }

    /** All ports, in the order in which they came; of one network or kind where these are not null. */
    public JsonArray list(String networkId, PortKind kind) throws ApiException, IOException {
        return ask(() -> {
            final JsonArray all = new JsonArray();
            for (final PortEntry entry : inventory.all()) {
                if ((networkId == null || networkId.equals(entry.port().networkId())) && (kind == null || kind == entry.port().kind())) {
                    all.add(views.view(entry));
                }
            }
            return all;
        });
    }

    private PortEntry known(String id) throws ApiException {
        final PortEntry entry = inventory.get(id);
        if (entry == null) {
            throw ApiException.notFound("port " + id);
        }
        return entry;
    }

    /** Wants a port to be no more; returns whether there was one. */
    public boolean delete(String id) throws ApiException, IOException {
        return ask(() -> {
            final PortEntry entry = inventory.get(id);
            if (entry == null) {
                return false;
            }
            drop(entry);
            reconciler.network(entry.port().networkId());
            scheduleRetry();
            return true;
        });
    }

    private void drop(PortEntry entry) throws IOException {
        final String id = entry.port().id();
        if (settings.dryRun()) {
            log.accept("would delete " + entry.port().kind().label() + " " + id);
        } else {
            store.delete(id);
            history.changed("delete " + entry.port().kind().label() + " " + id);
        }
        inventory.remove(id);
        views.forget(id);
        if (entry.port().kind() == PortKind.HUB) {
            reconciler.removed(entry);
        }
        if (!settings.dryRun()) {
            keys.forget(id);
        }
    }

    /** Wants a hub to be in a router's namespace. */
    public JsonObject attach(String id, Fields body) throws ApiException, IOException {
        return ask(() -> {
            final String namespace = body.required("namespace");
            if (!Names.isNamespace(namespace)) {
                throw body.wrong("namespace", "the name of a network namespace is wanted");
            }
            return attachment(id, new Attachment(namespace, body.string("router_id", "")));
        });
    }

    /** Wants a hub to be in no router's namespace. */
    public JsonObject detach(String id) throws ApiException, IOException {
        return ask(() -> attachment(id, null));
    }

    private JsonObject attachment(String id, Attachment attachment) throws ApiException, IOException {
        final PortEntry entry = known(id);
        if (entry.port().kind() != PortKind.HUB) {
            throw new ApiException(409, "", "port " + id + " is a spoke: only a hub has an interface here");
        }
        final PortEntry changed = entry.with(attachment);
        if (!changed.equals(entry)) {
            save(changed, attachment == null ? "detach hub " + id : "attach hub " + id + " to " + attachment.namespace());
        }
        reconcile(entry.port().networkId());
        return views.view(changed);
    }

    /**
     * Wants exactly these ports. What cannot be accepted does not hold up the rest: a refused port stays as it was.
     *
     * @param body {@code revision}, which never goes back, and {@code ports}, each perhaps with an {@code attachment}
     */
    public JsonObject sync(Fields body) throws ApiException, IOException {
        return ask(() -> {
            if (!body.has("revision") || !body.has("ports")) {
                throw body.wrong(body.has("revision") ? "ports" : "revision", "is required");
            }
            final long asked = body.integer("revision", 0, Long.MAX_VALUE, 0);
            if (asked < revision) {
                throw new ApiException(409, "revision", "revision " + revision + " was taken already");
            }
            final Map<String, Fields> wanted = new LinkedHashMap<>();
            for (final Fields port : body.objects("ports")) {
                if (wanted.put(port.required("id"), port) != null) {
                    throw port.wrong("id", "is there twice");
                }
            }
            if (settings.dryRun()) {
                return sync(asked, wanted);
            }
            store.many();
            try {
                return sync(asked, wanted);
            } finally {
                store.settle();
            }
        });
    }

    private JsonObject sync(long asked, Map<String, Fields> wanted) throws IOException {
        final Set<String> networks = new LinkedHashSet<>();
        int deleted = 0;
        for (final PortEntry entry : new ArrayList<>(inventory.all())) {
            if (!wanted.containsKey(entry.port().id())) {
                drop(entry);
                networks.add(entry.port().networkId());
                deleted++;
            }
        }
        int created = 0;
        final JsonArray refused = new JsonArray();
        for (final Map.Entry<String, Fields> each : wanted.entrySet()) {
            final boolean isNew = inventory.get(each.getKey()) == null;
            try {
                networks.addAll(accept(each.getKey(), each.getValue()));
                attachIfSaid(each.getKey(), each.getValue());
                created += isNew ? 1 : 0;
            } catch (ApiException | FieldException e) {
                final ApiException refusal = e instanceof FieldException f ? ApiException.of(f) : (ApiException) e;
                final JsonObject one = new JsonObject();
                one.addProperty("id", each.getKey());
                one.addProperty("field", refusal.field());
                one.addProperty("message", refusal.getMessage());
                refused.add(one);
            }
        }
        if (!settings.dryRun()) {
            store.revision(asked);
        }
        revision = asked;
        networks.forEach(reconciler::network);
        scheduleRetry();
        final JsonObject answer = new JsonObject();
        answer.addProperty("revision", asked);
        answer.addProperty("ports", inventory.all().size());
        answer.addProperty("created", created);
        answer.addProperty("deleted", deleted);
        answer.add("refused", refused);
        return answer;
    }

    /** A port of a full state that says where it is attached, be it null, is attached so; one that says nothing stays as it was. */
    private void attachIfSaid(String id, Fields port) throws FieldException, IOException {
        if (!port.json().has("attachment") || inventory.get(id).port().kind() != PortKind.HUB) {
            return;
        }
        final Fields at = port.object("attachment");
        Attachment attachment = null;
        if (at != null) {
            attachment = new Attachment(at.required("namespace"), at.string("router_id", ""));
            if (!Names.isNamespace(attachment.namespace())) {
                throw at.wrong("namespace", "the name of a network namespace is wanted");
            }
        }
        final PortEntry changed = inventory.get(id).with(attachment);
        if (!changed.equals(inventory.get(id))) {
            save(changed, attachment == null ? "detach hub " + id : "attach hub " + id + " to " + attachment.namespace());
        }
    }

    /** Has a namespace beside those of projects. */
    public void wantNamespace(String name) throws ApiException, IOException {
        ask(() -> reconciler.wanted().add(name) && reconcileAll());
    }

    /** Has it no longer: it is removed if the agent made it and nothing is in it. */
    public void forgetNamespace(String name) throws ApiException, IOException {
        ask(() -> reconciler.wanted().remove(name) && reconcileAll());
    }

    private boolean reconcileAll() {
        reconciler.all();
        scheduleRetry();
        return true;
    }

    /** The wg-quick file for a spoke's device. */
    public String peerFile(String id) throws ApiException, IOException {
        return ask(() -> {
            final PortEntry spoke = known(id);
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
        return ask(() -> {
            final JsonObject health = new JsonObject();
            final JsonArray failing = new JsonArray();
            for (final PortEntry entry : inventory.hubs()) {
                final Hub hub = reconciler.hub(entry.port().id());
                if (hub == null || hub.error != null) {
                    final JsonObject one = new JsonObject();
                    one.addProperty("id", entry.port().id());
                    one.addProperty("error", hub == null ? "not looked at yet" : hub.error);
                    failing.add(one);
                }
            }
            health.addProperty("status", started && failing.isEmpty() ? "ok" : "degraded");
            health.addProperty("host", settings.host());
            health.addProperty("revision", revision);
            health.addProperty("hubs", inventory.count(PortKind.HUB));
            health.addProperty("spokes", inventory.count(PortKind.SPOKE));
            health.add("failing", failing);
            return health;
        });
    }

    /** For Prometheus. */
    public byte[] metrics() throws ApiException, IOException {
        return ask(() -> {
            final Instant now = Instant.now();
            return AgentMetrics.text(inventory, reconciler, views, now.getEpochSecond() * 1_000_000_000L + now.getNano());
        });
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
        if (ask(() -> keys.hasPresharedKey(id))) {
            body.getAsJsonObject("binding:profile").addProperty("preshared_key", PortReader.HIDDEN);
        }
        final Outcome outcome = put(id, new Fields(body, ""));
        if (then.port().kind() == PortKind.HUB) {
            return new Outcome(ask(() -> attachment(id, then.attachment())), outcome.created());
        }
        return outcome;
    }

    /** Takes every interface down, and ends. What is wanted stays on disk. Idempotent. */
    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        try {
            on(() -> {
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
