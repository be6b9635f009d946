package org.wgjvm.endpoint.names;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.endpoint.config.HostPort;

/**
 * A peer whose endpoint has a name, and what is to be done about it. Sans I/O: answers and events come in, and the endpoint to use next
 * comes out. Of one thread.
 *
 * <p>Roaming has the last word: as long as the peer answers, its endpoint is where it was heard last. It is pointed elsewhere only when the
 * name stands for something else than before, or when nobody answers.
 */
final class NamedPeer {
    /** However short an answer is good for, the name servers are left in peace for so long. */
    static final long SHORTEST_NS = 5_000_000_000L;

    /** However long an answer is good for, it is asked for again after so long: it may have been wrong. */
    static final long LONGEST_NS = 3_600_000_000_000L;

    /** With nobody answering, the name is asked for again no sooner than this. */
    static final long FAILING_NS = 5_000_000_000L;

    private final HostPort name;
    private Endpoint current;
    private Set<InetAddress> believed = Set.of();
    private List<Endpoint> candidates = List.of();
    private boolean failing;
    private int failedLookUps;
    private boolean asked;
    private long nextNs;
    private long lastAskedNs;

    /** {@code current} is where the peer is now, or null; the first look-up is due at once. */
    NamedPeer(HostPort name, Endpoint current, long nowNs) {
        this.name = name;
        this.current = current;
        nextNs = nowNs;
        lastAskedNs = nowNs - FAILING_NS;
    }

    HostPort name() {
        return name;
    }

    Endpoint current() {
        return current;
    }

    /** When the name is to be looked up next; {@code Long.MAX_VALUE} while an answer is awaited. */
    long dueNs() {
        return asked ? Long.MAX_VALUE : nextNs;
    }

    /** The question is on its way. */
    void onAsked(long nowNs) {
        asked = true;
        lastAskedNs = nowNs;
    }

    /** The peer was heard from somewhere, or somebody set its endpoint. */
    void onEndpoint(Endpoint endpoint) {
        current = endpoint;
    }

    /** A session is there: all is well. */
    void onHandshakeCompleted() {
        failing = false;
    }

    /** An initiation went unanswered: ask again, soon. */
    void onHandshakeFailing(long nowNs) {
        failing = true;
        nextNs = Math.min(nextNs, Math.max(nowNs, lastAskedNs + FAILING_NS));
    }

    /** There was no answer. Tried again with growing pauses. */
    void onNoAnswer(long nowNs) {
        asked = false;
        failedLookUps++;
        nextNs = nowNs + (SHORTEST_NS << Math.min(4, failedLookUps - 1));
    }

    /**
     * The answer. Returns the endpoint to use from now on, or null for the one there is.
     *
     * @param reachable whether there is a route to an endpoint at all
     */
    Endpoint onAnswer(NameAnswer answer, Predicate<Endpoint> reachable, long nowNs) {
        asked = false;
        failedLookUps = 0;
        nextNs = nowNs + Math.clamp(answer.ttlSeconds() * 1_000_000_000L, SHORTEST_NS, LONGEST_NS);
        final Set<InetAddress> addresses = new HashSet<>(answer.addresses());
        final boolean changed = !addresses.equals(believed);
        final boolean first = believed.isEmpty();
        believed = addresses;
        candidates = inOrder(answer.addresses(), reachable);
        if (failing) {
            // Once for each failure: a peer that nobody wants any more is not sought.
            failing = false;
            return use(after(current));
        }
        if (current != null && candidates.stream().anyMatch(c -> c.sameRemote(current))) {
            return null;
        }
        // The first answer comes right after the one that set the endpoint; if it differs, the name has several addresses or just changed.
        return current == null || changed && !first || first && !reachable.test(current) ? use(candidates.getFirst()) : null;
    }

    /** IPv6 before IPv4, and what there is a route to before what there is none to. */
    private List<Endpoint> inOrder(List<InetAddress> addresses, Predicate<Endpoint> reachable) {
        final List<Endpoint> with = new ArrayList<>();
        final List<Endpoint> without = new ArrayList<>();
        for (final boolean v6 : new boolean[] {true, false}) {
            for (final InetAddress address : addresses) {
                final Endpoint endpoint = Endpoint.of(new InetSocketAddress(address, name.port()));
                if (endpoint.isV6() == v6) {
                    (reachable.test(endpoint) ? with : without).add(endpoint);
                }
            }
        }
        with.addAll(without);
        return with;
    }

    /** The candidate that follows {@code endpoint}, round and round; the first when that is none of them. */
    private Endpoint after(Endpoint endpoint) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).sameRemote(endpoint)) {
                return candidates.get((i + 1) % candidates.size());
            }
        }
        return candidates.getFirst();
    }

    private Endpoint use(Endpoint endpoint) {
        if (endpoint.sameRemote(current)) {
            return null;
        }
        current = endpoint;
        return endpoint;
    }
}
