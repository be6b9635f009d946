package org.wgjvm.hub.page;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.wgjvm.hub.http.Answer;
import org.wgjvm.hub.http.Gate;

/**
 * Lets in who has the token, which the first address carries and a cookie from then on, and only to look. A request must name an address or
 * {@code localhost} as its host, so that a page of some site that has its name resolve to loopback gets nothing.
 */
final class PageGate implements Gate {
    private static final int TOKEN_BYTES = 32;
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Map<String, String> GUARDS = Map.of(
            "Content-Security-Policy", POLICY,
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin");

    private final String token;

    /** Cookies know no ports: each agent's has a name of its own. */
    private final String cookie;

    PageGate(SecureRandom random) {
        final byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        final byte[] name = new byte[4];
        random.nextBytes(name);
        cookie = "wghub-" + HexFormat.of().formatHex(name);
    }

    /** A secret. */
    String token() {
        return token;
    }

    @Override
    public Admission admit(HttpRequest request) {
        if (!namesUs(request.headers().get(HttpHeaderNames.HOST))) {
            return refused(421, "this server is reached as localhost or by its address");
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return refused(405, "only GET");
        }
        final List<String> given = new QueryStringDecoder(request.uri()).parameters().getOrDefault("token", List.of());
        final boolean first = !given.isEmpty() && isToken(given.getFirst());
        if (first) {
            final Map<String, String> headers = new HashMap<>(GUARDS);
            headers.put("Set-Cookie", cookie + "=" + token + "; Path=/; HttpOnly; SameSite=Strict");
            return new Admission(null, headers);
        }
        return isToken(cookie(request.headers().getAll(HttpHeaderNames.COOKIE)))
                ? new Admission(null, GUARDS)
                : refused(401, "the address of this page has a token at its end, which is missing here or not the right one");
    }

    private static Admission refused(int status, String line) {
        return new Admission(new Answer(status, "text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8)), GUARDS);
    }

    /** Whether a Host header is {@code localhost} or an address, with or without a port. */
    static boolean namesUs(String host) {
        return host != null && host.matches("(localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?");
    }

    private String cookie(List<String> headers) {
        for (final String header : headers) {
            for (final String part : header.split(";", -1)) {
                if (part.strip().startsWith(cookie + "=")) {
                    return part.strip().substring(cookie.length() + 1);
                }
            }
        }
        return "";
    }

    /** Takes as long for a wrong token as for the right one. */
    private boolean isToken(String text) {
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
    }
}
