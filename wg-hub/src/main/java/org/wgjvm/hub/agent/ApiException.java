package org.wgjvm.hub.agent;

import org.wgjvm.hub.port.FieldException;

/** A request that is refused: nothing of it was done. */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String field;

    /**
     * Refuses.
     *
     * @param status as in HTTP
     * @param field which field is the reason, or empty
     */
    public ApiException(int status, String field, String message) {
        super(message);
        this.status = status;
        this.field = field;
    }

    /** A request that cannot be read. */
    public static ApiException of(FieldException e) {
        return new ApiException(400, e.field(), e.reason());
    }

    /** There is no such thing. */
    public static ApiException notFound(String what) {
        return new ApiException(404, "", "there is no " + what);
    }

    /** As in HTTP. */
    public int status() {
        return status;
    }

    /** Which field is the reason, or empty. */
    public String field() {
        return field;
    }
}
