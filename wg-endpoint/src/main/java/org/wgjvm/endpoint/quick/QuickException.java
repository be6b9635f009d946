package org.wgjvm.endpoint.quick;

/** An interface could not be brought up or down; the message says why in one line. */
public final class QuickException extends Exception {
    private static final long serialVersionUID = 1L;

    QuickException(String message) {
        super(message);
    }
}
