package org.wgjvm.core.session;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;

/** Every counter ever accepted, in a set, and the rule in words: not seen, not more than 8128 behind the highest, below the limit. */
final class NaiveReplayWindow {
    private static final BigInteger LIMIT = BigInteger.TWO.pow(64).subtract(BigInteger.valueOf(1 + 8128 + 1));

    private final Set<BigInteger> seen = new HashSet<>();
    private BigInteger highest = BigInteger.valueOf(-1);

    boolean accept(long counter) {
        final BigInteger c = new BigInteger(Long.toUnsignedString(counter));
        if (c.compareTo(LIMIT) >= 0 || highest.subtract(c).compareTo(BigInteger.valueOf(8128)) > 0 || !seen.add(c)) {
            return false;
        }
        highest = highest.max(c);
        return true;
    }
}
