package org.wgjvm.dataplane;

/** What an event loop spends its time on. The first four are turns of the loop; the others are parts of those. */
public enum Stage {
    /** A batch from the inside: route, seal, send. */
    OUTBOUND("outbound"),
    /** A batch from the outside: open, check, deliver. */
    INBOUND("inbound"),
    /** A slice of handshake messages. */
    HANDSHAKES("handshakes"),
    /** Timers that were due. */
    TIMERS("timers"),
    /** The cipher, on a batch to send. */
    SEAL("seal"),
    /** The cipher, on a received batch. */
    OPEN("open"),
    /** The system calls that send. */
    SEND("send"),
    /** The system calls that deliver to the inside. */
    DELIVER("deliver");

    /** How many are turns of the loop, and come first. */
    static final int TURNS = 4;

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    /** Label for metrics. */
    public String label() {
        return label;
    }
}
