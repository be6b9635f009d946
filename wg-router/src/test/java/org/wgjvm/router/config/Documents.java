package org.wgjvm.router.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The examples of the document that the router follows, to the letter. */
public final class Documents {
    private Documents() {}

    /** The text of an example. */
    public static String text(String name) {
        try (var in = Documents.class.getResourceAsStream("/document/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Reader reader(String name) {
        return new StringReader(text(name));
    }

    /** The example of router dc2 with its exits put where its indentation of the node shows that they are meant. */
    public static String dc2Nested() {
        final String wrong = text("dc2.conf");
        final int node = wrong.indexOf("    node  ");
        final int routerExit = wrong.lastIndexOf("    exit\n", node);
        final String body = wrong.substring(node);
        final int nodeExit = body.indexOf("\n    exit\n") + "\n    exit\n".length();
        return wrong.substring(0, routerExit) + body.substring(0, nodeExit) + "    exit\n" + body.substring(nodeExit);
    }
}
