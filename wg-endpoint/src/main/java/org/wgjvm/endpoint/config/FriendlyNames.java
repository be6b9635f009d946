package org.wgjvm.endpoint.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.wgjvm.crypto.PublicKey;

/**
 * Names of peers, from the comments of a configuration file. In the order of preference:
 *
 * <ol>
 *   <li>{@code # friendly_name = Alice} or {@code # Name = Alice} within a {@code [Peer]} section,
 *   <li>the first other comment within it, up to a blank line after its settings, also one behind {@code [Peer]},
 *   <li>a comment on the line above {@code [Peer]}.
 * </ol>
 *
 * <p>Other comments with an equals sign are settings that somebody has switched off, which may be secret, and never names.
 */
public final class FriendlyNames {
    /** Longer ones are cut. */
    private static final int LONGEST = 64;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=?");

    private final Map<PublicKey, String> names = new LinkedHashMap<>();
    private boolean inPeer;
    private boolean settingsSeen;
    private boolean settingsOver;
    private PublicKey publicKey;
    private String given;
    private String plain;
    private String above;

    private FriendlyNames() {}

    /** The names in {@code text}, which need not be a correct file. */
    public static Map<PublicKey, String> in(String text) {
        final FriendlyNames reader = new FriendlyNames();
        text.lines().forEach(reader::line);
        reader.endSection(null);
        return Map.copyOf(reader.names);
    }

    private void line(String raw) {
        final int hash = raw.indexOf('#');
        final String setting = (hash < 0 ? raw : raw.substring(0, hash)).strip();
        final String comment = hash < 0 ? "" : raw.substring(hash).replaceFirst("^#+", "").strip();
        if (setting.startsWith("[")) {
            endSection(above);
            above = null;
            settingsSeen = false;
            settingsOver = false;
            inPeer = setting.replaceAll("\\s", "").equalsIgnoreCase("[peer]");
            comment(comment);
        } else if (!setting.isEmpty()) {
            above = null;
            settingsSeen = true;
            setting(setting);
        } else {
            // Only a comment directly above a section may belong to it.
            above = isPlain(comment) ? cut(comment) : null;
            settingsOver |= settingsSeen && hash < 0;
            comment(comment);
        }
    }

    private void comment(String comment) {
        if (!inPeer || comment.isEmpty()) {
            return;
        }
        final int equals = comment.indexOf('=');
        if (equals >= 0) {
            final String key = comment.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            if (given == null && (key.equals("friendly_name") || key.equals("name"))) {
                given = cut(comment.substring(equals + 1).strip());
            }
        } else if (plain == null && !settingsOver && isPlain(comment)) {
            plain = cut(comment);
        }
    }

    private void setting(String setting) {
        final int equals = setting.indexOf('=');
        if (inPeer && equals > 0 && setting.substring(0, equals).strip().equalsIgnoreCase("publickey")) {
            try {
                publicKey = PublicKey.fromBase64(setting.substring(equals + 1).strip());
            } catch (IllegalArgumentException e) {
                publicKey = null;
            }
        }
    }

    /** The section is over; {@code nextAbove} is the comment above the next one, which is not this one's. */
    private void endSection(String nextAbove) {
        if (inPeer && publicKey != null) {
            final String inside = plain != null && plain.equals(nextAbove) ? null : plain;
            final String name = given != null ? given : inside != null ? inside : aboveThis;
            if (name != null && !name.isEmpty()) {
                names.put(publicKey, name);
            }
        }
        aboveThis = nextAbove;
        publicKey = null;
        given = null;
        plain = null;
    }

    private String aboveThis;

    private static boolean isPlain(String comment) {
        return !comment.isEmpty() && comment.indexOf('=') < 0 && !KEY.matcher(comment).matches()
                && comment.chars().anyMatch(Character::isLetterOrDigit);
    }

    private static String cut(String name) {
        final String printable = name.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        final int end = printable.offsetByCodePoints(0, Math.min(LONGEST, printable.codePointCount(0, printable.length())));
        return printable.substring(0, end);
    }
}
