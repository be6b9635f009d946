package org.wgjvm.hub.agent;

import java.net.InetAddress;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/**
 * How an agent works.
 *
 * @param state the directory of all that it keeps
 * @param host the node's name, as in {@code binding:host_id}
 * @param publicAddress where devices reach the node
 * @param firstPort the first of the UDP ports for hubs
 * @param lastPort the last of them
 * @param mtu of the tunnels
 * @param upAtOnce whether a hub's link comes up before it is attached to a router
 * @param resyncSeconds how often everything is looked at though nothing was asked for
 * @param ignored patterns of interfaces that are left alone though they are called as a hub's
 * @param dryRun whether nothing is done
 */
public record Settings(
        Path state, String host, InetAddress publicAddress, int firstPort, int lastPort, int mtu, boolean upAtOnce, int resyncSeconds,
        List<String> ignored, boolean dryRun) {
    /** The first port for hubs. */
    public static final int FIRST_PORT = 51820;

    /** The last port for hubs, which is one of them. */
    public static final int LAST_PORT = 52820;

    /** Copies the list. */
    public Settings {
        ignored = List.copyOf(ignored);
    }

    /** Whether an interface of that name is left alone. */
    public boolean ignores(String name) {
        return ignored.stream().anyMatch(pattern -> {
            final PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            return matcher.matches(Path.of(name));
        });
    }
}
