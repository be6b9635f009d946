package org.wgjvm.router.config;

import java.util.List;
import org.wgjvm.core.routing.IpPrefix;

/**
 * Source addresses that belong to a tenant when they come in on an interface of the neighborhood.
 *
 * @param neighborhood which interfaces
 * @param addresses prefixes; among all members of a neighborhood the longest decides
 * @param generated whether a commit made it
 */
public record TenantMember(String neighborhood, List<IpPrefix> addresses, boolean generated) implements Named {
    /** Copies the list. */
    public TenantMember {
        addresses = List.copyOf(addresses);
    }

    @Override
    public String name() {
        return neighborhood;
    }
}
