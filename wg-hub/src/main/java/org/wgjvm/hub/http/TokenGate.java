package org.wgjvm.hub.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.wgjvm.hub.agent.ApiException;

/** Lets in who has the token. */
final class TokenGate implements Gate {
    private final byte[] token;

    TokenGate(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Admission admit(HttpRequest request) {
        final String bearer = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        final String given = bearer.startsWith("Bearer ") ? bearer.substring(7) : request.headers().get("X-Auth-Token", "");
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token)
                ? Admission.GRANTED
                : new Admission(PortApi.refusal(new ApiException(401, "", "a token is wanted: Authorization: Bearer, or X-Auth-Token")),
                        Map.of());
    }
}
