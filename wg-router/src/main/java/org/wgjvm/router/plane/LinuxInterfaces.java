package org.wgjvm.router.plane;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.wgjvm.router.config.DeviceInterface;
import org.wgjvm.router.config.InterfaceAddress;
import org.wgjvm.router.config.NetworkInterface;
import org.wgjvm.router.config.Node;
import org.wgjvm.router.config.Router;
import org.wgjvm.tun.LinuxTun;
import org.wgjvm.tun.TunOptions;

/**
 * The inside interfaces of a router that runs on Linux by itself: a TUN for each network interface of an ethernet device that no profile is
 * attached to, called as the device's operating system interface. Whoever sets up the host gives it addresses and routes, brings it up, or
 * moves it to a namespace, as with any TUN; what the host routes into it comes in on the network interface.
 *
 * <p>An interface that stays through a commit keeps its TUN. One thread at a time.
 */
public final class LinuxInterfaces implements Consumer<Router> {
    private final RouterPlane plane;
    private final BiConsumer<String, Exception> onTrouble;
    private final Map<InterfaceId, String> attached = new HashMap<>();

    /**
     * Makes none yet.
     *
     * @param onTrouble told of an interface that cannot be made, which the rest does not wait for
     */
    public LinuxInterfaces(RouterPlane plane, BiConsumer<String, Exception> onTrouble) {
        this.plane = plane;
        this.onTrouble = onTrouble;
    }

    /** Makes what the configuration has and there is not, and removes what it no longer has. */
    @Override
    public void accept(Router router) {
        final Map<InterfaceId, String> wanted = wanted(router);
        for (final InterfaceId gone : Set.copyOf(attached.keySet())) {
            if (!attached.get(gone).equals(wanted.get(gone))) {
                plane.detach(gone).toCompletableFuture().join();
                attached.remove(gone);
            }
        }
        wanted.forEach((id, link) -> {
            if (!attached.containsKey(id)) {
                attach(id, link);
            }
        });
    }

    private void attach(InterfaceId id, String link) {
        try {
            final LinuxTun tun = LinuxTun.create(link, LinuxTun.DEFAULT_MTU, TunOptions.fromEnvironment(System.getenv()));
            plane.attach(id, tun).toCompletableFuture().join();
            attached.put(id, link);
        } catch (IOException | RuntimeException e) {
            onTrouble.accept("network interface " + id + " has no TUN " + link, e);
        }
    }

    private static Map<InterfaceId, String> wanted(Router router) {
        final Map<InterfaceId, String> wanted = new HashMap<>();
        final Set<String> links = new HashSet<>();
        for (final Node node : router.nodes()) {
            for (final DeviceInterface device : node.deviceInterfaces()) {
                final boolean inside = device.enabled()
                        && device.type() == DeviceInterface.Type.ETHERNET
                        && device.networkInterfaces().stream().noneMatch(LinuxInterfaces::isOutside);
                if (inside && !device.networkInterfaces().isEmpty() && links.add(device.linkName())) {
                    // A TUN has no VLANs: one network.
                    wanted.put(new InterfaceId(node.name(), device.networkInterfaces().getFirst().name()), device.linkName());
                }
            }
        }
        return wanted;
    }

    /** Whether a profile's socket is on it: then it is an interface that the operating system has. */
    private static boolean isOutside(NetworkInterface network) {
        return network.wireguardProfile() != null
                || network.dhcp()
                || network.addresses().stream().map(InterfaceAddress::wireguardProfile).anyMatch(profile -> profile != null);
    }
}
