package org.wgjvm.endpoint.control;

import java.io.IOException;

/** A request was refused; the message says why in one line, and is shown to whoever asked. */
public final class ControlException extends IOException {
    private static final long serialVersionUID = 1L;

    /** {@code message} is one line without secrets. */
    public ControlException(String message) {
        super(message);
    }
}
