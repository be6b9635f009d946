package org.wgjvm.endpoint.wg;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.endpoint.text.ScopeNames;

/** Addresses as the C library prints them, which {@code wg(8)} relies on: RFC 5952 but for IPv4-compatible addresses. */
public final class WgText {
    private WgText() {}

    /** The address of a prefix. */
    static String address(IpPrefix prefix) {
        return prefix.v6() ? v6(prefix.high(), prefix.low()) : InetText.v4((int) prefix.low());
    }

    /** {@code 192.0.2.1:5} or {@code [fe80::1%eth0]:5}. */
    public static String endpoint(Endpoint endpoint) {
        if (!endpoint.isV6()) {
            return InetText.v4((int) endpoint.low()) + ":" + endpoint.port();
        }
        final boolean linkLocal = endpoint.high() >>> 54 == 0xfe80L >>> 6 || endpoint.high() >>> 48 == 0xff02L;
        final String scope;
        if (endpoint.scopeId() == 0) {
            scope = "";
        } else {
            scope = "%" + (linkLocal ? ScopeNames.SYSTEM.name(endpoint.scopeId()) : Integer.toString(endpoint.scopeId()));
        }
        return "[" + v6(endpoint.high(), endpoint.low()) + scope + "]:" + endpoint.port();
    }

    private static String v6(long high, long low) {
        final boolean compatible = high == 0 && low >>> 32 == 0 && low >>> 16 != 0;
        return compatible ? "::" + InetText.v4((int) low) : InetText.v6(high, low);
    }
}
