package org.wgjvm.endpoint.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Gathers the keys that {@code wg-quick(8)} adds to the {@code [Interface]} section. */
final class QuickReader {
    private static final Set<String> KEYS =
            Set.of("address", "dns", "mtu", "table", "preup", "postup", "predown", "postdown", "saveconfig");

    private final List<String> addresses = new ArrayList<>();
    private final List<String> dnsServers = new ArrayList<>();
    private final List<String> dnsSearch = new ArrayList<>();
    private final List<String> preUp = new ArrayList<>();
    private final List<String> postUp = new ArrayList<>();
    private final List<String> preDown = new ArrayList<>();
    private final List<String> postDown = new ArrayList<>();
    private Integer mtu;
    private String table;
    private boolean saveConfig;

    static boolean knows(String key) {
        return KEYS.contains(key.toLowerCase(Locale.ROOT));
    }

    /** {@code whole} is the value with what looks like a comment, which in a hook is none. */
    void take(String key, String value, String whole) throws ConfigException {
        switch (key.toLowerCase(Locale.ROOT)) {
            case "address" -> {
                for (final String address : list(value)) {
                    addresses.add(Values.address(address));
                }
            }
            case "dns" -> {
                for (final String dns : list(value)) {
                    (Values.isAddress(Values.dns(dns)) ? dnsServers : dnsSearch).add(dns);
                }
            }
            case "mtu" -> mtu = Values.mtu(value);
            case "table" -> table = Values.table(value);
            case "saveconfig" -> saveConfig = Values.bool(value);
            case "preup" -> preUp.add(whole);
            case "postup" -> postUp.add(whole);
            case "predown" -> preDown.add(whole);
            case "postdown" -> postDown.add(whole);
            default -> throw new AssertionError(key);
        }
    }

    private static List<String> list(String value) {
        return List.of(value.strip().split("[\\s,]+"));
    }

    QuickOptions options() {
        return new QuickOptions(addresses, dnsServers, dnsSearch, mtu, table, preUp, postUp, preDown, postDown, saveConfig);
    }
}
