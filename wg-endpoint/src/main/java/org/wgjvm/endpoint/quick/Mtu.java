package org.wgjvm.endpoint.quick;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.InetText;

/** The MTU that {@code wg-quick} chooses: that of the path to the endpoint with the smallest one, less 80 bytes for what we add. */
final class Mtu {
    private static final int OVERHEAD_BYTES = 80;
    private static final int DEFAULT = 1500;
    private static final Pattern MTU = Pattern.compile("\\bmtu ([0-9]+)");
    private static final Pattern DEVICE = Pattern.compile("\\bdev ([^ \n]+)");

    private final Shell shell;

    Mtu(Shell shell) {
        this.shell = shell;
    }

    int choose(List<PeerSnapshot> peers) throws QuickException {
        int smallest = Integer.MAX_VALUE;
        for (final PeerSnapshot peer : peers) {
            if (peer.endpoint() != null && peer.endpoint().scopeId() == 0) {
                final String address = peer.endpoint().isV6()
                        ? InetText.v6(peer.endpoint().high(), peer.endpoint().low())
                        : InetText.v4((int) peer.endpoint().low());
                smallest = Math.min(smallest, ofRoute(shell.ask("ip", "route", "get", address)));
            }
        }
        if (smallest == Integer.MAX_VALUE) {
            smallest = ofRoute(shell.ask("ip", "route", "show", "default").lines().findFirst().orElse(""));
        }
        return (smallest > 0 && smallest < Integer.MAX_VALUE ? smallest : DEFAULT) - OVERHEAD_BYTES;
    }

    private int ofRoute(String route) throws QuickException {
        final Matcher mtu = MTU.matcher(route);
        if (mtu.find()) {
            return Integer.parseInt(mtu.group(1));
        }
        final Matcher device = DEVICE.matcher(route);
        if (device.find()) {
            final Matcher ofDevice = MTU.matcher(shell.ask("ip", "link", "show", "dev", device.group(1)));
            if (ofDevice.find()) {
                return Integer.parseInt(ofDevice.group(1));
            }
        }
        return Integer.MAX_VALUE;
    }
}
