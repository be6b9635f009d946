package org.wgjvm.endpoint.uapi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** The keys of a {@code set}, found by their bytes. */
enum UapiKey {
    PRIVATE_KEY(true),
    LISTEN_PORT(true),
    FWMARK(true),
    REPLACE_PEERS(true),
    PUBLIC_KEY(false),
    UPDATE_ONLY(false),
    REMOVE(false),
    PRESHARED_KEY(false),
    ENDPOINT(false),
    PERSISTENT_KEEPALIVE_INTERVAL(false),
    REPLACE_ALLOWED_IPS(false),
    ALLOWED_IP(false),
    PROTOCOL_VERSION(false);

    private static final int LONGEST = 32;
    private static final UapiKey[][] BY_LENGTH = IntStream.range(0, LONGEST)
            .mapToObj(length -> Arrays.stream(values()).filter(k -> k.text.length() == length).toArray(UapiKey[]::new))
            .toArray(UapiKey[][]::new);

    /** Whether it stands before the first peer rather than after it. */
    final boolean ofDevice;

    private final String text;

    UapiKey(boolean ofDevice) {
        this.ofDevice = ofDevice;
        text = name().toLowerCase(Locale.ROOT);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The key written in {@code [from, to)}, or null. */
    static UapiKey find(byte[] line, int from, int to) {
        final int length = to - from;
        if (length < LONGEST) {
            for (final UapiKey key : BY_LENGTH[length]) {
                if (key.isAt(line, from)) {
                    return key;
                }
            }
        }
        return null;
    }

    private boolean isAt(byte[] line, int from) {
        for (int i = 0; i < text.length(); i++) {
            if (line[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return text;
    }
}
