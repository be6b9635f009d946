package org.wgjvm.router.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The grammar: which keyword may stand where. A block is opened by its keyword and keys and closed by {@code exit}; a leaf is a keyword
 * and a
 * value, or for a list several.
 *
 * @param keyword how it is written
 * @param keys how many keys follow the keyword of a block; -1 for a leaf
 * @param list whether a leaf may be given more than once, its values adding up
 * @param secret whether values of the leaf may not be shown
 * @param elements what a block may contain
 */
record Element(String keyword, int keys, boolean list, boolean secret, Map<String, Element> elements) {
    /** Everything. */
    static final Element CONFIG = block("config", 0, authority());

    boolean isLeaf() {
        return keys < 0;
    }

    private static Element authority() {
        return block(
                "authority",
                0,
                block("tenant", 1, leaf("name"), leaf("description"), generated(),
                        block("member", 1, leaf("neighborhood"), list("address"), generated())),
                block("service-class", 1, leaf("name"), leaf("dscp")),
                block("session-type", 1, leaf("name"), leaf("service-class"), leaf("timeout"), transport(), generated()),
                block("service", 1, leaf("name"), leaf("description"), leaf("enabled"), leaf("scope"), list("address"), transport(),
                        accessPolicy(), generated()),
                router());
    }

    private static Element router() {
        return block(
                "router",
                1,
                leaf("name"),
                leaf("description"),
                wireguardProfile(),
                block("node", 1, leaf("name"), deviceInterface()),
                block("service-route", 1, leaf("name"), leaf("service-name"), leaf("nat-target"), generated(),
                        block("next-hop", 2, leaf("node-name"), leaf("interface"), leaf("gateway-ip"))));
    }

    private static Element wireguardProfile() {
        return block(
                "wireguard-profile",
                1,
                leaf("name"),
                leaf("description"),
                leaf("enabled"),
                leaf("loopback-address"),
                leaf("port"),
                leaf("inactivity-timeout"),
                leaf("service-class"),
                accessPolicy(),
                block("private-network", 0, leaf("neighborhood"), leaf("tenant-name"), leaf("address")),
                block("peer", 1, leaf("name"), leaf("public-key"), secret("preshared-key"), leaf("persistent-keepalive"),
                        list("allowed-ip"), block("endpoint", 0, leaf("ip"), leaf("port"))));
    }

    private static Element deviceInterface() {
        return block(
                "device-interface",
                1,
                leaf("name"),
                leaf("description"),
                leaf("type"),
                leaf("enabled"),
                leaf("target-interface"),
                generated(),
                block("network-interface", 1, leaf("name"), leaf("description"), leaf("tenant"), leaf("dhcp"), leaf("wireguard-profile"),
                        generated(),
                        block("neighborhood", 1, leaf("name")),
                        block("address", 1, leaf("ip-address"), leaf("prefix-length"), leaf("gateway"), leaf("wireguard-profile"))));
    }

    private static Element transport() {
        return block("transport", 1, leaf("protocol"), block("port-range", 1, leaf("start-port"), leaf("end-port")));
    }

    private static Element accessPolicy() {
        return block("access-policy", 1, leaf("source"), leaf("permission"));
    }

    private static Element generated() {
        return leaf("generated");
    }

    private static Element leaf(String keyword) {
        return new Element(keyword, -1, false, false, Map.of());
    }

    private static Element secret(String keyword) {
        return new Element(keyword, -1, false, true, Map.of());
    }

    private static Element list(String keyword) {
        return new Element(keyword, -1, true, false, Map.of());
    }

    private static Element block(String keyword, int keys, Element... elements) {
        final Map<String, Element> byKeyword = new LinkedHashMap<>();
        for (final Element element : elements) {
            byKeyword.put(element.keyword, element);
        }
        return new Element(keyword, keys, false, false, byKeyword);
    }
}
