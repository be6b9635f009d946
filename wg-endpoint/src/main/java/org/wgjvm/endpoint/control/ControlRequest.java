package org.wgjvm.endpoint.control;

import java.util.List;

/**
 * A request on the control channel. On the wire it is a line of the command and its arguments, separated by tabs, then any number of lines
 * that are not empty, then an empty line.
 *
 * @param command what is to be done
 * @param arguments words without tabs or line ends
 * @param body lines that follow
 */
public record ControlRequest(String command, List<String> arguments, List<String> body) {
    /** Copies the lists; throws {@link IllegalArgumentException} for what the wire cannot carry. */
    public ControlRequest {
        arguments = List.copyOf(arguments);
        body = List.copyOf(body);
        if (command.isEmpty() || isUnfit(command) || arguments.stream().anyMatch(ControlRequest::isUnfit)) {
            throw new IllegalArgumentException("a command or argument is empty, or has a tab or line end in it");
        }
        if (body.stream().anyMatch(l -> l.isEmpty() || isSplit(l))) {
            throw new IllegalArgumentException("a line is empty or has a line end in it");
        }
    }

    /** A command with nothing but arguments. */
    public static ControlRequest of(String command, String... arguments) {
        return new ControlRequest(command, List.of(arguments), List.of());
    }

    private static boolean isUnfit(String word) {
        return word.indexOf('\t') >= 0 || isSplit(word);
    }

    private static boolean isSplit(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }

    /** As it goes over the wire. */
    String toWire() {
        final StringBuilder text = new StringBuilder(command);
        arguments.forEach(a -> text.append('\t').append(a));
        text.append('\n');
        body.forEach(l -> text.append(l).append('\n'));
        return text.append('\n').toString();
    }
}
