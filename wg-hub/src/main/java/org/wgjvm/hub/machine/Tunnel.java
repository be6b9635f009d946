package org.wgjvm.hub.machine;

import java.io.IOException;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.device.DeviceStatistics;

/** A WireGuard interface of ours. One thread at a time; what cannot be done is thrown and may be tried again. */
public interface Tunnel extends AutoCloseable {
    /** Whether something took it away: its namespace was deleted, say. */
    boolean isGone();

    /** Brings it to a namespace if it is not there; it is then down. */
    void place(String namespace) throws IOException;

    /** Brings link, addresses and routes to what is wanted. */
    void link(LinkPlan plan) throws IOException;

    /** Changes keys and peers. */
    void configure(DeviceChange change) throws IOException;

    /** What it has counted, without any secret; null when it has nothing to tell. */
    DeviceStatistics statistics() throws IOException;

    /** Removes it. Idempotent. */
    @Override
    void close();
}
