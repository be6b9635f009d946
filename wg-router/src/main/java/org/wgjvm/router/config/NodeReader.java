package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.ConfigError.Path;

/** Understands the values of one block, and collects what is wrong with them: a wrong value reads as null. */
final class NodeReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,62}");

    private final ConfigNode node;
    private final Path path;
    private final List<ConfigError> errors;

    NodeReader(ConfigNode node, Path path, List<ConfigError> errors) {
        this.node = node;
        this.path = path;
        this.errors = errors;
    }

    Path path() {
        return path;
    }

    String key(int index) {
        return node.key(index);
    }

    /** The block's name, which is its key; the leaf {@code name}, where there is one, must repeat it. */
    String name() {
        return name("name");
    }

    String name(String leaf) {
        final String key = node.key(0);
        checkName(key, node.line(), path);
        sameAsKey(leaf, key);
        return key;
    }

    /** A leaf that may only repeat a key of the block. */
    void sameAsKey(String leaf, String key) {
        final ConfigNode.Value repeated = node.value(leaf);
        if (repeated != null && !repeated.text().equals(key)) {
            error(leaf, repeated, "differs from " + key + ", by which the block was opened");
        }
    }

    /** A reference to something by name, or null. */
    String reference(String leaf) {
        final ConfigNode.Value value = node.value(leaf);
        if (value != null) {
            checkName(value.text(), value.line(), path.then(leaf));
        }
        return text(leaf);
    }

    private void checkName(String name, int line, Path at) {
        if (!NAME.matcher(name).matches()) {
            errors.add(new ConfigError(line, at, name, "a name is 1 to 63 of A-Z a-z 0-9 _ - and ., and begins with no dot"));
        }
    }

    String text(String leaf) {
        final ConfigNode.Value value = node.value(leaf);
        return value == null ? null : value.text();
    }

    boolean flag(String leaf, boolean otherwise) {
        final Boolean value = value(leaf, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false is wanted");
        });
        return value == null ? otherwise : value;
    }

    Integer number(String leaf, int min, int max) {
        final Long value = number(leaf, min, (long) max);
        return value == null ? null : value.intValue();
    }

    Long number(String leaf, long min, long max) {
        return value(leaf, text -> parseNumber(text, min, max));
    }

    static long parseNumber(String text, long min, long max) {
        if (text.matches("[0-9]{1,18}")) {
            final long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number from " + min + " to " + max + " is wanted");
    }

    /**
     * The leaf as understood by {@code parse}, which throws {@link IllegalArgumentException} for what it cannot; null if absent or wrong.
     */
    <T> T value(String leaf, Function<String, T> parse) {
        final ConfigNode.Value value = node.value(leaf);
        return value == null ? null : parse(leaf, value, parse);
    }

    /** The values of a list, without those that are wrong and those that are there already. */
    <T> List<T> values(String leaf, Function<String, T> parse) {
        final Set<T> parsed = new LinkedHashSet<>();
        for (final ConfigNode.Value value : node.values(leaf)) {
            final T one = parse(leaf, value, parse);
            if (one != null) {
                parsed.add(one);
            }
        }
        return List.copyOf(parsed);
    }

    private <T> T parse(String leaf, ConfigNode.Value value, Function<String, T> parse) {
        try {
            return parse.apply(value.text());
        } catch (IllegalArgumentException e) {
            error(leaf, value, e.getMessage());
            return null;
        }
    }

    /** Something must be there, and is not. */
    void missing(String what) {
        errors.add(new ConfigError(node.line(), path, null, what + " is missing"));
    }

    void error(String leaf, String reason) {
        final ConfigNode.Value value = node.value(leaf);
        error(leaf, value, reason);
    }

    private void error(String leaf, ConfigNode.Value value, String reason) {
        final boolean secret = node.element().elements().get(leaf).secret();
        errors.add(new ConfigError(
                value == null ? node.line() : value.line(), path.then(leaf), value == null || secret ? null : value.text(), reason));
    }

    void keyError(String reason) {
        errors.add(new ConfigError(node.line(), path, node.key(0), reason));
    }

    /** Reads every block of a kind. */
    <T> List<T> each(String keyword, Function<NodeReader, T> read) {
        final List<T> all = new ArrayList<>();
        for (final ConfigNode child : node.blocks(keyword)) {
            final T one = read.apply(inside(child));
            if (one != null) {
                all.add(one);
            }
        }
        return all;
    }

    /** The only block of a kind, or null. */
    NodeReader only(String keyword) {
        final ConfigNode child = node.only(keyword);
        return child == null ? null : inside(child);
    }

    private NodeReader inside(ConfigNode child) {
        return new NodeReader(child, path.then(child.step()), errors);
    }

    /** A prefix; an address alone is the prefix of that address. */
    static IpPrefix prefixOrAddress(String text) {
        return text.indexOf('/') < 0 ? IpAddress.parse(text).host() : HostPrefix.parse(text).network();
    }

    /** An access policy, of services and of profiles alike. */
    AccessPolicy accessPolicy() {
        final String source = text("source") == null ? key(0) : text("source");
        final boolean allow = !"deny".equals(value("permission", text -> {
            if (!text.equals("allow") && !text.equals("deny")) {
                throw new IllegalArgumentException("allow or deny is wanted");
            }
            return text;
        }));
        final BiFunction<String, IpPrefix, AccessPolicy> policy = (tenant, prefix) -> new AccessPolicy(key(0), tenant, prefix, allow);
        final int at = source.indexOf('@');
        try {
            if (at >= 0) {
                return policy.apply(tenant(source.substring(0, at)), prefixOrAddress(source.substring(at + 1)));
            }
            return source.indexOf('/') >= 0 || source.matches("[0-9.]+|.*:.*")
                    ? policy.apply(null, prefixOrAddress(source))
                    : policy.apply(tenant(source), null);
        } catch (IllegalArgumentException e) {
            final String reason = "a source is a tenant, a prefix or TENANT@PREFIX: " + e.getMessage();
            if (node.value("source") == null) {
                keyError(reason);
            } else {
                error("source", reason);
            }
            return null;
        }
    }

    private static String tenant(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a tenant");
        }
        return name;
    }
}
