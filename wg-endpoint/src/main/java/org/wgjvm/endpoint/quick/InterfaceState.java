package org.wgjvm.endpoint.quick;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.text.InetReader;

/**
 * What the system has of an interface at one moment.
 *
 * @param addresses its addresses, without the link-local ones that the kernel gave it
 * @param mtu its MTU in bytes
 * @param routes the prefixes routed to it in the table that counts, without the routes that come with addresses
 * @param nameServers what resolvconf knows of it: lines of resolv.conf(5)
 */
record InterfaceState(Set<InterfaceAddress> addresses, int mtu, Set<IpPrefix> routes, String nameServers) {
    private static final Pattern ADDRESS = Pattern.compile("inet6?\\s+([0-9a-f:.]+/[0-9]+)");
    private static final Pattern MTU = Pattern.compile("\\bmtu ([0-9]+)");

    /** Copies the sets. */
    InterfaceState {
        addresses = new LinkedHashSet<>(addresses);
        routes = new LinkedHashSet<>(routes);
    }

    /** Asks. {@code table} is a routing table, or null for the main one. */
    static InterfaceState read(String name, String table, Shell shell) throws QuickException {
        final Set<InterfaceAddress> addresses = new LinkedHashSet<>();
        final Matcher matcher = ADDRESS.matcher(shell.ask("ip", "-o", "address", "show", "dev", name));
        while (matcher.find()) {
            final InterfaceAddress address = InterfaceAddress.of(matcher.group(1));
            if (address != null) {
                addresses.add(address);
            }
        }
        final Matcher mtu = MTU.matcher(shell.ask("ip", "link", "show", "dev", name));
        if (!mtu.find()) {
            throw new QuickException("there is no interface " + name);
        }
        final Set<IpPrefix> routes = new LinkedHashSet<>();
        for (final String family : new String[] {"-4", "-6"}) {
            final String shown = table == null
                    ? shell.ask("ip", family, "route", "show", "dev", name)
                    : shell.ask("ip", family, "route", "show", "dev", name, "table", table);
            shown.lines().filter(l -> !l.contains("proto kernel")).forEach(l -> {
                final IpPrefix prefix = prefix(l.strip().split("\\s+", 2)[0], family.equals("-6"));
                if (prefix != null) {
                    routes.add(prefix);
                }
            });
        }
        return new InterfaceState(addresses, Integer.parseInt(mtu.group(1)), routes, new NameServers(name, shell).current());
    }

    private static IpPrefix prefix(String text, boolean v6) {
        if (text.equals("default")) {
            return new IpPrefix(v6, 0, 0, 0);
        }
        final InetReader reader = new InetReader();
        return text.indexOf('/') < 0 ? reader.host(text) : reader.prefix(text);
    }
}
