package org.wgjvm.hub.http;

import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;

/** Who may ask at a place where a server listens. Asked by its event loop, for each request. */
public interface Gate {
    /** Everybody who can reach the place. */
    Gate OPEN = request -> Admission.GRANTED;

    /** Whether a request is let in; the answer must not depend on it being read later. */
    Admission admit(HttpRequest request);

    /**
     * What became of it.
     *
     * @param refusal goes back at once; null for a request that is let in
     * @param headers what the answer carries, whichever it is
     */
    record Admission(Answer refusal, Map<String, String> headers) {
        /** Let in. */
        public static final Admission GRANTED = new Admission(null, Map.of());
    }
}
