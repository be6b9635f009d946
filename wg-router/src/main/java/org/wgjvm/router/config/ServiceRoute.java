package org.wgjvm.router.config;

import java.util.List;

/**
 * Where a router sends the sessions of a service.
 *
 * @param name unique in the router
 * @param serviceName which service
 * @param natTarget the destination address that replaces the session's, or null to keep it
 * @param nextHops where to
 * @param generated whether a commit made it
 */
public record ServiceRoute(String name, String serviceName, IpAddress natTarget, List<NextHop> nextHops, boolean generated)
        implements Named {
    /** Copies the list. */
    public ServiceRoute {
        nextHops = List.copyOf(nextHops);
    }
}
