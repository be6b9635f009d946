package org.wgjvm.endpoint.uapi;

import java.io.IOException;

/** A device answered with an error number. */
public final class UapiException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /** {@code errno} without a sign. */
    public UapiException(int errno, String text) {
        super(text);
        this.errno = errno;
    }

    /** The error number, positive. */
    public int errno() {
        return errno;
    }
}
