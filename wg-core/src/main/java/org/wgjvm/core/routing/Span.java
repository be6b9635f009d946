package org.wgjvm.core.routing;

/** A run of key bits without a choice, from the slot that holds the span to the node below it: path compression. */
final class Span {
    final long high;
    final long low;

    /** The key position of {@link #node}: that many leading bits of every route below are those of {@link #high} and {@link #low}. */
    final int bits;

    final Object[] node;

    Span(long high, long low, int bits, Object[] node) {
        this.high = high & Route.mask(bits);
        this.low = low & Route.mask(bits - Long.SIZE);
        this.bits = bits;
        this.node = node;
    }

    boolean covers(long keyHigh) {
        return ((keyHigh ^ high) & Route.mask(bits)) == 0;
    }

    boolean covers(long keyHigh, long keyLow) {
        return ((keyHigh ^ high) & Route.mask(bits) | (keyLow ^ low) & Route.mask(bits - Long.SIZE)) == 0;
    }
}
