package org.wgjvm.dataplane;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.wgjvm.core.device.DeviceStatistics;
import org.wgjvm.transport.UdpStatistics;
import org.wgjvm.tun.PortCounter;

/**
 * What a data plane has counted since it started, at one moment. There is no secret in it.
 *
 * @param device the protocol: peers, handshakes, drops
 * @param bind what drives the sockets, such as {@code linux-epoll}, or empty when none are open
 * @param udp the sockets, of all that were open one after another
 * @param port the inside
 * @param loop sizes and durations of batches
 */
public record DataPlaneStatistics(
        DeviceStatistics device, String bind, UdpStatistics udp, Map<PortCounter, Long> port, LoopStatistics loop) {
    /** Copies the map. */
    public DataPlaneStatistics {
        final Map<PortCounter, Long> copy = new EnumMap<>(PortCounter.class);
        copy.putAll(port);
        port = Collections.unmodifiableMap(copy);
    }
}
