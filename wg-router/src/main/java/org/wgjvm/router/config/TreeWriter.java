package org.wgjvm.router.config;

import java.util.List;

/** Writes the text form of a tree, right values and wrong ones: a candidate as it was given. */
final class TreeWriter {
    private TreeWriter() {}

    static String write(ConfigNode root) {
        final StringBuilder text = new StringBuilder();
        write(root, 0, text);
        return text.toString();
    }

    private static void write(ConfigNode node, int depth, StringBuilder out) {
        line(depth, node.element().keyword(), node.keys(), out);
        for (final Element element : node.element().elements().values()) {
            if (element.isLeaf()) {
                node.values(element.keyword()).forEach(value -> line(depth + 1, element.keyword(), List.of(value.text()), out));
            } else {
                node.blocks(element.keyword()).forEach(child -> write(child, depth + 1, out));
            }
        }
        line(depth, "exit", List.of(), out);
    }

    private static void line(int depth, String keyword, List<String> words, StringBuilder out) {
        out.append("  ".repeat(depth)).append(keyword);
        words.forEach(word -> out.append(' ').append(TextWriter.word(word)));
        out.append('\n');
    }
}
