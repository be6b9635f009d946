package org.wgjvm.interop;

import org.junit.jupiter.api.AfterAll;

/** A class of cases that share one pair of running devices: made for the first case that runs, closed after the last. */
@Interop
abstract class PairCases {
    private Pair pair;

    /** Two running devices; unless told otherwise, ours and the newest wireguard-go. */
    Pair makePair() {
        return Pair.of(Implementation.OURS, Implementation.GO_NEWEST);
    }

    final Pair pair() {
        if (pair == null) {
            pair = makePair();
        }
        return pair;
    }

    final WgDevice left() {
        return pair().left();
    }

    final WgDevice right() {
        return pair().right();
    }

    @AfterAll
    final void closePair() {
        if (pair != null) {
            pair.close();
        }
    }
}
