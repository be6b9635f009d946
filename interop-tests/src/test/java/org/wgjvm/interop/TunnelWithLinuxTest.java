package org.wgjvm.interop;

import org.junit.jupiter.api.AfterAll;

/** The tunnel between ours and the WireGuard module of the Linux kernel. */
@Interop(Implementation.LINUX)
final class TunnelWithLinuxTest extends FaithfulPeerContract {
    private Guest guest;

    @Override
    Pair makePair() {
        guest = new Guest();
        return Pair.of(Implementation.OURS, guest);
    }

    @AfterAll
    void powerOff() {
        if (guest != null) {
            guest.close();
        }
    }
}
