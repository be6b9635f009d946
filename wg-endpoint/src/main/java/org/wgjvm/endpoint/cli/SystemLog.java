package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The system's log, by way of {@code logger(1)}; where there is none, what is written goes nowhere. */
final class SystemLog implements AutoCloseable {
    private static final Path LOGGER = Path.of("/usr/bin/logger");

    private final PrintStream stream;

    SystemLog() throws IOException {
        final OutputStream out;
        if (Files.isExecutable(LOGGER)) {
            out = new ProcessBuilder(LOGGER.toString(), "-t", "wg-jvm")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream();
        } else {
            out = OutputStream.nullOutputStream();
        }
        stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** Its lines are entries. */
    PrintStream stream() {
        return stream;
    }

    @Override
    public void close() {
        stream.close();
    }
}
