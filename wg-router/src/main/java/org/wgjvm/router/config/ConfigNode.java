package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.router.config.ConfigError.Path;

/** A block of the configuration as it was read: its leaves and blocks with their lines, nothing of it understood yet. */
final class ConfigNode {
    /** A value, and the line it is on. */
    record Value(String text, int line) {}

    private final Element element;
    private final List<String> keys;
    private final int line;
    private final Map<String, List<Value>> leaves = new LinkedHashMap<>();
    private final Map<String, Map<List<String>, ConfigNode>> blocks = new LinkedHashMap<>();

    ConfigNode(Element element, List<String> keys, int line) {
        this.element = element;
        this.keys = List.copyOf(keys);
        this.line = line;
    }

    Element element() {
        return element;
    }

    int line() {
        return line;
    }

    String key(int index) {
        return keys.get(index);
    }

    /** How it is called in a path. */
    String step() {
        return keys.isEmpty() ? element.keyword() : element.keyword() + " " + String.join(" ", keys);
    }

    /** The block of that kind and keys in this one, made when it is not there: naming a block again continues it. */
    ConfigNode block(Element kind, List<String> withKeys, int onLine) {
        return blocks.computeIfAbsent(kind.keyword(), k -> new LinkedHashMap<>())
                .computeIfAbsent(List.copyOf(withKeys), k -> new ConfigNode(kind, k, onLine));
    }

    /** Sets a leaf, or adds to a list. */
    void leaf(Element kind, Value value) {
        final List<Value> values = leaves.computeIfAbsent(kind.keyword(), k -> new ArrayList<>(1));
        if (!kind.list()) {
            values.clear();
        }
        values.add(value);
    }

    /** The blocks of that kind, in order. */
    List<ConfigNode> blocks(String keyword) {
        return List.copyOf(blocks.getOrDefault(keyword, Map.of()).values());
    }

    /** The only block of that kind, or null. */
    ConfigNode only(String keyword) {
        return blocks.getOrDefault(keyword, Map.of()).get(List.of());
    }

    /** The block of that kind and keys, or null. */
    ConfigNode find(String keyword, List<String> withKeys) {
        return blocks.getOrDefault(keyword, Map.of()).get(withKeys);
    }

    List<String> keys() {
        return keys;
    }

    /** The value of the leaf, or null. */
    Value value(String keyword) {
        final List<Value> values = leaves.get(keyword);
        return values == null ? null : values.getFirst();
    }

    /** The values of a list, in order. */
    List<Value> values(String keyword) {
        return leaves.getOrDefault(keyword, List.of());
    }

    /** The line of the element at the end of {@code path}, or of the innermost block on the way there; 0 when that has none. */
    int lineOf(Path path) {
        ConfigNode at = this;
        int found = 0;
        for (final String step : path.steps()) {
            final String[] words = step.split(" ");
            final ConfigNode child = at.blocks.getOrDefault(words[0], Map.of()).get(List.of(words).subList(1, words.length));
            if (child == null) {
                final Value leaf = at.value(words[0]);
                return leaf == null ? found : leaf.line();
            }
            at = child;
            found = child.line;
        }
        return found;
    }

    /** Lays {@code other} over this block: its leaves replace ours, its lists add, its blocks continue ours. */
    void merge(ConfigNode other) {
        other.leaves.forEach((keyword, values) -> values.forEach(value -> leaf(element.elements().get(keyword), value)));
        other.blocks.forEach((keyword, named) -> named.forEach(
                (withKeys, child) -> block(element.elements().get(keyword), withKeys, child.line).merge(child)));
    }
}
