package org.wgjvm.hub.port;

import java.net.InetAddress;

/**
 * An address of a port.
 *
 * @param subnetId the subnet it is from, or empty
 */
public record FixedIp(String subnetId, InetAddress address) {}
