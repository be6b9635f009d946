package org.wgjvm.hub.machine;

import java.util.List;
import org.wgjvm.hub.port.Cidr;

/**
 * What an interface is to be like.
 *
 * @param up whether it is up; while it is down, addresses and routes are not looked at
 * @param addresses with the length of their prefix
 * @param routes through it, beside those of the addresses' prefixes
 */
public record LinkPlan(boolean up, List<Cidr> addresses, List<Cidr> routes) {
    /** Down. */
    public static final LinkPlan DOWN = new LinkPlan(false, List.of(), List.of());

    /** Copies the lists. */
    public LinkPlan {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }
}
