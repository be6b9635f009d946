package org.wgjvm.router.config;

import java.util.List;

/**
 * The whole configuration: what all routers share, and the routers. Immutable, as everything in it; lists are in the order of the text.
 *
 * @param tenants tenants and their members
 * @param serviceClasses traffic classes beside the predefined ones
 * @param sessionTypes timeouts by transport and port
 * @param services services and who may use them
 * @param routers routers
 */
public record Authority(
        List<Tenant> tenants,
        List<ServiceClass> serviceClasses,
        List<SessionType> sessionTypes,
        List<Service> services,
        List<Router> routers) {
    /** An authority in which nothing is configured. */
    public static final Authority EMPTY = new Authority(List.of(), List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Authority {
        tenants = List.copyOf(tenants);
        serviceClasses = List.copyOf(serviceClasses);
        sessionTypes = List.copyOf(sessionTypes);
        services = List.copyOf(services);
        routers = List.copyOf(routers);
    }

    /** The router of that name, or null. */
    public Router router(String name) {
        return Named.find(routers, name);
    }

    /** The tenant of that name, or null. */
    public Tenant tenant(String name) {
        return Named.find(tenants, name);
    }

    /** The service of that name, or null. */
    public Service service(String name) {
        return Named.find(services, name);
    }

    /** The service class of that name, configured or predefined, or null. */
    public ServiceClass serviceClass(String name) {
        final ServiceClass own = Named.find(serviceClasses, name);
        return own != null ? own : Named.find(ServiceClass.PREDEFINED, name);
    }
}
