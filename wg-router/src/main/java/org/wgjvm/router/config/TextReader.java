package org.wgjvm.router.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.wgjvm.router.config.ConfigError.Path;

/**
 * Reads the text form, a line at a time: {@code config} and {@code exit} around blocks, which nest. Indentation means nothing; a line that
 * begins with {@code #} is a comment; a value with spaces stands in quotes, in which {@code \"}, {@code \\}, {@code \n} and {@code \t} mean
 * what they do in Java. Only structure is checked here; the first thing that is wrong with it ends the reading, since what follows a wrong
 * nesting cannot be understood.
 */
final class TextReader {
    /** Lines of lists may be long; one without an end is not a configuration. */
    static final int MAX_LINE_CHARS = 16 << 20;

    private final Reader in;
    private final Deque<ConfigNode> open = new ArrayDeque<>();
    private final ConfigNode root = new ConfigNode(Element.CONFIG, List.of(), 1);
    private final StringBuilder text = new StringBuilder();
    private int line;
    private int lastRouterExit;
    private String lastRouter;

    private TextReader(Reader in) {
        this.in = in;
    }

    /** The tree under {@code config}. Does not close the reader. */
    static ConfigNode read(Reader in) throws IOException, ConfigException {
        return new TextReader(in).read();
    }

    static ConfigNode read(String text) throws ConfigException {
        try {
            return read(new StringReader(text));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ConfigNode read() throws IOException, ConfigException {
        while (nextLine()) {
            final List<String> tokens = tokens();
            if (!tokens.isEmpty()) {
                statement(tokens);
            }
        }
        if (!open.isEmpty()) {
            final ConfigNode last = open.peek();
            throw fail(null, "the text ends inside of " + last.step() + ", which was opened on line " + last.line()
                    + ": an exit is missing");
        }
        return root;
    }

    private boolean nextLine() throws IOException, ConfigException {
        text.setLength(0);
        line++;
        int c = in.read();
        if (c < 0) {
            return false;
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (text.length() == MAX_LINE_CHARS) {
                throw fail(null, "the line is longer than " + MAX_LINE_CHARS + " characters");
            }
            text.append((char) c);
        }
        if (!text.isEmpty() && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        return true;
    }

    private List<String> tokens() throws ConfigException {
        final List<String> tokens = new ArrayList<>(2);
        int at = 0;
        while (true) {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (at == text.length() || (tokens.isEmpty() && text.charAt(at) == '#')) {
                return tokens;
            }
            if (text.charAt(at) == '"') {
                at = quoted(at + 1, tokens);
            } else {
                final int from = at;
                while (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
                    final char c = text.charAt(at++);
                    if (c == '"' || Character.isISOControl(c)) {
                        throw fail(null, c == '"' ? "a quote in the middle of a word" : "a control character");
                    }
                }
                tokens.add(text.substring(from, at));
            }
        }
    }

    private int quoted(int from, List<String> tokens) throws ConfigException {
        final StringBuilder value = new StringBuilder();
        int at = from;
        while (at < text.length()) {
            final char c = text.charAt(at++);
            if (c == '"') {
                if (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
                    throw fail(null, "a closing quote in the middle of a word");
                }
                tokens.add(value.toString());
                return at;
            }
            if (c != '\\') {
                if (Character.isISOControl(c) && c != '\t') {
                    throw fail(null, "a control character");
                }
                value.append(c);
                continue;
            }
            switch (at < text.length() ? text.charAt(at++) : 0) {
                case '"' -> value.append('"');
                case '\\' -> value.append('\\');
                case 'n' -> value.append('\n');
                case 't' -> value.append('\t');
                default -> throw fail(null, "an escape other than \\\", \\\\, \\n and \\t");
            }
        }
        throw fail(null, "a quote that is not closed on its line");
    }

    private void statement(List<String> tokens) throws ConfigException {
        final String keyword = tokens.getFirst();
        final List<String> arguments = tokens.subList(1, tokens.size());
        if (open.isEmpty()) {
            if (!keyword.equals("config") || !arguments.isEmpty()) {
                throw fail(keyword, keyword.equals("exit") ? "exit, but nothing is open" : "a configuration begins with the line config");
            }
            open.push(root);
            return;
        }
        if (keyword.equals("exit")) {
            if (!arguments.isEmpty()) {
                throw fail(arguments.getFirst(), "nothing may follow exit");
            }
            final ConfigNode closed = open.pop();
            if (closed.element().keyword().equals("router")) {
                lastRouter = closed.step();
                lastRouterExit = line;
            }
            return;
        }
        final ConfigNode in = open.peek();
        final Element element = in.element().elements().get(keyword);
        if (element == null) {
            throw fail(keyword, "is not an element of " + in.element().keyword() + hint(in, keyword));
        }
        if (element.isLeaf()) {
            leaf(in, element, arguments);
        } else {
            if (arguments.size() != element.keys()) {
                throw fail(keyword, "takes " + element.keys() + " name" + (element.keys() == 1 ? "" : "s") + ", not " + arguments.size());
            }
            open.push(in.block(element, arguments, line));
        }
    }

    private void leaf(ConfigNode in, Element element, List<String> values) throws ConfigException {
        if (values.isEmpty() || (values.size() > 1 && !element.list())) {
            final String reason = values.isEmpty() ? "a value is missing" : "one value is wanted, not " + values.size();
            throw new ConfigException(new ConfigError(line, path().then(element.keyword()), null, reason
                    + (values.size() > 1 ? ": put a value with spaces in quotes" : "")));
        }
        for (final String value : values) {
            in.leaf(element, new ConfigNode.Value(value, line));
        }
    }

    /** The usual mistake is an exit too many: then what comes next is an element of the block that was closed. */
    private String hint(ConfigNode in, String keyword) {
        final Element router = Element.CONFIG.elements().get("authority").elements().get("router");
        if (in.element().keyword().equals("authority") && lastRouter != null && router.elements().containsKey(keyword)) {
            return ", but of router: the exit on line " + lastRouterExit + " has closed " + lastRouter + " before this line";
        }
        return "";
    }

    private Path path() {
        final List<String> steps = new ArrayList<>();
        for (final Iterator<ConfigNode> nodes = open.descendingIterator(); nodes.hasNext(); ) {
            final ConfigNode node = nodes.next();
            if (node != root) {
                steps.add(node.step());
            }
        }
        return new Path(steps);
    }

    private ConfigException fail(String value, String reason) {
        return new ConfigException(new ConfigError(line, path(), value, reason));
    }
}
