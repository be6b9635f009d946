package org.wgjvm.endpoint.demo;

/** The demonstration failed; the message says at what. */
public final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }
}
