package org.wgjvm.interop;

/** The tunnel between ours and another of ours. */
@Interop(Implementation.OURS)
final class TunnelWithOurselvesTest extends FaithfulPeerContract {
    @Override
    Pair makePair() {
        return Pair.of(Implementation.OURS, Implementation.OURS);
    }
}
