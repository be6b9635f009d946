package org.wgjvm.router.plane;

import java.util.function.IntPredicate;
import org.wgjvm.core.routing.AllowedIps;

/**
 * A committed configuration as the packet path wants it: interfaces to tenants, tenants to services, services to ways. Immutable, replaced
 * as a whole; any thread may ask.
 */
final class Policy {
    /** Matches sessions to their timeouts; in the order in which they are tried. */
    record TimeoutRule(PortSet ports, int timeout) {}

    /** Before the first commit: no interface is known, so nothing passes. */
    static Policy empty(PairTable pairs) {
        return new Policy(
                new InterfacePolicy[0], new AllowedIps<InterfacePolicy>().snapshot(), new TimeoutRule[0], pairs.of(null, null));
    }

    private final InterfacePolicy[] interfaces;
    private final AllowedIps.Snapshot<InterfacePolicy> connected;
    private final TimeoutRule[] timeouts;
    private final PairCounters unknown;

    /**
     * Puts a policy together.
     *
     * @param interfaces by number; null where the configuration has none
     * @param connected which interface an address is on, or behind
     * @param unknown counts packets of whom nothing is known
     */
    Policy(
            InterfacePolicy[] interfaces,
            AllowedIps.Snapshot<InterfacePolicy> connected,
            TimeoutRule[] timeouts,
            PairCounters unknown) {
        this.interfaces = interfaces;
        this.connected = connected;
        this.timeouts = timeouts;
        this.unknown = unknown;
    }

    /** The interface of that number, or null. */
    InterfacePolicy interfaceOf(int number) {
        return number < interfaces.length ? interfaces[number] : null;
    }

    /** Counts packets of whom nothing is known. */
    PairCounters unknown() {
        return unknown;
    }

    /**
     * Decides about a packet to {@code destinationPort} (0 where the protocol has none).
     *
     * @param isUp whether an interface can take packets; of several ways the first whose interface can is taken
     */
    void decideV4(
            int interfaceNumber, int source, int destination, int protocol, int destinationPort, IntPredicate isUp, Decision to) {
        final InterfacePolicy ingress = ingress(interfaceNumber, to);
        if (ingress == null) {
            return;
        }
        final TenantPolicy tenant = ingress.tenantV4(source);
        to.tenant = tenant;
        ServiceEntry found = null;
        int access = ServiceEntry.UNSAID;
        for (Candidates at = tenant.services.lookupV4(destination); at != null && access == ServiceEntry.UNSAID; at = at.wider) {
            for (int i = 0; i < at.entries.length && access == ServiceEntry.UNSAID; i++) {
                found = at.entries[i];
                if (found.ports.contains(protocol, destinationPort)) {
                    access = found.accessV4(source);
                }
            }
        }
        if (!isAllowed(tenant, found, access, to)) {
            return;
        }
        choosePath(found, false, 0, destination & 0xffffffffL, isUp, to);
        chooseKind(ingress, protocol, destinationPort, to);
    }

    /** As {@link #decideV4}. */
    @SuppressWarnings("ParameterNumber")
    void decideV6(
            int interfaceNumber,
            long sourceHigh,
            long sourceLow,
            long high,
            long low,
            int protocol,
            int destinationPort,
            IntPredicate isUp,
            Decision to) {
        final InterfacePolicy ingress = ingress(interfaceNumber, to);
        if (ingress == null) {
            return;
        }
        final TenantPolicy tenant = ingress.tenantV6(sourceHigh, sourceLow);
        to.tenant = tenant;
        ServiceEntry found = null;
        int access = ServiceEntry.UNSAID;
        for (Candidates at = tenant.services.lookupV6(high, low); at != null && access == ServiceEntry.UNSAID; at = at.wider) {
            for (int i = 0; i < at.entries.length && access == ServiceEntry.UNSAID; i++) {
                found = at.entries[i];
                if (found.ports.contains(protocol, destinationPort)) {
                    access = found.accessV6(sourceHigh, sourceLow);
                }
            }
        }
        if (!isAllowed(tenant, found, access, to)) {
            return;
        }
        choosePath(found, true, high, low, isUp, to);
        chooseKind(ingress, protocol, destinationPort, to);
    }

    private InterfacePolicy ingress(int number, Decision to) {
        final InterfacePolicy ingress = interfaceOf(number);
        to.reason = null;
        to.entry = null;
        to.tenant = null;
        to.path = null;
        if (ingress == null) {
            to.reason = RouterDropReason.NO_INTERFACE;
            to.counters = unknown;
        }
        return ingress;
    }

    private static boolean isAllowed(TenantPolicy tenant, ServiceEntry found, int access, Decision to) {
        if (access == ServiceEntry.UNSAID) {
            to.reason = RouterDropReason.NO_SERVICE;
            to.counters = tenant.withoutService;
            return false;
        }
        to.entry = found;
        to.counters = found.counters;
        if (access == ServiceEntry.DENY) {
            to.reason = RouterDropReason.ACCESS_DENIED;
            return false;
        }
        return true;
    }

    private void choosePath(ServiceEntry entry, boolean v6, long high, long low, IntPredicate isUp, Decision to) {
        to.reason = RouterDropReason.NO_NEXT_HOP;
        for (final ServiceEntry.Path path : entry.paths) {
            if (path.nat && path.v6 != v6) {
                continue;
            }
            int egress = path.egress;
            if (egress < 0) {
                final InterfacePolicy on = v6
                        ? connected.lookupV6(path.nat ? path.targetHigh : high, path.nat ? path.targetLow : low)
                        : connected.lookupV4((int) (path.nat ? path.targetLow : low));
                if (on == null) {
                    continue;
                }
                egress = on.number;
            }
            if (isUp.test(egress)) {
                to.reason = null;
                to.path = path;
                to.egress = egress;
                return;
            }
            to.reason = RouterDropReason.EGRESS_DOWN;
        }
    }

    private void chooseKind(InterfacePolicy ingress, int protocol, int destinationPort, Decision to) {
        if (to.reason != null) {
            return;
        }
        int timeout = -1;
        for (int i = 0; i < timeouts.length && timeout < 0; i++) {
            if (timeouts[i].ports.contains(protocol, destinationPort)) {
                timeout = timeouts[i].timeout;
            }
        }
        if (timeout < 0) {
            final InterfacePolicy egress = interfaceOf(to.egress);
            timeout = ingress.timeout != 0 ? ingress.timeout : egress == null ? 0 : egress.timeout;
        }
        to.kind = SessionKind.of(to.counters.number, timeout);
    }
}
