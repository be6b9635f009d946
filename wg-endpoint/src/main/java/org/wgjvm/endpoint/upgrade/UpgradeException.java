package org.wgjvm.endpoint.upgrade;

import java.io.IOException;

/** An upgrade did not happen; the message says why in one line. */
public final class UpgradeException extends IOException {
    private static final long serialVersionUID = 1;

    /** {@code message} is one line without secrets. */
    public UpgradeException(String message) {
        super(message);
    }

    /** The same with a cause. */
    public UpgradeException(String message, Throwable cause) {
        super(message, cause);
    }
}
