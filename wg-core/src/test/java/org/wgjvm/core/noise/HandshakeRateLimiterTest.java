package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.packet.Endpoint;

final class HandshakeRateLimiterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TOKEN = SECOND / 20;

    private final SeededRandom random = new SeededRandom(12);
    private final HandshakeRateLimiter limiter = new HandshakeRateLimiter(random);

    /** The steps of the kernel's own self-test: after this time, is the next message allowed? Five at once, then 20 a second. */
    private static final long[][] STEPS = {
        {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 0}, {TOKEN, 1}, {0, 0}, {2 * TOKEN, 1}, {0, 1}, {0, 0}
    };

    @Test
    void theTimedStepsOfTheKernel() {
        long now = 77;
        for (int i = 0; i < STEPS.length; i++) {
            now += STEPS[i][0];
            final boolean expected = STEPS[i][1] == 1;
            assertEquals(expected, limiter.allow(Endpoint.v4(8182, 1000 + i), now), "IPv4, step " + i);
            assertTrue(limiter.allow(Endpoint.v4(8182 + i + 1, 1000), now), "another IPv4 address, step " + i);
            assertEquals(expected, limiter.allow(Endpoint.v6(1212L << 32 | 289188, (long) i << 32 | i, 1, 0), now), "IPv6 /64, step " + i);
            assertTrue(limiter.allow(Endpoint.v6((1212L + i + 1) << 32 | 289188, (long) i << 32 | i, 1, 0), now), "another /64, step " + i);
        }
    }

    @Test
    void theTableIsBounded() {
        final int max = HandshakeRateLimiter.DEFAULT_MAX_SOURCES;
        for (int i = 0; i < max; i++) {
            assertTrue(limiter.allow(Endpoint.v4(i, 1), 0));
        }
        assertFalse(limiter.allow(Endpoint.v4(max, 1), 0));
        assertFalse(limiter.allow(TestEndpoints.SIX, SECOND));
        assertEquals(max, limiter.size());
        // Those that are in are served as before.
        assertTrue(limiter.allow(Endpoint.v4(0, 1), SECOND));
        // And the idle ones make room.
        assertTrue(limiter.allow(TestEndpoints.SIX, SECOND + 1));
        assertTrue(limiter.size() < max);
    }

    @Test
    void theTableEmptiesByBeingUsed() {
        for (int i = 0; i < 1000; i++) {
            assertTrue(limiter.allow(Endpoint.v4(i, 1), i));
        }
        long now = 10 * SECOND;
        for (int i = 0; i < 260; i++) {
            limiter.allow(TestEndpoints.SIX, now += TOKEN);
        }
        assertEquals(1, limiter.size());
        limiter.sweep(now + SECOND);
        assertEquals(1, limiter.size());
        limiter.sweep(now + SECOND + 1);
        assertEquals(0, limiter.size());
    }

    /** All IPv4 in IPv6 form lies in one /64. */
    @Test
    void theHashIsKeyedSoThatNobodyCanChooseAddressesThatCollide() {
        final int[] drawn = {0};
        final HandshakeRateLimiter limiter = new HandshakeRateLimiter(out -> drawn[0] += out.length);
        assertEquals(16, drawn[0]);
        assertTrue(limiter.allow(TestEndpoints.A, 0));
    }

    @Test
    void mappedAddressesAreIpv4() {
        for (int i = 0; i < 100; i++) {
            assertTrue(limiter.allow(Endpoint.v6(0, 0xffff_0000_0000L | i, 1, 0), 0));
        }
        for (int i = 1; i < 5; i++) {
            assertTrue(limiter.allow(Endpoint.v4(5, 1), 0));
        }
        assertFalse(limiter.allow(Endpoint.v4(5, 1), 0));
        assertFalse(limiter.allow(Endpoint.v6(0, 0xffff_0000_0005L, 1, 0), 0));
    }

    /** The literal reading: tokens as a decimal number, earned at 20 a second up to 5; who is idle for over a second is forgotten. */
    private static final class NaiveLimiter {
        private final Map<Integer, BigDecimal> tokens = new HashMap<>();
        private final Map<Integer, Long> seen = new HashMap<>();
        private final int max;

        NaiveLimiter(int max) {
            this.max = max;
        }

        boolean allow(int source, long now) {
            seen.values().removeIf(last -> now - last > SECOND);
            tokens.keySet().retainAll(seen.keySet());
            if (!seen.containsKey(source)) {
                if (seen.size() >= max) {
                    return false;
                }
                tokens.put(source, BigDecimal.valueOf(5));
                seen.put(source, now);
            }
            final BigDecimal earned = BigDecimal.valueOf(now - seen.get(source)).multiply(BigDecimal.valueOf(20)).movePointLeft(9);
            final BigDecimal have = tokens.get(source).add(earned).min(BigDecimal.valueOf(5));
            final boolean allowed = have.compareTo(BigDecimal.ONE) >= 0;
            tokens.put(source, allowed ? have.subtract(BigDecimal.ONE) : have);
            seen.put(source, now);
            return allowed;
        }
    }

    @Property(tries = 500)
    void decidesAsTheNaiveTwin(
            @ForAll @Size(max = 300) List<@IntRange(max = 1 << 20) Integer> script, @ForAll @IntRange(min = 1, max = 12) int max) {
        final HandshakeRateLimiter tested = new HandshakeRateLimiter(random, max);
        final NaiveLimiter naive = new NaiveLimiter(max);
        long now = 0;
        for (int step : script) {
            final int source = step & 0xf;
            // Mostly short waits, so that buckets run dry; at times long ones.
            final int wait = step >>> 4 & 0xff;
            now += (step >>> 12 & 0x1f) == 0 ? wait * (SECOND / 100) : wait < 128 ? 0 : (wait - 128) * (TOKEN / 64);
            final Endpoint from = source < 8 ? Endpoint.v4(source, step) : Endpoint.v6(source, step, 1, 0);
            assertEquals(naive.allow(source, now), tested.allow(from, now), () -> "step " + step);
            assertTrue(tested.size() <= max);
        }
    }

    @Property(tries = 200)
    void sipHashIsThatOfBouncyCastle(@ForAll long k0, @ForAll long k1, @ForAll long first, @ForAll long second) {
        final byte[] key = new byte[16];
        final byte[] in = new byte[16];
        for (int i = 0; i < 8; i++) {
            key[i] = (byte) (k0 >>> 8 * i);
            key[8 + i] = (byte) (k1 >>> 8 * i);
            in[i] = (byte) (first >>> 8 * i);
            in[8 + i] = (byte) (second >>> 8 * i);
        }
        final org.bouncycastle.crypto.macs.SipHash reference = new org.bouncycastle.crypto.macs.SipHash();
        reference.init(new KeyParameter(key));
        reference.update(in, 0, 16);
        assertEquals(reference.doFinal(), SipHash.hash(k0, k1, first, second));
        assertEquals(k1, SipHash.word(key, 8));
    }
}
