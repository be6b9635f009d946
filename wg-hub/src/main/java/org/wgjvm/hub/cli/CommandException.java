package org.wgjvm.hub.cli;

/** A command that cannot be done, with a reason that needs no stack trace. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    CommandException(String reason) {
        super(reason);
    }
}
