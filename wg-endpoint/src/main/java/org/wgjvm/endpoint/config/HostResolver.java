package org.wgjvm.endpoint.config;

import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.text.InetReader;
import org.wgjvm.endpoint.text.ScopeNames;

/**
 * Turns the host of an endpoint into an address. A failure of the name server that may pass is tried again as often as
 * {@code WG_ENDPOINT_RESOLUTION_RETRIES} says (15 by default, or {@code infinity}), with growing pauses, as {@code wg(8)} does.
 */
public final class HostResolver {
    private static final int DEFAULT_RETRIES = 15;
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final long LAST_PAUSE_MS = 20_000;

    private final long retries;
    private final PrintStream err;
    private final IdentityHashMap<Endpoint, HostPort> names = new IdentityHashMap<>();

    private HostResolver(long retries, PrintStream err) {
        this.retries = retries;
        this.err = err;
    }

    /** A resolver that follows the environment and says on {@code err} that it waits. */
    public static HostResolver of(Map<String, String> environment, PrintStream err) {
        final String text = environment.get("WG_ENDPOINT_RESOLUTION_RETRIES");
        if (text == null) {
            return new HostResolver(DEFAULT_RETRIES, err);
        }
        if (text.equals("infinity")) {
            return new HostResolver(Long.MAX_VALUE, err);
        }
        try {
            return new HostResolver(Integer.parseUnsignedInt(text), err);
        } catch (NumberFormatException e) {
            err.println("Unable to parse WG_ENDPOINT_RESOLUTION_RETRIES: `" + text + "'");
            return new HostResolver(DEFAULT_RETRIES, err);
        }
    }

    /** The endpoint; names are looked up, and the first address counts. */
    public Endpoint resolve(HostPort endpoint) throws ConfigException {
        final byte[] literal = endpoint.toString().getBytes(StandardCharsets.UTF_8);
        final Endpoint known = new InetReader().endpoint(literal, 0, literal.length, ScopeNames.SYSTEM);
        if (known != null) {
            return known;
        }
        if (endpoint.host().indexOf(':') >= 0) {
            throw new ConfigException(null, 0, null, null, Reason.BAD_ENDPOINT, endpoint.toString());
        }
        long pauseMs = FIRST_PAUSE_MS;
        for (long tried = 0; ; tried++) {
            try {
                final Endpoint found = Endpoint.of(new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()));
                names.put(found, endpoint);
                return found;
            } catch (UnknownHostException e) {
                final boolean passing = e.getMessage() != null && e.getMessage().toLowerCase(Locale.ROOT).contains("temporary");
                if (!passing || tried >= retries || !pause(endpoint, pauseMs)) {
                    throw new ConfigException(null, 0, null, null, Reason.UNKNOWN_HOST, endpoint.toString());
                }
                pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 6 / 5);
            }
        }
    }

    /** The names behind the endpoints of {@code change} that this resolver found: a daemon of ours looks them up again when it must. */
    public Map<PublicKey, HostPort> namesIn(DeviceChange change) {
        final Map<PublicKey, HostPort> found = new LinkedHashMap<>();
        for (final PeerChange peer : change.peers()) {
            final HostPort name = peer.endpoint() == null ? null : names.get(peer.endpoint());
            if (name != null) {
                found.put(peer.publicKey(), name);
            }
        }
        return found;
    }

    private boolean pause(HostPort endpoint, long pauseMs) {
        err.printf(Locale.ROOT, "Temporary failure in name resolution: `%s'. Trying again in %.2f seconds...%n", endpoint,
                pauseMs / 1000.0);
        try {
            Thread.sleep(pauseMs);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
