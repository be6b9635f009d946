package org.wgjvm.router.plane;

import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.router.config.IpAddress;

/** What a packet that comes in on an interface is. Immutable; told apart by identity. */
final class InterfacePolicy {
    final InterfaceId id;
    final int number;

    /** Tenant of sources that {@link #members} says nothing of: that of the interface, or the global one. */
    final TenantPolicy base;

    /** Tenants by source address: members of the interface's neighborhoods, or, on one with a tenant, those that refine it. */
    final AllowedIps.Snapshot<TenantPolicy> members;

    /** Our own addresses there. */
    final IpAddress[] own;

    /** Number of the timeout of sessions through it that no session type names, or 0. */
    final int timeout;

    /** Whether its sources are known within the router only: sessions leave with the address of the interface that they leave by. */
    final boolean outbound;

    @SuppressWarnings("ParameterNumber")
    InterfacePolicy(
            InterfaceId id,
            int number,
            TenantPolicy base,
            AllowedIps.Snapshot<TenantPolicy> members,
            IpAddress[] own,
            int timeout,
            boolean outbound) {
        this.id = id;
        this.number = number;
        this.base = base;
        this.members = members;
        this.own = own;
        this.timeout = timeout;
        this.outbound = outbound;
    }

    /** The first of our own IPv4 addresses there, or null. */
    IpAddress firstV4() {
        for (final IpAddress each : own) {
            if (!each.v6()) {
                return each;
            }
        }
        return null;
    }

    TenantPolicy tenantV4(int source) {
        final TenantPolicy member = members.lookupV4(source);
        return member == null ? base : member;
    }

    TenantPolicy tenantV6(long high, long low) {
        final TenantPolicy member = members.lookupV6(high, low);
        return member == null ? base : member;
    }

    boolean isOwnV4(int address) {
        for (final IpAddress each : own) {
            if (!each.v6() && (int) each.low() == address) {
                return true;
            }
        }
        return false;
    }

    boolean isOwnV6(long high, long low) {
        for (final IpAddress each : own) {
            if (each.v6() && each.high() == high && each.low() == low) {
                return true;
            }
        }
        return false;
    }
}
