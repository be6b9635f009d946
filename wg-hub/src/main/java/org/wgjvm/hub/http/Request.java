package org.wgjvm.hub.http;

import java.util.List;
import java.util.Map;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.port.FieldException;
import org.wgjvm.hub.port.Fields;

/**
 * What came in.
 *
 * @param method in capitals
 * @param path without the query
 * @param query parameters, each perhaps several times
 * @param body as text
 * @param variables what the address has in the places that a route names
 */
public record Request(String method, String path, Map<String, List<String>> query, String body, Map<String, String> variables) {
    /** The value of a place in the address. */
    public String variable(String name) {
        return variables.get(name);
    }

    /** A parameter of the query, or null. */
    public String parameter(String name) {
        final List<String> all = query.get(name);
        return all == null || all.isEmpty() ? null : all.getFirst();
    }

    /** The body as a JSON object. */
    public Fields json() throws ApiException {
        try {
            return Fields.parse(body);
        } catch (FieldException e) {
            throw ApiException.of(e);
        }
    }

    Request with(Map<String, String> found) {
        return new Request(method, path, query, body, found);
    }
}
