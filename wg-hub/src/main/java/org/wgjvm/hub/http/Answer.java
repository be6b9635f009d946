package org.wgjvm.hub.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.nio.charset.StandardCharsets;

/**
 * What goes back.
 *
 * @param status as in HTTP
 * @param type of the body
 * @param body empty for none
 */
public record Answer(int status, String type, byte[] body) {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    /** JSON. */
    public static Answer json(int status, JsonElement json) {
        return new Answer(status, "application/json", JSON.toJson(json).getBytes(StandardCharsets.UTF_8));
    }

    /** Text. */
    public static Answer text(String text) {
        return new Answer(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Nothing but that it is done. */
    public static Answer done() {
        return new Answer(204, "application/json", new byte[0]);
    }
}
