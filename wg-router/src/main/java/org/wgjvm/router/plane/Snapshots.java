package org.wgjvm.router.plane;

import java.util.ArrayList;
import java.util.List;

/** Puts snapshots of the packet path together, on its event loop. */
final class Snapshots {
    private Snapshots() {}

    static PlaneSnapshot plane(RouterLoop router, PairTable pairs) {
        final Forwarder forwarder = router.forwarder();
        final SessionTable v4 = forwarder.sessions(false);
        final List<InterfaceSnapshot> interfaces = new ArrayList<>();
        router.insides().forEach(port -> interfaces.add(of(port.id(), port, port.mtu())));
        router.profiles().forEach(port -> interfaces.add(of(port.id(), port, port.mtu())));
        router.outbounds().forEach(port -> interfaces.add(of(port.id(), port, OutboundPort.MTU)));
        return new PlaneSnapshot(
                v4.size() + forwarder.sessions(true).size(),
                v4.capacity(),
                pairs.all().stream().map(PairCounters::snapshot).toList(),
                interfaces);
    }

    private static InterfaceSnapshot of(InterfaceId id, PlanePort port, int mtu) {
        return new InterfaceSnapshot(
                id, port.isUp(), mtu, port.inPackets, port.inBytes, port.outPackets, port.outBytes, port.outDrops);
    }
}
