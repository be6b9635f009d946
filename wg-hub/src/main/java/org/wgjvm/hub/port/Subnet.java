package org.wgjvm.hub.port;

/**
 * A subnet as far as a port's addresses need it: the prefix length is not in the port.
 *
 * @param id its identifier
 * @param cidr its prefix
 */
public record Subnet(String id, Cidr cidr) {}
