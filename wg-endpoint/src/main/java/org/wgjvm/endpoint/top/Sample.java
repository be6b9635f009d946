package org.wgjvm.endpoint.top;

import java.util.Map;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.control.StatisticsLines;

/**
 * What one interface said at one moment.
 *
 * @param snapshot from its UAPI socket
 * @param counts from the control channel, which only a daemon of ours has; else null
 * @param names of peers that have one
 */
record Sample(DeviceSnapshot snapshot, StatisticsLines.Counts counts, Map<PublicKey, String> names) {}
