package org.wgjvm.router.config;

import java.util.List;

/**
 * A traffic class.
 *
 * @param name as referred to
 * @param dscp the code point that marks its packets, 0 to 63
 */
public record ServiceClass(String name, int dscp) implements Named {
    /** The classes of RFC 4594, which need not be configured. */
    public static final List<ServiceClass> PREDEFINED = List.of(
            new ServiceClass("NetworkControl", 48),
            new ServiceClass("Telephony", 46),
            new ServiceClass("Signaling", 40),
            new ServiceClass("MultimediaConferencing", 34),
            new ServiceClass("RealTimeInteractive", 32),
            new ServiceClass("MultimediaStreaming", 26),
            new ServiceClass("BroadcastVideo", 24),
            new ServiceClass("LowLatencyData", 18),
            new ServiceClass("OAM", 16),
            new ServiceClass("HighThroughputData", 10),
            new ServiceClass("Standard", 0),
            new ServiceClass("LowPriorityData", 8));
}
