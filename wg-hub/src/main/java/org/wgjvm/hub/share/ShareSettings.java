package org.wgjvm.hub.share;

import java.util.List;

/**
 * How an agent shares.
 *
 * @param prefix of all keys in the store, with the slash at its end
 * @param host the node's name
 * @param successors the hosts that may take over this host's hubs, in order; empty for none
 * @param secret fingerprint of the secret file, or empty
 * @param leaseSeconds how long an agent may be silent before it counts as gone
 */
public record ShareSettings(String prefix, String host, List<String> successors, String secret, int leaseSeconds) {
    /** Copies the list. */
    public ShareSettings {
        successors = List.copyOf(successors);
    }

    /** How long a hub may go on after a renewal was sent. */
    long validNs() {
        return leaseSeconds * 750_000_000L;
    }

    /** How long a host has to be away before something is taken from it: the time in which it has let go, and as much again. */
    long graceNs() {
        return leaseSeconds * 250_000_000L;
    }
}
