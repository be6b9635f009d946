package org.wgjvm.hub.port;

/** A field of a request that cannot be accepted: which one, and why. It never quotes a secret. */
public final class FieldException extends Exception {
    private static final long serialVersionUID = 1;

    private final String field;
    private final String reason;

    /**
     * Names the field.
     *
     * @param field its path, such as {@code fixed_ips[0].ip_address}; empty for the whole of it
     */
    public FieldException(String field, String reason) {
        super(field.isEmpty() ? reason : field + ": " + reason);
        this.field = field;
        this.reason = reason;
    }

    /** Path of the field. */
    public String field() {
        return field;
    }

    /** What is wrong with it. */
    public String reason() {
        return reason;
    }
}
