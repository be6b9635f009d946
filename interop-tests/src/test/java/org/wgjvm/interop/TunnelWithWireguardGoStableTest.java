package org.wgjvm.interop;

/** The tunnel between ours and wireguard-go of Debian stable. */
@Interop(Implementation.GO_STABLE)
final class TunnelWithWireguardGoStableTest extends TunnelContract {
    @Override
    Pair makePair() {
        return Pair.of(Implementation.OURS, Implementation.GO_STABLE);
    }
}
