package org.wgjvm.router.plane;

/** Why the router dropped a packet. Each is counted by tenant and service ({@link PairCounters}); nothing is thrown on the packet path. */
public enum RouterDropReason {
    /** Not a whole IP packet, or one whose transport header is cut off. */
    MALFORMED("malformed"),
    /** It came in on an interface that the committed configuration does not have. */
    NO_INTERFACE("no-interface"),
    /** Its time to live ended here. */
    TTL_EXPIRED("ttl-expired"),
    /** A later fragment whose first one was not seen, or not allowed. */
    FRAGMENT("fragment"),
    /** No service of its tenant has this destination, transport and port. */
    NO_SERVICE("no-service"),
    /** An access policy of the service says no. */
    ACCESS_DENIED("access-denied"),
    /** The service is allowed, but neither a service-route nor an interface leads to it. */
    NO_NEXT_HOP("no-next-hop"),
    /** The interface that it would leave by is down, or not there. */
    EGRESS_DOWN("egress-down"),
    /** The interface that it would leave by did not take it. */
    EGRESS_OVERFLOW("egress-overflow"),
    /** As many sessions as the table holds. */
    SESSION_TABLE_FULL("session-table-full"),
    /** No source port is left that tells the replies of this session from those of another to the same NAT target. */
    NAT_PORTS_EXHAUSTED("nat-ports-exhausted"),
    /** A reply within a session that the configuration, since it began, no longer allows. */
    SESSION_CUT("session-cut"),
    /** An ICMP error, or an echo reply, that belongs to no session. */
    ICMP_UNRELATED("icmp-unrelated");

    private final String label;

    RouterDropReason(String label) {
        this.label = label;
    }

    /** Label for people and metrics. */
    public String label() {
        return label;
    }
}
