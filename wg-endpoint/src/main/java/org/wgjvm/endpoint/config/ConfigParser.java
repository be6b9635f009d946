package org.wgjvm.endpoint.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/**
 * Reads configuration files, for {@code wg setconf} or with the additions of {@code wg-quick(8)}. Sections and keys are found whatever
 * their case; {@code #} begins a comment, except in hooks; a key written twice counts as written last, lists add up.
 */
public final class ConfigParser {
    private enum Section {
        NONE(null),
        INTERFACE("Interface"),
        PEER("Peer");

        final String text;

        Section(String text) {
            this.text = text;
        }
    }

    private final String file;
    private final boolean quickKeys;
    private final QuickReader quick = new QuickReader();
    private final StringBuilder stripped = new StringBuilder();
    private final List<PeerConfig> peers = new ArrayList<>();
    private Section section = Section.NONE;
    private int line;

    private PrivateKey privateKey;
    private Integer listenPort;
    private Integer fwmark;

    private int peerLine;
    private PublicKey publicKey;
    private PresharedKey presharedKey;
    private HostPort endpoint;
    private int endpointLine;
    private Integer keepaliveSeconds;
    private boolean replaceAllowedIps;
    private final List<AllowedIp> allowedIps = new ArrayList<>();

    private ConfigParser(String file, boolean quickKeys) {
        this.file = file;
        this.quickKeys = quickKeys;
    }

    /** Reads a file for {@code wg setconf} and its kin. */
    public static WgConfig readWg(Path file) throws ConfigException {
        return read(file, false);
    }

    /** Reads a file for {@code wg-quick}. */
    public static WgConfig readQuick(Path file) throws ConfigException {
        return read(file, true);
    }

    private static WgConfig read(Path file, boolean quickKeys) throws ConfigException {
        try {
            return parse(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8), quickKeys);
        } catch (IOException e) {
            final String why = e.getClass().getSimpleName().replace("Exception", "");
            throw new ConfigException(file.toString(), 0, null, null, Reason.NOT_READABLE, why);
        }
    }

    /** Reads {@code text}; {@code file} is for errors only. */
    public static WgConfig parse(String file, String text, boolean quickKeys) throws ConfigException {
        final ConfigParser parser = new ConfigParser(file, quickKeys);
        for (final String l : text.lines().toList()) {
            parser.line++;
            parser.line(l);
        }
        parser.endPeer();
        return new WgConfig(
                file, parser.privateKey, parser.listenPort, parser.fwmark, parser.peers, parser.quick.options(),
                        parser.stripped.toString());
    }

    private void line(String raw) throws ConfigException {
        final int comment = raw.indexOf('#');
        final String text = (comment < 0 ? raw : raw.substring(0, comment)).strip();
        if (text.startsWith("[")) {
            section(text);
        } else if (!text.isEmpty() && keyValue(text, raw)) {
            return;
        }
        stripped.append(raw.strip()).append('\n');
    }

    private void section(String text) throws ConfigException {
        endPeer();
        switch (text.replaceAll("\\s", "").toLowerCase(Locale.ROOT)) {
            case "[interface]" -> section = Section.INTERFACE;
            case "[peer]" -> {
                section = Section.PEER;
                peerLine = line;
                replaceAllowedIps = true;
            }
            default -> throw refuse(null, Reason.UNKNOWN_SECTION, text);
        }
    }

    /** Takes a line of key and value; true when it is one of {@code wg-quick}'s. */
    private boolean keyValue(String text, String raw) throws ConfigException {
        final int equals = text.indexOf('=');
        if (equals < 0) {
            // Not quoted: a key that lost its name looks like this.
            throw refuse(null, Reason.NO_EQUALS_SIGN, null);
        }
        final String key = text.substring(0, equals).strip();
        final String value = text.substring(equals + 1).strip();
        if (section == Section.NONE) {
            throw refuse(key, Reason.OUTSIDE_SECTION, null);
        }
        try {
            if (section == Section.INTERFACE && quickKeys && QuickReader.knows(key)) {
                quick.take(key, required(value), raw.substring(raw.indexOf('=') + 1).strip());
                return true;
            }
            final String packed = required(value).replaceAll("\\s", "");
            if (!(section == Section.INTERFACE ? interfaceKey(key, packed) : peerKey(key, packed))) {
                throw refuse(key, Reason.UNKNOWN_KEY, null);
            }
            return false;
        } catch (ConfigException e) {
            throw e.file() != null ? e : e.at(file, line, section.text, key);
        }
    }

    private boolean interfaceKey(String key, String value) throws ConfigException {
        switch (key.toLowerCase(Locale.ROOT)) {
            case "privatekey" -> privateKey = Values.privateKey(value);
            case "listenport" -> listenPort = Values.port(value);
            case "fwmark" -> fwmark = Values.fwmark(value);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean peerKey(String key, String value) throws ConfigException {
        switch (key.toLowerCase(Locale.ROOT)) {
            case "publickey" -> publicKey = Values.publicKey(value);
            case "presharedkey" -> presharedKey = Values.presharedKey(value);
            case "endpoint" -> {
                endpoint = Values.hostPort(value);
                endpointLine = line;
            }
            case "persistentkeepalive" -> keepaliveSeconds = Values.keepalive(value);
            case "allowedips" -> {
                final Values.AllowedIpList list = Values.allowedIps(value);
                allowedIps.addAll(list.ips());
                replaceAllowedIps &= list.replace();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void endPeer() throws ConfigException {
        if (section != Section.PEER) {
            return;
        }
        if (publicKey == null) {
            throw new ConfigException(file, peerLine, "Peer", null, Reason.MISSING_PUBLIC_KEY, null);
        }
        peers.add(new PeerConfig(
                peerLine, publicKey, presharedKey, endpoint, endpointLine, keepaliveSeconds, replaceAllowedIps, allowedIps));
        publicKey = null;
        presharedKey = null;
        endpoint = null;
        keepaliveSeconds = null;
        allowedIps.clear();
    }

    private static String required(String value) throws ConfigException {
        if (value.isEmpty()) {
            throw new ConfigException(null, 0, null, null, Reason.MISSING_VALUE, null);
        }
        return value;
    }

    private ConfigException refuse(String key, Reason reason, String text) {
        return new ConfigException(file, line, section.text, key, reason, text);
    }
}
