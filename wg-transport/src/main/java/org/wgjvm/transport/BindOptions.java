package org.wgjvm.transport;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/**
 * How a bind is to be opened.
 *
 * @param gso whether runs of datagrams may be sent with {@code UDP_SEGMENT}
 * @param gro whether the kernel may join received datagrams ({@code UDP_GRO})
 * @param v4 the local IPv4 address, {@code 0.0.0.0} for any, or null for no IPv4 socket
 * @param v6 the local IPv6 address, {@code ::} for any, or null for no IPv6 socket
 * @param bufferBytes the size asked for each socket's send and receive buffers in the kernel
 */
public record BindOptions(boolean gso, boolean gro, Inet4Address v4, Inet6Address v6, int bufferBytes) {
    /** Turns {@code UDP_SEGMENT} off when it is {@code off}. */
    public static final String GSO_VARIABLE = "WGJVM_UDP_GSO";

    /** Turns {@code UDP_GRO} off when it is {@code off}. */
    public static final String GRO_VARIABLE = "WGJVM_UDP_GRO";

    /** Local addresses to bind, separated by commas: at most one of each family, and no socket for a family that has none. */
    public static final String ADDRESS_VARIABLE = "WGJVM_BIND_ADDRESS";

    private static final int DEFAULT_BUFFER_BYTES = 7 << 20;

    /** Refuses options that leave no socket at all. */
    public BindOptions {
        if (v4 == null && v6 == null) {
            throw new IllegalArgumentException("a bind needs an address of at least one family");
        }
        if (bufferBytes <= 0) {
            throw new IllegalArgumentException("bufferBytes " + bufferBytes);
        }
    }

    /** Both families on any address, with all offloads. */
    public static BindOptions defaults() {
        return new BindOptions(true, true, anyV4(), anyV6(), DEFAULT_BUFFER_BYTES);
    }

    /** The defaults, changed by the variables named above. Throws {@link IllegalArgumentException} naming the variable it cannot read. */
    public static BindOptions fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    static BindOptions fromEnvironment(Map<String, String> environment) {
        final BindOptions options = defaults()
                .withGso(isOn(environment, GSO_VARIABLE))
                .withGro(isOn(environment, GRO_VARIABLE));
        final String addresses = environment.getOrDefault(ADDRESS_VARIABLE, "").strip();
        if (addresses.isEmpty()) {
            return options;
        }
        final String[] parts = addresses.split(",");
        final InetAddress[] parsed = new InetAddress[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                parsed[i] = InetAddress.ofLiteral(parts[i].strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(ADDRESS_VARIABLE + ": not an address: " + parts[i].strip(), e);
            }
        }
        return options.boundTo(parsed);
    }

    /** These options with {@code UDP_SEGMENT} allowed or not. */
    public BindOptions withGso(boolean allowed) {
        return new BindOptions(allowed, gro, v4, v6, bufferBytes);
    }

    /** These options with {@code UDP_GRO} allowed or not. */
    public BindOptions withGro(boolean allowed) {
        return new BindOptions(gso, allowed, v4, v6, bufferBytes);
    }

    /** These options with other kernel buffers. */
    public BindOptions withBufferBytes(int bytes) {
        return new BindOptions(gso, gro, v4, v6, bytes);
    }

    /** These options on the given local addresses only: at most one of each family, and no socket for a family that is not named. */
    public BindOptions boundTo(InetAddress... addresses) {
        Inet4Address four = null;
        Inet6Address six = null;
        for (final InetAddress address : addresses) {
            if (address instanceof Inet4Address a && four == null) {
                four = a;
            } else if (address instanceof Inet6Address a && six == null) {
                six = a;
            } else {
                throw new IllegalArgumentException("more than one address of a family: " + address.getHostAddress());
            }
        }
        return new BindOptions(gso, gro, four, six, bufferBytes);
    }

    private static boolean isOn(Map<String, String> environment, String variable) {
        final String value = environment.getOrDefault(variable, "on").strip();
        return switch (value) {
            case "on", "" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException(variable + ": on or off, not " + value);
        };
    }

    private static Inet4Address anyV4() {
        try {
            return (Inet4Address) InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Inet6Address anyV6() {
        try {
            return Inet6Address.getByAddress(null, new byte[16], -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
