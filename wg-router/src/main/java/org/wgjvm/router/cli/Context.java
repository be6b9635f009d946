package org.wgjvm.router.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.wgjvm.router.config.ConfigException;
import org.wgjvm.router.config.Configuration;
import org.wgjvm.router.profile.RunningRouter;

/** What a command works on: streams, a configuration, and perhaps a running router. */
final class Context {
    private final PrintStream out;
    private final PrintStream err;
    private Path state;
    private String text;
    private Configuration configuration;
    private RunningRouter router;

    Context(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Path state() {
        return state;
    }

    void state(Path value) {
        state = value;
    }

    void text(String value) {
        text = value;
    }

    void configuration(Configuration value) {
        configuration = value;
    }

    void router(RunningRouter value) {
        router = value;
        configuration = value.configuration();
    }

    Configuration configuration() {
        return configuration;
    }

    RunningRouter router() throws CommandException {
        if (router == null) {
            throw new CommandException("no router runs in " + state + ": start one with wg-router run");
        }
        return router;
    }

    boolean isRunning() {
        return router != null;
    }

    /** The text of a file that a command names: what the asking side has sent of it, or the file itself. */
    Reader file(String name) throws IOException, CommandException {
        return text != null ? new StringReader(text) : Files.newBufferedReader(existing(name));
    }

    static Path existing(String name) throws CommandException {
        final Path path = Path.of(name);
        if (!Files.isReadable(path)) {
            throw new CommandException("cannot read " + name);
        }
        return path;
    }

    /** A reason to fail that needs no stack trace. */
    static String reason(Exception e) {
        if (e instanceof ConfigException || e instanceof CommandException) {
            return e.getMessage();
        }
        return e instanceof NoSuchFileException ? "no such file: " + e.getMessage() : e.getMessage() == null ? e.toString()
                : e.getMessage();
    }
}
