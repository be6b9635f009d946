package org.wgjvm.endpoint.text;

import java.nio.charset.StandardCharsets;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.routing.IpPrefix;

/**
 * Reads addresses, prefixes and endpoints from bytes with the strictness that {@code inet_pton(3)} and Go's {@code net/netip} share: no
 * leading zeros in an IPv4 address, at most four digits in an IPv6 group. Nothing is thrown and nothing allocated for a wrong text.
 *
 * <p>Reusable, and of one thread: a successful {@link #address} leaves its result in {@link #isV6()}, {@link #high()} and {@link #low()}.
 */
public final class InetReader {
    private boolean v6;
    private long high;
    private long low;
    private final int[] groups = new int[8];

    /** Whether the last address read is IPv6. */
    public boolean isV6() {
        return v6;
    }

    /** High 64 bits of the last IPv6 address, or 0. */
    public long high() {
        return high;
    }

    /** Low 64 bits of the last IPv6 address, or the IPv4 address. */
    public long low() {
        return low;
    }

    /** Reads an address without a scope; false when the bytes are not one. */
    public boolean address(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == ':') {
                return v6(text, from, to);
            }
        }
        final long address = v4(text, from, to);
        v6 = false;
        high = 0;
        low = address;
        return address >= 0;
    }

    /** The prefix {@code address/bits}; host bits are cleared. Null when the bytes are not one: also without a length. */
    public IpPrefix prefix(byte[] text, int from, int to) {
        int slash = to;
        while (slash > from && text[slash - 1] != '/') {
            slash--;
        }
        if (slash == from || !address(text, from, slash - 1)) {
            return null;
        }
        if (to - slash > 1 && text[slash] == '0') {
            return null;
        }
        final long bits = Decimal.read(text, slash, to, v6 ? 128 : 32);
        return bits < 0 ? null : new IpPrefix(v6, high, low, (int) bits);
    }

    /** The prefix {@code address/bits}, or null. */
    public IpPrefix prefix(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return prefix(bytes, 0, bytes.length);
    }

    /** The prefix of one address alone (a host route), or null. */
    public IpPrefix host(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return address(bytes, 0, bytes.length) ? new IpPrefix(v6, high, low, v6 ? 128 : 32) : null;
    }

    /**
     * The endpoint {@code 192.0.2.1:5}, {@code [2001:db8::1]:5} or {@code [fe80::1%eth0]:5}; an IPv6 address needs its brackets. Null when
     * the bytes are not one, or when there is no such interface.
     */
    public Endpoint endpoint(byte[] text, int from, int to, ScopeNames scopes) {
        int colon = to - 1;
        while (colon >= from && text[colon] != ':') {
            colon--;
        }
        if (colon <= from) {
            return null;
        }
        final long port = Decimal.read(text, colon + 1, to, 65535);
        if (port < 0) {
            return null;
        }
        if (text[from] != '[') {
            return address(text, from, colon) && !v6 ? Endpoint.v4((int) low, (int) port) : null;
        }
        if (text[colon - 1] != ']') {
            return null;
        }
        int percent = from + 1;
        while (percent < colon - 1 && text[percent] != '%') {
            percent++;
        }
        if (!address(text, from + 1, percent) || !v6) {
            return null;
        }
        int scope = 0;
        if (percent < colon - 1) {
            if (percent == colon - 2) {
                return null;
            }
            scope = scopes.index(new String(text, percent + 1, colon - 2 - percent, StandardCharsets.UTF_8));
            if (scope <= 0) {
                return null;
            }
        }
        return Endpoint.v6(high, low, (int) port, scope);
    }

    private static long v4(byte[] text, int from, int to) {
        long address = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (at == to || text[at++] != '.') {
                    return -1;
                }
            }
            final int start = at;
            int value = 0;
            while (at < to && text[at] >= '0' && text[at] <= '9' && at - start < 3) {
                value = value * 10 + text[at++] - '0';
            }
            if (at == start || value > 255 || (at - start > 1 && text[start] == '0')) {
                return -1;
            }
            address = address << 8 | value;
        }
        return at == to ? address : -1;
    }

    private boolean v6(byte[] text, int from, int to) {
        int count = 0;
        int gap = -1;
        int at = from;
        if (to - from >= 2 && text[from] == ':' && text[from + 1] == ':') {
            gap = 0;
            at += 2;
        }
        while (at < to) {
            if (count == 8) {
                return false;
            }
            final int start = at;
            int value = 0;
            while (at < to && at - start < 5) {
                final int digit = Character.digit(text[at], 16);
                if (digit < 0) {
                    break;
                }
                value = value << 4 | digit;
                at++;
            }
            if (at < to && text[at] == '.') {
                final long tail = count <= 6 ? v4(text, start, to) : -1;
                if (tail < 0) {
                    return false;
                }
                groups[count++] = (int) (tail >>> 16);
                groups[count++] = (int) (tail & 0xffff);
                break;
            }
            if (at == start || at - start > 4) {
                return false;
            }
            groups[count++] = value;
            if (at == to) {
                break;
            }
            if (text[at++] != ':' || at == to) {
                return false;
            }
            if (text[at] == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                at++;
            }
        }
        if (gap < 0 ? count != 8 : count == 8) {
            return false;
        }
        long h = 0;
        long l = 0;
        for (int i = 0; i < 8; i++) {
            final int missing = 8 - count;
            final int group;
            if (gap < 0 || i < gap) {
                group = groups[i];
            } else {
                group = i < gap + missing ? 0 : groups[i - missing];
            }
            if (i < 4) {
                h = h << 16 | group;
            } else {
                l = l << 16 | group;
            }
        }
        v6 = true;
        high = h;
        low = l;
        return true;
    }
}
