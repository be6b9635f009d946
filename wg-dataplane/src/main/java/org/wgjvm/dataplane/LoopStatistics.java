package org.wgjvm.dataplane;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an event loop did for one device.
 *
 * @param timed whether durations are measured now
 * @param outboundPackets packets in a batch from the inside
 * @param inboundPackets datagrams in a batch from the outside
 * @param durationNs how long each stage of a batch took in nanoseconds, while that was measured
 */
public record LoopStatistics(boolean timed, Histogram outboundPackets, Histogram inboundPackets, Map<Stage, Histogram> durationNs) {
    /** Copies the map. */
    public LoopStatistics {
        final Map<Stage, Histogram> copy = new EnumMap<>(Stage.class);
        copy.putAll(durationNs);
        durationNs = Collections.unmodifiableMap(copy);
    }
}
