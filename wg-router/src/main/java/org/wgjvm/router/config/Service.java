package org.wgjvm.router.config;

import java.util.List;
import org.wgjvm.core.routing.IpPrefix;

/**
 * A destination, and who may open sessions to it.
 *
 * @param name unique; of overlapping services the first in lexical order gets the session
 * @param description or null
 * @param enabled a disabled service admits nobody
 * @param scope whether the global tenant may use it without being named
 * @param addresses destination prefixes
 * @param transports destination transports and ports; empty for all
 * @param accessPolicies who may and may not use it
 * @param generated whether a commit made it
 */
public record Service(
        String name,
        String description,
        boolean enabled,
        Scope scope,
        List<IpPrefix> addresses,
        List<Transport> transports,
        List<AccessPolicy> accessPolicies,
        boolean generated)
        implements Named {
    /** Who is admitted without being named. */
    public enum Scope {
        /** Nobody. */
        PRIVATE,
        /** Sources without a tenant of their own, the {@code <global>} tenant. */
        PUBLIC
    }

    /** Copies the lists. */
    public Service {
        addresses = List.copyOf(addresses);
        transports = List.copyOf(transports);
        accessPolicies = List.copyOf(accessPolicies);
    }
}
