package org.wgjvm.endpoint.daemon;

/** The daemon cannot start; the message says why in one line. */
public final class DaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    DaemonException(String message) {
        super(message);
    }
}
