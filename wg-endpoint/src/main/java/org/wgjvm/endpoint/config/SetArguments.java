package org.wgjvm.endpoint.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.config.PeerChange.AllowedIp;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/** Reads the arguments of {@code wg set} that follow the interface. */
public final class SetArguments {
    private final HostResolver resolver;
    private final List<PeerChange> peers = new ArrayList<>();
    private PrivateKey privateKey;
    private Integer listenPort;
    private Integer fwmark;

    private PublicKey publicKey;
    private boolean remove;
    private PresharedKey presharedKey;
    private Endpoint endpoint;
    private Integer keepaliveSeconds;
    private boolean replaceAllowedIps;
    private final List<AllowedIp> allowedIps = new ArrayList<>();

    private SetArguments(HostResolver resolver) {
        this.resolver = resolver;
    }

    /** The change that the arguments describe. Key files are read and names resolved. */
    public static DeviceChange parse(List<String> arguments, HostResolver resolver) throws ConfigException {
        final SetArguments reader = new SetArguments(resolver);
        final Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            reader.take(left);
        }
        reader.endPeer();
        return new DeviceChange(reader.privateKey, reader.listenPort, reader.fwmark, false, reader.peers);
    }

    private void take(Deque<String> left) throws ConfigException {
        final String word = left.pop();
        final boolean ofDevice = word.equals("listen-port") || word.equals("fwmark") || word.equals("private-key");
        final boolean known = ofDevice
                || List.of("peer", "remove", "preshared-key", "endpoint", "persistent-keepalive", "allowed-ips").contains(word);
        if (!known || (ofDevice ? publicKey != null : publicKey == null && !word.equals("peer"))) {
            throw new ConfigException(null, 0, null, "set", Reason.UNKNOWN_KEY, word);
        }
        if (word.equals("remove")) {
            remove = true;
            return;
        }
        if (left.isEmpty()) {
            throw new ConfigException(null, 0, null, word, Reason.MISSING_VALUE, null);
        }
        try {
            value(word, left.pop());
        } catch (ConfigException e) {
            throw e.at(null, 0, null, word);
        }
    }

    private void value(String word, String value) throws ConfigException {
        switch (word) {
            case "listen-port" -> listenPort = Values.port(value);
            case "fwmark" -> fwmark = Values.fwmark(value);
            case "private-key" -> {
                final String text = keyFile(value);
                privateKey = text.isEmpty() ? PrivateKey.of(new byte[PrivateKey.LENGTH], 0) : Values.privateKey(text);
            }
            case "peer" -> {
                endPeer();
                publicKey = Values.publicKey(value);
            }
            case "preshared-key" -> {
                final String text = keyFile(value);
                presharedKey = text.isEmpty() ? PresharedKey.of(new byte[PresharedKey.LENGTH], 0) : Values.presharedKey(text);
            }
            case "endpoint" -> endpoint = resolver.resolve(Values.hostPort(value));
            case "persistent-keepalive" -> keepaliveSeconds = Values.keepalive(value);
            case "allowed-ips" -> {
                final Values.AllowedIpList list = Values.allowedIps(value.replaceAll("\\s", ""));
                allowedIps.addAll(list.ips());
                replaceAllowedIps = list.replace();
            }
            default -> throw new AssertionError(word);
        }
    }

    /** The key in a file; empty for an empty file, which clears the key. */
    private static String keyFile(String path) throws ConfigException {
        try {
            final byte[] bytes = Files.readAllBytes(Path.of(path));
            final String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
            if (bytes.length > 0 && text.length() != 44) {
                throw new ConfigException(null, 0, null, null, Reason.BAD_KEY_FILE, path);
            }
            return text;
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(null, 0, null, null, Reason.BAD_KEY_FILE, path);
        }
    }

    private void endPeer() {
        if (publicKey != null) {
            peers.add(new PeerChange(
                    publicKey, remove, false, presharedKey, endpoint, keepaliveSeconds, replaceAllowedIps, allowedIps));
        }
        publicKey = null;
        remove = false;
        presharedKey = null;
        endpoint = null;
        keepaliveSeconds = null;
        replaceAllowedIps = false;
        allowedIps.clear();
    }
}
