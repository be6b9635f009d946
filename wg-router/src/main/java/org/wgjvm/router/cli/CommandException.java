package org.wgjvm.router.cli;

/** A command that cannot be done, and why in a line. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }
}
