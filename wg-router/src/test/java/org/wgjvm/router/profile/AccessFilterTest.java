package org.wgjvm.router.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.AccessPolicy;
import org.wgjvm.router.config.Authority;
import org.wgjvm.router.config.HostPrefix;
import org.wgjvm.router.config.IpAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Tenant;
import org.wgjvm.router.config.TenantMember;

/** Who may speak to a profile, by its access policy. */
final class AccessFilterTest {
    private final List<Tenant> tenants = new ArrayList<>();
    private String interfaceTenant;

    private void member(String tenant, String prefix) {
        tenants.add(new Tenant(tenant, null, List.of(new TenantMember("wan", List.of(HostPrefix.parse(prefix).network()), false)), false));
    }

    private static AccessPolicy policy(String tenant, String prefix, boolean allow) {
        final IpPrefix parsed = prefix == null ? null : HostPrefix.parse(prefix).network();
        return new AccessPolicy(tenant + "/" + prefix, tenant, parsed, allow);
    }

    private AccessFilter filter(AccessPolicy... policies) {
        final NetworkInterface network = new NetworkInterface("n", null, List.of("wan"), interfaceTenant, false, null, List.of(), false);
        return AccessFilter.of(List.of(policies), new Authority(tenants, List.of(), List.of(), List.of(), List.of()), network);
    }

    private static void allows(AccessFilter filter, boolean expected, String... sources) {
        for (final String source : sources) {
            final IpAddress ip = IpAddress.parse(source);
            final Endpoint endpoint = ip.v6() ? Endpoint.v6(ip.high(), ip.low(), 1, 0) : Endpoint.v4((int) ip.low(), 1);
            assertEquals(expected, filter.accepts(endpoint), source);
        }
    }

    @Test
    void withoutAPolicyAnyoneMay() {
        assertNull(filter());
    }

    @Test
    void whomNoPolicyConcernsMayNot() {
        final AccessFilter filter = filter(policy(null, "192.0.2.0/24", true), policy(null, "2001:db8::/32", true));
        allows(filter, true, "192.0.2.7", "2001:db8::1");
        allows(filter, false, "192.0.3.7", "2001:db9::1");
    }

    @Test
    void theLongestPrefixDecides() {
        final AccessFilter filter =
                filter(policy(null, "10.0.0.0/8", true), policy(null, "10.1.0.0/16", false), policy(null, "10.1.1.0/24", true));
        allows(filter, true, "10.0.0.1", "10.1.1.1");
        allows(filter, false, "10.1.0.1", "11.0.0.1");
    }

    @Test
    void tenantsAreThoseOfTheInterfacesNeighborhood() {
        member("staff", "10.0.0.0/8");
        member("guest", "10.9.0.0/16");
        member("lab.staff", "10.8.0.0/16");
        final AccessFilter staff = filter(policy("staff", null, true));
        allows(staff, true, "10.1.0.1", "10.8.0.1");
        allows(staff, false, "10.9.0.1", "192.0.2.1");
        final AccessFilter lab = filter(policy("lab.staff", null, true));
        allows(lab, true, "10.8.0.1");
        allows(lab, false, "10.1.0.1");
        final AccessFilter part = filter(policy("staff", "10.8.1.0/24", true));
        allows(part, true, "10.8.1.1");
        allows(part, false, "10.8.0.1", "10.1.0.1");
    }

    @Test
    void anInterfacesTenantIsRefinedToChildrenOnly() {
        interfaceTenant = "staff";
        member("lab.staff", "10.8.0.0/16");
        member("guest", "10.9.0.0/16");
        allows(filter(policy("staff", null, true)), true, "10.8.0.1", "10.9.0.1", "192.0.2.1");
        allows(filter(policy("guest", null, true)), false, "10.9.0.1");
        allows(filter(policy("staff", null, true), policy("lab.staff", null, false)), false, "10.8.0.1");
    }
}
