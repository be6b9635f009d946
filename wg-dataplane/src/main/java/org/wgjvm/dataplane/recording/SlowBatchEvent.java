package org.wgjvm.dataplane.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A turn of the loop that took long: 10 ms, or the threshold that a recording sets. */
@Name("wgjvm.SlowBatch")
@Label("Slow Batch")
@Category("WireGuard")
@Description("A turn of a device's event loop that took longer than the threshold")
@StackTrace(false)
@Threshold("10 ms")
public final class SlowBatchEvent extends Event {
    /** The label of a {@code Stage}. */
    @Label("Stage")
    public String stage;

    /** Packets in the batch; 0 for handshakes and timers. */
    @Label("Packets")
    public int packets;
}
