package org.wgjvm.core.handover;

/** Bytes that are not the state of a device, or of a format that this version does not know. The message never contains a secret. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1;

    /** Says what is wrong. */
    public StateException(String message) {
        super(message);
    }
}
