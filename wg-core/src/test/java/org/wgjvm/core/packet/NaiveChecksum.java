package org.wgjvm.core.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** RFC 1071 as it is told: 16-bit words in network order, one at a time, each carry added back at once. */
final class NaiveChecksum {
    private NaiveChecksum() {}

    static int foldedSum(MemorySegment segment, long offset, int length, int initial) {
        int sum = initial;
        for (int i = 0; i < length; i += 2) {
            final int high = segment.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff;
            final int low = i + 1 < length ? segment.get(ValueLayout.JAVA_BYTE, offset + i + 1) & 0xff : 0;
            sum += high << 8 | low;
            if (sum > 0xffff) {
                sum = sum - 0x10000 + 1;
            }
        }
        return sum;
    }
}
