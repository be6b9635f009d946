package org.wgjvm.dataplane.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Packets of one batch that were dropped for one reason. */
@Name("wgjvm.Drops")
@Label("Drops")
@Category("WireGuard")
@Description("Packets of one turn of the loop that were dropped for one reason")
@StackTrace(false)
public final class DropsEvent extends Event {
    /** The label of a {@code DropReason}. */
    @Label("Reason")
    public String reason;

    /** The label of the {@code Stage} during which it happened. */
    @Label("Stage")
    public String stage;

    /** How many. */
    @Label("Packets")
    public long packets;
}
