package org.wgjvm.endpoint.cli;

/** A command cannot do what it is asked; the message is for the user, in one line. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }
}
