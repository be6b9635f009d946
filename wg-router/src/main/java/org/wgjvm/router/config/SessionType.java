package org.wgjvm.router.config;

import java.util.List;

/**
 * How long sessions of a kind may be silent.
 *
 * @param name as shown
 * @param serviceClass name of their traffic class, or null
 * @param timeoutMs milliseconds without a packet after which a session ends, or null for the default
 * @param transports which sessions are of the kind
 * @param generated whether a commit made it
 */
public record SessionType(String name, String serviceClass, Long timeoutMs, List<Transport> transports, boolean generated)
        implements Named {
    /** The timeout of sessions without a type of their own, in milliseconds. */
    public static final long DEFAULT_TIMEOUT_MS = 180_000;

    /** Copies the list. */
    public SessionType {
        transports = List.copyOf(transports);
    }
}
