package org.wgjvm.interop;

/** The tunnel between ours and the newest wireguard-go. */
@Interop(Implementation.GO_NEWEST)
final class TunnelWithWireguardGoTest extends TunnelContract {
    @Override
    Pair makePair() {
        return Pair.of(Implementation.OURS, Implementation.GO_NEWEST);
    }
}
