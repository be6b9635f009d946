package org.wgjvm.core.config;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.wgjvm.core.device.DeviceStatistics;

/** How a running device is configured and read from any thread: what the UAPI server and an embedding program hold. */
public interface DeviceControl {
    /**
     * Applies a transaction. Nothing else happens on the device between its parts.
     *
     * @return completes with 0, or with a negative error number of the kind the UAPI reports (such as {@code -98}, EADDRINUSE, for a listen
     *     port in use); what could be applied has been
     */
    CompletionStage<Integer> apply(DeviceChange change);

    /** The state at one moment, private key included. */
    CompletionStage<DeviceSnapshot> snapshot();

    /** Counts, and what can be told without a secret; fails with {@link UnsupportedOperationException} where nothing is counted. */
    default CompletionStage<DeviceStatistics> statistics() {
        return CompletableFuture.failedStage(new UnsupportedOperationException("nothing is counted here"));
    }
}
