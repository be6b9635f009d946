package org.wgjvm.endpoint.text;

/** Unsigned decimal numbers in bytes: digits only, no sign, no space; leading zeros are harmless. */
public final class Decimal {
    private Decimal() {}

    /** The number in {@code [from, to)}, or -1 when there is none there or it is above {@code max}. */
    public static long read(byte[] text, int from, int to, long max) {
        if (from >= to) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            final int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || value > (max - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
