package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What has changed between two configurations, as lines of the text form: {@code +} for what is new and {@code -} for what is gone, under
 * the
 * blocks that they are in. Preshared keys are not shown.
 */
final class Difference {
    private final StringBuilder out = new StringBuilder();
    private final List<String> pending = new ArrayList<>();

    private Difference() {}

    /** The difference as text; empty when there is none. */
    static String between(Authority before, Authority after) {
        try {
            final Difference difference = new Difference();
            difference.compare(TextReader.read(TextWriter.write(before)), TextReader.read(TextWriter.write(after)), 0);
            return difference.out.toString();
        } catch (ConfigException e) {
            throw new IllegalStateException("a configuration as written cannot be read", e);
        }
    }

    private void compare(ConfigNode before, ConfigNode after, int depth) {
        pending.add(" ".repeat(2 + 2 * depth) + after.step());
        for (final Element element : after.element().elements().values()) {
            if (element.isLeaf()) {
                leaf(element, before, after, depth + 1);
            } else {
                for (final ConfigNode gone : before.blocks(element.keyword())) {
                    if (after.find(element.keyword(), gone.keys()) == null) {
                        whole('-', gone, depth + 1);
                    }
                }
                for (final ConfigNode now : after.blocks(element.keyword())) {
                    final ConfigNode then = before.find(element.keyword(), now.keys());
                    if (then == null) {
                        whole('+', now, depth + 1);
                    } else {
                        compare(then, now, depth + 1);
                    }
                }
            }
        }
        if (!pending.isEmpty()) {
            pending.removeLast(); // nothing in here differs
        }
    }

    private void leaf(Element element, ConfigNode before, ConfigNode after, int depth) {
        final List<String> then = texts(element, before);
        final List<String> now = texts(element, after);
        for (final String value : then) {
            if (!now.contains(value)) {
                line('-', depth, element, value);
            }
        }
        for (final String value : now) {
            if (!then.contains(value)) {
                line('+', depth, element, value);
            }
        }
    }

    private static List<String> texts(Element element, ConfigNode node) {
        return node.values(element.keyword()).stream().map(ConfigNode.Value::text).toList();
    }

    private void whole(char sign, ConfigNode node, int depth) {
        write(sign + " ".repeat(1 + 2 * depth) + node.step());
        for (final Element element : node.element().elements().values()) {
            if (element.isLeaf()) {
                texts(element, node).forEach(value -> line(sign, depth + 1, element, value));
            } else {
                node.blocks(element.keyword()).forEach(child -> whole(sign, child, depth + 1));
            }
        }
    }

    private void line(char sign, int depth, Element element, String value) {
        write(sign + " ".repeat(1 + 2 * depth) + element.keyword() + " " + (element.secret() ? "(secret)" : TextWriter.word(value)));
    }

    private void write(String line) {
        for (final String header : pending) {
            out.append(header).append('\n');
        }
        pending.clear();
        out.append(line).append('\n');
    }
}
