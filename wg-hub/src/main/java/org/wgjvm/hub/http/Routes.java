package org.wgjvm.hub.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.wgjvm.hub.agent.ApiException;

/** Which request is for whom. Made once, then read by any thread. */
public final class Routes {
    /** Answers a request. */
    public interface Handler {
        /** The answer; a refusal is thrown. */
        Answer answer(Request request) throws ApiException, IOException;
    }

    /** How a refusal is put into words, which differs between APIs. */
    public interface Refusals {
        /** The answer for a refusal. */
        Answer of(ApiException refusal);
    }

    /**
     * One of them.
     *
     * @param template of the address, with names in braces for places that vary
     */
    public record Route(String method, String template, Handler handler, Refusals refusals) {}

    private final List<Route> routes = new ArrayList<>();

    /** One more. */
    public void add(String method, String template, Refusals refusals, Handler handler) {
        routes.add(new Route(method, template, handler, refusals));
    }

    /** All of them. */
    public List<Route> all() {
        return List.copyOf(routes);
    }

    /** Answers a request; {@code otherwise} words the refusal of one that is for nobody. */
    public Answer answer(Request request, Refusals otherwise) throws IOException {
        final TreeSet<String> methods = new TreeSet<>();
        Refusals refusals = otherwise;
        for (final Route route : routes) {
            final Map<String, String> variables = match(route.template(), request.path());
            if (variables != null) {
                refusals = route.refusals();
                if (route.method().equals(request.method())) {
                    try {
                        return route.handler().answer(request.with(variables));
                    } catch (ApiException e) {
                        return route.refusals().of(e);
                    }
                }
                methods.add(route.method());
            }
        }
        return refusals.of(methods.isEmpty()
                ? ApiException.notFound("resource " + request.path())
                : new ApiException(405, "", request.method() + " is not for " + request.path() + ": " + String.join(", ", methods)));
    }

    private static Map<String, String> match(String template, String path) {
        final String[] wanted = template.split("/", -1);
        final String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return null;
        }
        final Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{") && !given[i].isEmpty()) {
                variables.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return null;
            }
        }
        return variables;
    }
}
