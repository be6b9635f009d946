package org.wgjvm.tun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.LinkState;
import org.wgjvm.sys.RouteNetlink;

/**
 * Follows the name, MTU and up/down state of a TUN device by rtnetlink, also after it has been moved to another network namespace.
 *
 * <p>The socket stays in the namespace of this process and listens to all namespaces that have a number here; a socket in the device's own
 * namespace would keep that namespace alive after its deletion. Moving a device away is a deletion to the namespace it leaves; the TUN
 * descriptor then tells where the device is.
 */
final class LinkWatch implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 5;

    /** Null for one that no kernel has. */
    private final TunDevice device;

    private final RouteNetlink events;
    private LinkState state;
    private boolean moved;

    private LinkWatch(TunDevice device, RouteNetlink events) {
        this.device = device;
        this.events = events;
    }

    /** Begins to listen, then looks up the state, so that no change is missed between the two. */
    static LinkWatch open(TunDevice device) throws IOException {
        final LinkWatch watch = new LinkWatch(device, RouteNetlink.openForLinkEvents());
        try {
            watch.locate();
        } catch (IOException e) {
            watch.close();
            throw e;
        }
        return watch;
    }

    /** For a device that no kernel has: listens all the same, and {@code state} never changes. */
    static LinkWatch fixed(LinkState state) throws IOException {
        final LinkWatch watch = new LinkWatch(null, RouteNetlink.openForLinkEvents());
        watch.state = state;
        return watch;
    }

    /** The descriptor that becomes readable when there are events. */
    int fd() {
        return events.fd();
    }

    /** The last known state. */
    LinkState state() {
        return state;
    }

    /**
     * Takes in all events that are waiting.
     *
     * @throws IOException if the device is gone
     */
    void update() throws IOException {
        final boolean complete = events.receiveLinkEvents(this::onEvent);
        if ((moved || !complete) && device != null) {
            locate();
        }
    }

    private void onEvent(LinkState event) {
        if (event.namespaceId() != state.namespaceId() || event.index() != state.index()) {
            return;
        }
        if (event.deleted()) {
            moved = true;
        } else {
            state = event;
        }
    }

    /** Finds the device and its state; again if it was renamed or moved in the midst of that. */
    private void locate() throws IOException {
        IOException failure = null;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                locateOnce();
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private void locateOnce() throws IOException {
        moved = false;
        final String name = device.currentName();
        final int namespaceFd = device.openNamespace();
        if (namespaceFd == -Errno.EPERM) {
            locateUnprivileged(name);
            return;
        } else if (namespaceFd < 0) {
            throw Errno.failure("namespace of " + name, namespaceFd);
        }
        try (RouteNetlink requests = RouteNetlink.openForRequests()) {
            final boolean own = Files.readSymbolicLink(Path.of("/proc/self/fd/" + namespaceFd))
                    .equals(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
            state = requests.link(own ? RouteNetlink.OWN_NAMESPACE : requests.namespaceId(namespaceFd), name);
        } finally {
            FileDescriptors.close(namespaceFd);
        }
    }

    /** Without CAP_NET_ADMIN over an inherited device only the own namespace can be asked; elsewhere the device is believed to be up. */
    private void locateUnprivileged(String name) throws IOException {
        try (RouteNetlink requests = RouteNetlink.openForRequests()) {
            state = requests.link(RouteNetlink.OWN_NAMESPACE, name);
        } catch (IOException elsewhere) {
            state = new LinkState(RouteNetlink.OWN_NAMESPACE, 0, name, 1, LinuxTun.DEFAULT_MTU, false);
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
