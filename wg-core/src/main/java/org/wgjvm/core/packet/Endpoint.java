package org.wgjvm.core.packet;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Where a datagram goes or came from: the remote address and port, and the local address on which we were addressed (the sticky source).
 *
 * <p>Immutable but for one latch: the bind that finds the local address unusable clears it ({@link #dropLocal()}), and later sends let the
 * kernel choose. An IPv4 address is held in the low 32 bits of {@code low}, with {@code high} zero.
 */
public final class Endpoint {
    private final boolean v6;
    private final long high;
    private final long low;
    private final int port;
    private final int scopeId;
    private final long localHigh;
    private final long localLow;
    private final int localInterface;
    private volatile boolean localKnown;

    private Endpoint(
            boolean v6, long high, long low, int port, int scopeId, boolean localKnown, long localHigh, long localLow, int localInterface) {
        this.v6 = v6;
        this.high = high;
        this.low = low;
        this.port = port;
        this.scopeId = scopeId;
        this.localKnown = localKnown;
        this.localHigh = localHigh;
        this.localLow = localLow;
        this.localInterface = localInterface;
    }

    /** An IPv4 endpoint without a sticky source; {@code address} in network order as an int, {@code port} 0 to 65535. */
    public static Endpoint v4(int address, int port) {
        return new Endpoint(false, 0, address & 0xffffffffL, port, 0, false, 0, 0, 0);
    }

    /** An IPv6 endpoint without a sticky source; {@code scopeId} is an interface index or 0. */
    public static Endpoint v6(long high, long low, int port, int scopeId) {
        return new Endpoint(true, high, low, port, scopeId, false, 0, 0, 0);
    }

    /** The endpoint of a resolved socket address; throws {@link IllegalArgumentException} for an unresolved one. */
    public static Endpoint of(InetSocketAddress address) {
        final InetAddress a = address.getAddress();
        if (a == null) {
            throw new IllegalArgumentException("unresolved: " + address.getHostString());
        }
        final ByteBuffer b = ByteBuffer.wrap(a.getAddress());
        if (a instanceof Inet6Address six) {
            return v6(b.getLong(0), b.getLong(8), address.getPort(), six.getScopeId());
        }
        return v4(b.getInt(0), address.getPort());
    }

    /** This remote address with a sticky source of the same family: the address and the index of the interface that received. */
    public Endpoint withLocal(long newLocalHigh, long newLocalLow, int newLocalInterface) {
        return new Endpoint(v6, high, low, port, scopeId, true, newLocalHigh, newLocalLow, newLocalInterface);
    }

    /** This remote address without a sticky source. */
    public Endpoint withoutLocal() {
        return localKnown ? new Endpoint(v6, high, low, port, scopeId, false, 0, 0, 0) : this;
    }

    /** Lets go of the sticky source for good: it stopped working. Any thread. */
    public void dropLocal() {
        localKnown = false;
    }

    /** Whether the remote address is IPv6. */
    public boolean isV6() {
        return v6;
    }

    /** High 64 bits of an IPv6 address; 0 for IPv4. */
    public long high() {
        return high;
    }

    /** Low 64 bits of an IPv6 address, or the IPv4 address in the low 32 bits. */
    public long low() {
        return low;
    }

    /** The UDP port. */
    public int port() {
        return port;
    }

    /** The IPv6 scope (an interface index), or 0. */
    public int scopeId() {
        return scopeId;
    }

    /** Whether there is a sticky source. */
    public boolean hasLocal() {
        return localKnown;
    }

    /** High 64 bits of the sticky source. */
    public long localHigh() {
        return localHigh;
    }

    /** Low 64 bits of the sticky source, or its IPv4 address. */
    public long localLow() {
        return localLow;
    }

    /** Index of the interface on which the peer addressed us; negative when that is none of the host's, whose routes have no say then. */
    public int localInterface() {
        return localInterface;
    }

    /** Whether remote address, port and scope are the same; the sticky source does not count. */
    public boolean sameRemote(Endpoint that) {
        return that != null && v6 == that.v6 && high == that.high && low == that.low && port == that.port && scopeId == that.scopeId;
    }

    /** Whether remote and sticky source are the same. */
    public boolean sameRemoteAndLocal(Endpoint that) {
        return sameRemote(that)
                && localKnown == that.localKnown
                && (!localKnown || (localHigh == that.localHigh && localLow == that.localLow && localInterface == that.localInterface));
    }

    /** The remote address; the scope is kept for IPv6. */
    public InetAddress address() {
        try {
            if (!v6) {
                return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array());
            }
            final byte[] b = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            return scopeId == 0 ? Inet6Address.getByAddress(null, b, -1) : Inet6Address.getByAddress(null, b, scopeId);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The remote address and port for a Java socket. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(address(), port);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint that && sameRemote(that);
    }

    @Override
    public int hashCode() {
        long h = (high * 31 + low) * 31 + port;
        h ^= h >>> 29;
        h *= 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32);
    }

    /** {@code 192.0.2.1:51820} or {@code [2001:db8::1%3]:51820}. */
    @Override
    public String toString() {
        return v6 ? '[' + InetText.v6(high, low) + (scopeId == 0 ? "" : "%" + scopeId) + "]:" + port : InetText.v4((int) low) + ':' + port;
    }
}
