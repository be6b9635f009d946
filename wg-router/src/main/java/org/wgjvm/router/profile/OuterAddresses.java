package org.wgjvm.router.profile;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.wgjvm.router.config.Router.Attachment;

/** Which addresses a profile's sockets are to be bound to now: the configured ones, and those that DHCP has given. */
final class OuterAddresses {
    private OuterAddresses() {}

    /**
     * The addresses, at most one of each family; empty while there is none.
     *
     * @param waitsFor filled with what is still waited for, in words
     */
    static List<InetAddress> of(List<Attachment> attachments, List<String> waitsFor) {
        final List<InetAddress> found = new ArrayList<>();
        for (final Attachment at : attachments) {
            if (!at.device().enabled()) {
                waitsFor.add("device-interface " + at.device().name() + " to be enabled");
                continue;
            }
            final InetAddress address = at.address() != null ? present(at.address().ip().toInetAddress()) : leased(at.device().linkName());
            if (address != null) {
                found.add(address);
            } else if (at.address() == null) {
                waitsFor.add("a DHCP lease on " + at.device().linkName());
            } else {
                waitsFor.add("address " + at.address().ip() + " on " + at.device().linkName());
            }
        }
        return List.copyOf(found);
    }

    /** The address if it is one of this host's, on whatever interface. */
    private static InetAddress present(InetAddress wanted) {
        try {
            return wanted.isLoopbackAddress() || NetworkInterface.getByInetAddress(wanted) != null ? wanted : null;
        } catch (SocketException e) {
            return null;
        }
    }

    /** The IPv4 address of an interface that is not of its own making (169.254.0.0/16). */
    private static InetAddress leased(String link) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(link);
            if (found != null && found.isUp()) {
                for (final InetAddress address : Collections.list(found.getInetAddresses())) {
                    if (address instanceof Inet4Address && !address.isLinkLocalAddress()) {
                        return address;
                    }
                }
            }
            return null;
        } catch (SocketException e) {
            return null;
        }
    }
}
