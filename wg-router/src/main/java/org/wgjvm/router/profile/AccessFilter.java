package org.wgjvm.router.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.wgjvm.core.device.EndpointFilter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;

/**
 * A profile's access policy as a table of outer source addresses: who may send it anything at all. Policies are weighed as those of a
 * service: the longest prefix decides, then the tenant that is named most closely, then a refusal; and whom none concerns may not.
 *
 * <p>What an address may depends on no more than the longest of all prefixes that policies and members name, so it is found out once for
 * each of those.
 */
final class AccessFilter implements EndpointFilter {
    private static final IpPrefix ALL_V4 = IpPrefix.v4(0, 0);
    private static final IpPrefix ALL_V6 = IpPrefix.v6(0, 0, 0);

    private final AllowedIps.Snapshot<Boolean> decisions;

    private AccessFilter(AllowedIps.Snapshot<Boolean> decisions) {
        this.decisions = decisions;
    }

    /** The filter of a profile on that interface, or null when it has no policy, and anyone may speak. */
    static AccessFilter of(List<AccessPolicy> policies, Authority authority, NetworkInterface network) {
        if (policies.isEmpty()) {
            return null;
        }
        final Set<IpPrefix> prefixes = new LinkedHashSet<>(List.of(ALL_V4, ALL_V6));
        policies.stream().map(AccessPolicy::prefix).filter(p -> p != null).forEach(prefixes::add);
        final List<Membership> members = new ArrayList<>();
        for (final Tenant tenant : authority.tenants()) {
            for (final TenantMember member : tenant.members()) {
                if (network.neighborhoods().contains(member.neighborhood()) && isRefinement(tenant.name(), network.tenant())) {
                    for (final IpPrefix address : member.addresses()) {
                        prefixes.add(address);
                        members.add(new Membership(address, tenant.name()));
                    }
                }
            }
        }
        final AllowedIps<Boolean> table = new AllowedIps<>();
        final AllowedIps<Boolean>.Transaction rows = table.begin();
        for (final IpPrefix prefix : prefixes) {
            final String tenant = members.stream()
                    .filter(m -> contains(m.prefix, prefix))
                    .max(Comparator.comparingInt(m -> m.prefix.bits()))
                    .map(m -> m.tenant)
                    .orElse(network.tenant());
            rows.insert(prefix, isAllowed(policies, prefix, tenant));
        }
        rows.commit();
        return new AccessFilter(table.snapshot());
    }

    private record Membership(IpPrefix prefix, String tenant) {}

    private static boolean isAllowed(List<AccessPolicy> policies, IpPrefix source, String tenant) {
        AccessPolicy best = null;
        for (final AccessPolicy policy : policies) {
            final boolean matches = (policy.prefix() == null || contains(policy.prefix(), source))
                    && (policy.tenant() == null || (tenant != null && isOrDescends(tenant, policy.tenant())));
            if (matches && (best == null || outranks(policy, best))) {
                best = policy;
            }
        }
        return best != null && best.allow();
    }

    private static boolean outranks(AccessPolicy a, AccessPolicy b) {
        if (bits(a) != bits(b)) {
            return bits(a) > bits(b);
        }
        return depth(a) != depth(b) ? depth(a) > depth(b) : !a.allow();
    }

    private static int bits(AccessPolicy policy) {
        return policy.prefix() == null ? -1 : policy.prefix().bits();
    }

    private static int depth(AccessPolicy policy) {
        return policy.tenant() == null ? 0 : policy.tenant().split("\\.", -1).length;
    }

    private static boolean isOrDescends(String tenant, String ancestor) {
        return tenant.equals(ancestor) || tenant.endsWith("." + ancestor);
    }

    /** Members refine an interface's tenant to a child, and decide alone where it has none. */
    private static boolean isRefinement(String member, String interfaceTenant) {
        return interfaceTenant == null || isOrDescends(member, interfaceTenant);
    }

    private static boolean contains(IpPrefix outer, IpPrefix inner) {
        return outer.bits() <= inner.bits() && new IpAddress(inner.v6(), inner.high(), inner.low()).isIn(outer);
    }

    @Override
    public boolean accepts(Endpoint source) {
        return source.isV6() ? decisions.lookupV6(source.high(), source.low()) : decisions.lookupV4((int) source.low());
    }
}
