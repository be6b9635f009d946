package org.wgjvm.router.config;

/**
 * A way out of a router.
 *
 * @param nodeName which node
 * @param interfaceName which network interface of it
 * @param gatewayIp which neighbour there, or null for the destination itself
 */
public record NextHop(String nodeName, String interfaceName, IpAddress gatewayIp) implements Named {
    @Override
    public String name() {
        return nodeName + " " + interfaceName;
    }
}
