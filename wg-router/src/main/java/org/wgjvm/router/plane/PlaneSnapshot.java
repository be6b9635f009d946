package org.wgjvm.router.plane;

import java.util.List;

/**
 * What the packet path has counted. Immutable.
 *
 * @param sessions how many there are
 * @param maxSessions how many fit, of each address family
 * @param pairs by tenant and service
 * @param interfaces those attached
 */
public record PlaneSnapshot(int sessions, int maxSessions, List<PairSnapshot> pairs, List<InterfaceSnapshot> interfaces) {
    /** Copies the lists. */
    public PlaneSnapshot {
        pairs = List.copyOf(pairs);
        interfaces = List.copyOf(interfaces);
    }

    /** How many packets were dropped for a reason, whosever they were. */
    public long drops(RouterDropReason reason) {
        return pairs.stream().mapToLong(pair -> pair.drops(reason)).sum();
    }

    /** The counts of a tenant with a service, either of which may be null, or null when there are none. */
    public PairSnapshot pair(String tenant, String service) {
        for (final PairSnapshot pair : pairs) {
            if (java.util.Objects.equals(pair.tenant(), tenant) && java.util.Objects.equals(pair.service(), service)) {
                return pair;
            }
        }
        return null;
    }
}
