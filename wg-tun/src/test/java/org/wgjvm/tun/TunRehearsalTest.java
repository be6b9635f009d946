package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class TunRehearsalTest {
    /** Or it would rehearse nothing. */
    @Test
    void everyPacketIsJoinedAndTakenApart() {
        assertEquals(5 * 32, TunRehearsal.run(5));
    }
}
