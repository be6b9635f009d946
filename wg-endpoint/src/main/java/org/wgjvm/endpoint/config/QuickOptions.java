package org.wgjvm.endpoint.config;

import java.util.List;

/**
 * What {@code wg-quick(8)} adds to the {@code [Interface]} section. Null stands for what is not written.
 *
 * @param addresses addresses of the interface, with or without a length
 * @param dnsServers addresses of name servers
 * @param dnsSearch search domains
 * @param mtu in bytes
 * @param table {@code off}, {@code auto}, a number or a name
 * @param preUp shell commands before the interface is configured
 * @param postUp after it is up
 * @param preDown before it goes down
 * @param postDown after it is down
 * @param saveConfig whether the state at shutdown is written back
 */
public record QuickOptions(
        List<String> addresses,
        List<String> dnsServers,
        List<String> dnsSearch,
        Integer mtu,
        String table,
        List<String> preUp,
        List<String> postUp,
        List<String> preDown,
        List<String> postDown,
        boolean saveConfig) {
    /** Copies the lists. */
    public QuickOptions {
        addresses = List.copyOf(addresses);
        dnsServers = List.copyOf(dnsServers);
        dnsSearch = List.copyOf(dnsSearch);
        preUp = List.copyOf(preUp);
        postUp = List.copyOf(postUp);
        preDown = List.copyOf(preDown);
        postDown = List.copyOf(postDown);
    }
}
