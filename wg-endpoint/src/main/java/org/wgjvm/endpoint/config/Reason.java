package org.wgjvm.endpoint.config;

/** Why a configuration is refused. */
public enum Reason {
    NOT_READABLE("cannot be read"),
    UNKNOWN_SECTION("no such section (there are [Interface] and [Peer])"),
    OUTSIDE_SECTION("stands before the first section"),
    NO_EQUALS_SIGN("is neither a section nor 'key = value'"),
    UNKNOWN_KEY("no such key in this section"),
    MISSING_VALUE("has no value"),
    MISSING_PUBLIC_KEY("the peer has no PublicKey"),
    BAD_KEY("is not a key: 44 characters of base64 are needed"),
    BAD_KEY_FILE("is not a file with a key in it"),
    BAD_PORT("is not a port from 0 to 65535"),
    BAD_FWMARK("is neither off nor a number from 0 to 0xffffffff"),
    BAD_KEEPALIVE("is neither off nor a number of seconds from 0 to 65535"),
    BAD_ALLOWED_IP("is not an address or address/length"),
    BAD_ENDPOINT("is not host:port, 192.0.2.1:port or [2001:db8::1]:port"),
    UNKNOWN_HOST("cannot be resolved to an address"),
    BAD_ADDRESS("is not an address or address/length"),
    BAD_DNS("is neither an address nor a domain"),
    BAD_MTU("is not a number of bytes from 68 to 65535"),
    BAD_TABLE("is neither off, auto, a number nor the name of a routing table"),
    BAD_BOOLEAN("is neither true nor false"),
    BAD_INTERFACE_NAME("is not a name for an interface: 1 to 15 of a-z A-Z 0-9 _ = + . - and then .conf");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** A phrase that follows the offending text. */
    public String text() {
        return text;
    }
}
