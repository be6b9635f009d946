package org.wgjvm.router.plane;

import org.wgjvm.core.routing.AllowedIps;

/** The forwarding table of one tenant: services by destination, the longest prefix first. Immutable; told apart by identity. */
final class TenantPolicy {
    /** The tenant of sources that no other tenant claims. */
    static final String GLOBAL = "<global>";

    final String name;
    final AllowedIps.Snapshot<Candidates> services;

    /** Counts what this tenant sends where it has no service. */
    final PairCounters withoutService;

    TenantPolicy(String name, AllowedIps.Snapshot<Candidates> services, PairCounters withoutService) {
        this.name = name;
        this.services = services;
        this.withoutService = withoutService;
    }
}
