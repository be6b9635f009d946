package org.wgjvm.core.routing;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The longest prefix that covers the address, found by looking at every one of them: a list, and addresses as numbers. */
final class NaiveAllowedIps<P> {
    private record Entry<P>(IpPrefix prefix, P peer, BigInteger number) {
        Entry(IpPrefix prefix, P peer) {
            this(prefix, peer, NaiveAllowedIps.number(prefix.high(), prefix.low()));
        }
    }

    private final List<Entry<P>> entries = new ArrayList<>();

    void insert(IpPrefix prefix, P peer) {
        if (entries.contains(new Entry<>(prefix, peer))) {
            return;
        }
        entries.removeIf(e -> e.prefix.equals(prefix));
        entries.add(new Entry<>(prefix, peer));
    }

    void remove(IpPrefix prefix, P peer) {
        entries.remove(new Entry<>(prefix, peer));
    }

    void removeAll(P peer) {
        entries.removeIf(e -> e.peer.equals(peer));
    }

    P lookupV4(int address) {
        return lookup(false, BigInteger.valueOf(address & 0xffffffffL), 32);
    }

    P lookupV6(long high, long low) {
        return lookup(true, number(high, low), 128);
    }

    List<IpPrefix> prefixes(P peer) {
        return entries.stream().filter(e -> e.peer.equals(peer)).map(Entry::prefix).toList();
    }

    int size() {
        return entries.size();
    }

    private P lookup(boolean v6, BigInteger address, int width) {
        Entry<P> best = null;
        for (final Entry<P> e : entries) {
            if (e.prefix.v6() == v6
                    && e.number.xor(address).shiftRight(width - e.prefix.bits()).signum() == 0
                    && (best == null || e.prefix.bits() > best.prefix.bits())) {
                best = e;
            }
        }
        return best == null ? null : best.peer;
    }

    private static BigInteger number(long high, long low) {
        return new BigInteger(1, ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
