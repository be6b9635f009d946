package org.wgjvm.router.plane;

/** What a policy says of a packet that begins a session. Written by {@link Policy}, reused, owned by one thread. */
final class Decision {
    /** Why it is dropped, or null when it is not. */
    RouterDropReason reason;

    /** Who is counted: the tenant with the service, as far as they are known. */
    PairCounters counters;

    TenantPolicy tenant;

    /** The service; null when there is none. */
    ServiceEntry entry;

    /** The way; only when it is not dropped. */
    ServiceEntry.Path path;

    /** Number of the interface to leave by; only when it is not dropped. */
    int egress;

    /** {@link SessionKind} of the session; only when it is not dropped. */
    int kind;

    /** Whether the source address is replaced by {@link #sourceV4}; only when it is not dropped. */
    boolean sourceNat;

    int sourceV4;

    boolean allowed() {
        return reason == null;
    }
}
