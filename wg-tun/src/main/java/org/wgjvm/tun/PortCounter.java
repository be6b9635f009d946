package org.wgjvm.tun;

/** What a {@link PacketPort} counts. */
public enum PortCounter {
    READ_PACKETS("packets read from the inside, superframes counted by their parts"),
    READ_SUPERFRAMES("superframes read from the inside and split"),
    READ_MALFORMED("frames read from the inside and dropped because their headers contradict each other"),
    READ_OVERFLOW("packets from the inside dropped because a queue was full or a packet did not fit"),
    WRITTEN_PACKETS("packets written to the inside, coalesced ones counted by their parts"),
    WRITTEN_SUPERFRAMES("superframes of several packets written to the inside"),
    WRITE_OVERFLOW("packets to the inside dropped because it had no room"),
    WRITE_REFUSED("packets to the inside dropped because it refused them: interface down, or not an IP packet"),
    OFFLOAD_RETREATS("times that an offload was switched off because the kernel refused a superframe");

    private final String description;

    PortCounter(String description) {
        this.description = description;
    }

    /** One line for people. */
    public String description() {
        return description;
    }
}
