package org.wgjvm.router.plane;

/**
 * A service as one tenant sees it: what of it, from where, and the ways to it. Immutable.
 */
final class ServiceEntry {
    /** A way to a service. */
    static final class Path {
        /** Number of the interface to leave by, or -1 for the one that the destination is connected to. */
        final int egress;

        /** Whether the destination is replaced by {@link #targetHigh} and {@link #targetLow}, of the same family. */
        final boolean nat;

        final boolean v6;
        final long targetHigh;
        final long targetLow;

        Path(int egress, boolean nat, boolean v6, long targetHigh, long targetLow) {
            this.egress = egress;
            this.nat = nat;
            this.v6 = v6;
            this.targetHigh = targetHigh;
            this.targetLow = targetLow;
        }
    }

    /** A way without a route of its own. */
    static final Path CONNECTED = new Path(-1, false, false, 0, 0);

    /** What access says: nothing is said of this source, which is not admitted by this service, but perhaps by another. */
    static final int UNSAID = 0;

    /** What access says: it may. */
    static final int ALLOW = 1;

    /** What access says: it may not, whatever less specific services say. */
    static final int DENY = 2;

    final String service;
    final PortSet ports;
    final SourceRule[] rules;
    final Path[] paths;
    final PairCounters counters;

    ServiceEntry(String service, PortSet ports, SourceRule[] rules, Path[] paths, PairCounters counters) {
        this.service = service;
        this.ports = ports;
        this.rules = rules;
        this.paths = paths;
        this.counters = counters;
    }

    int accessV4(int source) {
        for (final SourceRule rule : rules) {
            if (rule.matchesV4(source)) {
                return rule.allow() ? ALLOW : DENY;
            }
        }
        return UNSAID;
    }

    int accessV6(long high, long low) {
        for (final SourceRule rule : rules) {
            if (rule.matchesV6(high, low)) {
                return rule.allow() ? ALLOW : DENY;
            }
        }
        return UNSAID;
    }
}
