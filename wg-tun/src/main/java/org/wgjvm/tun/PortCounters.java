package org.wgjvm.tun;

import java.util.concurrent.atomic.AtomicLongArray;

/** The counters of one port. One thread writes each of them, any thread reads. */
@SuppressWarnings("EnumOrdinal") // an index of this process alone, never stored
public final class PortCounters {
    private final AtomicLongArray values = new AtomicLongArray(PortCounter.values().length);

    /** Zeros. */
    public PortCounters() {}

    /** The value of {@code counter}, perhaps a moment old. */
    public long get(PortCounter counter) {
        return values.getOpaque(counter.ordinal());
    }

    /** Adds to a counter; by the one thread that writes it. */
    public void add(PortCounter counter, long n) {
        final int i = counter.ordinal();
        values.setOpaque(i, values.getPlain(i) + n);
    }
}
