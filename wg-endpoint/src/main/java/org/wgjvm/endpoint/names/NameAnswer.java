package org.wgjvm.endpoint.names;

import java.net.InetAddress;
import java.util.List;

/**
 * What a name stands for.
 *
 * @param addresses at least one
 * @param ttlSeconds for how long that may be believed
 */
public record NameAnswer(List<InetAddress> addresses, long ttlSeconds) {
    /** Copies the list. */
    public NameAnswer {
        addresses = List.copyOf(addresses);
    }
}
