package org.wgjvm.core.noise;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.RandomSource;

/**
 * A token bucket for each source of handshake messages: 20 a second, 5 at once (paper, section 5.3). An IPv4 source is an address, an IPv6
 * source a /64, for that is what one host can be given.
 *
 * <p>To be asked only about senders that have proven their address by mac2, or forged addresses would use up the tokens of their owners.
 * The table is bounded, as the kernel's is: when it is full of sources seen within the last second, further ones are refused. It is
 * swept as it is used, from the one idle for longest. Its hash is keyed, so that nobody can choose addresses that collide.
 */
public final class HandshakeRateLimiter {
    /** Sources that the table holds at most: about 9 MB when full. */
    public static final int DEFAULT_MAX_SOURCES = 65_536;

    static final int PER_SECOND = 20;
    static final int BURST = 5;

    /** Tokens are counted in the nanoseconds that it takes to earn them. */
    static final long COST_NS = 1_000_000_000L / PER_SECOND;

    static final long MAX_TOKENS_NS = COST_NS * BURST;

    /** After this time without a message a bucket is as good as new: it fills up in a quarter of it. */
    static final long IDLE_NS = 1_000_000_000L;

    /** Sources swept at most by one call: more than one, so that the table shrinks under any load, and few, so that nobody waits. */
    private static final int SWEEP = 4;

    private final int maxSources;
    private final long k0;
    private final long k1;
    private Map<Source, Bucket> buckets = newTable();

    /** With the default bound; {@code random} gives the key of the hash. */
    public HandshakeRateLimiter(RandomSource random) {
        this(random, DEFAULT_MAX_SOURCES);
    }

    /** With a bound of {@code maxSources}. */
    public HandshakeRateLimiter(RandomSource random, int maxSources) {
        this.maxSources = maxSources;
        final byte[] seed = new byte[16];
        random.nextBytes(seed);
        k0 = SipHash.word(seed, 0);
        k1 = SipHash.word(seed, 8);
    }

    /** Whether a message from this source may be processed now; takes a token if so. {@code nowNs} never goes back. */
    public boolean allow(Endpoint from, long nowNs) {
        sweep(nowNs);
        final Source source = sourceOf(from);
        final Bucket bucket = buckets.get(source);
        if (bucket == null) {
            if (buckets.size() >= maxSources) {
                return false;
            }
            buckets.put(source, new Bucket(nowNs));
            return true;
        }
        return bucket.take(nowNs);
    }

    /** Forgets some sources that have been idle, and the table with the last of them. Called now and then, it frees all memory. */
    public void sweep(long nowNs) {
        if (buckets.isEmpty()) {
            return;
        }
        final Iterator<Bucket> idleFirst = buckets.values().iterator();
        for (int i = 0; i < SWEEP && idleFirst.hasNext(); i++) {
            if (nowNs - idleFirst.next().lastNs <= IDLE_NS) {
                return;
            }
            idleFirst.remove();
        }
        if (buckets.isEmpty()) {
            // A hash table does not shrink by itself.
            buckets = newTable();
        }
    }

    /** How many sources the table holds. */
    public int size() {
        return buckets.size();
    }

    private Source sourceOf(Endpoint from) {
        // An IPv4 address in IPv6 form (::ffff:a.b.c.d) is one host: as a /64 it would be the whole IPv4 Internet.
        final boolean v6 = from.isV6() && (from.high() != 0 || from.low() >>> 32 != 0xffff);
        final long address = v6 ? from.high() : from.low() & 0xffffffffL;
        return new Source(v6, address, (int) SipHash.hash(k0, k1, address, v6 ? 6 : 4));
    }

    /** In the order of use, the one idle for longest first. */
    private static Map<Source, Bucket> newTable() {
        return new LinkedHashMap<>(16, 0.75f, true);
    }

    private record Source(boolean v6, long address, int hash) {
        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Source that && address == that.address && v6 == that.v6;
        }
    }

    private static final class Bucket {
        private long tokensNs = MAX_TOKENS_NS - COST_NS;
        private long lastNs;

        Bucket(long nowNs) {
            lastNs = nowNs;
        }

        boolean take(long nowNs) {
            tokensNs = Math.min(MAX_TOKENS_NS, tokensNs + (nowNs - lastNs));
            lastNs = nowNs;
            if (tokensNs < COST_NS) {
                return false;
            }
            tokensNs -= COST_NS;
            return true;
        }
    }
}
