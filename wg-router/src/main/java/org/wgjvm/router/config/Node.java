package org.wgjvm.router.config;

import java.util.List;

/**
 * A node of a router.
 *
 * @param name unique in the router
 * @param deviceInterfaces its interfaces
 */
public record Node(String name, List<DeviceInterface> deviceInterfaces) implements Named {
    /** Copies the list. */
    public Node {
        deviceInterfaces = List.copyOf(deviceInterfaces);
    }
}
