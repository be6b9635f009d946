package org.wgjvm.router.plane;

/**
 * What happened between one tenant and one service: written on the event loop, for the life of the packet path, whatever is committed
 * meanwhile. Either name may be null: nothing is known of a malformed packet, and a packet without a service has only a tenant.
 */
final class PairCounters {
    private static final int REASONS = RouterDropReason.values().length;

    final String tenant;
    final String service;

    /** Where it is in the {@link PairTable}. */
    final int number;

    long packets;
    long bytes;
    long sessions;
    int activeSessions;
    private final long[] drops = new long[REASONS];

    PairCounters(String tenant, String service, int number) {
        this.tenant = tenant;
        this.service = service;
        this.number = number;
    }

    void drop(RouterDropReason reason) {
        drops[reason.ordinal()]++;
    }

    long drops(RouterDropReason reason) {
        return drops[reason.ordinal()];
    }

    PairSnapshot snapshot() {
        return new PairSnapshot(tenant, service, sessions, activeSessions, packets, bytes, drops);
    }
}
