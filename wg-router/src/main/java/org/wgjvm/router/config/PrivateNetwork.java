package org.wgjvm.router.config;

/**
 * The network that a profile's peers are in, as seen by the router after decryption.
 *
 * @param neighborhood the neighborhood of decrypted packets: its members give peers a tenant; never null in a valid configuration
 * @param tenantName tenant generated for the whole network, or null
 * @param address the router's own address and the network; never null in a valid configuration
 */
public record PrivateNetwork(String neighborhood, String tenantName, HostPrefix address) {}
