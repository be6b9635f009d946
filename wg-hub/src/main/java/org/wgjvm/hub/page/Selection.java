package org.wgjvm.hub.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.wgjvm.hub.agent.ApiException;
import org.wgjvm.hub.http.Request;
import org.wgjvm.hub.page.PageState.HubView;
import org.wgjvm.hub.page.PageState.SpokeView;

/**
 * Which rows of a long list a page shows, and in which order: the list stays here, however long it is.
 *
 * @param filter text that a row must have somewhere, in lower case; empty for any
 * @param order the name of a column
 * @param descending the order turned round
 * @param offset of the first row that is shown
 * @param limit how many are shown
 */
record Selection(String filter, String order, boolean descending, int offset, int limit) {
    /** Most rows of an answer. */
    static final int MOST_ROWS = 200;

    private static final Map<String, Comparator<HubView>> HUBS = Map.of(
            "name", Comparator.comparing(h -> title(h.hub().port().identity().name(), h.hub().port().deviceName())),
            "state", Comparator.comparing(h -> h.hub().active()),
            "place", Comparator.comparing(h -> h.hub().namespace()),
            "spokes", Comparator.comparingInt(HubView::connected),
            "rxRate", Comparator.comparingDouble(h -> rate(h.rates().rx())),
            "txRate", Comparator.comparingDouble(h -> rate(h.rates().tx())));

    private static final Map<String, Comparator<SpokeView>> SPOKES = Map.of(
            "name", Comparator.comparing(s -> title(s.spoke().port().identity().name(), s.spoke().port().id())),
            "state", Comparator.comparing(SpokeView::state),
            "endpoint", Comparator.comparing(s -> s.spoke().endpoint() == null ? "" : s.spoke().endpoint().toString()),
            "handshake", Comparator.comparingLong(s -> s.spoke().lastHandshakeEpochNs()),
            "rxRate", Comparator.comparingDouble(s -> rate(s.rates().rx())),
            "txRate", Comparator.comparingDouble(s -> rate(s.rates().tx())));

    /**
     * The rows that are shown.
     *
     * @param matching how many there would be without limit and offset
     */
    record Rows<T>(int matching, int offset, List<T> shown) {}

    /** Reads one from the parameters of a request. */
    static Selection of(Request request) throws ApiException {
        final String filter = request.parameter("filter");
        final String order = request.parameter("order");
        return new Selection(
                filter == null ? "" : filter.strip().toLowerCase(Locale.ROOT), order == null ? "name" : order,
                "true".equals(request.parameter("descending")), number(request, "offset", 0, Integer.MAX_VALUE),
                number(request, "limit", 50, MOST_ROWS));
    }

    private static int number(Request request, String name, int otherwise, int most) throws ApiException {
        final String text = request.parameter(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > most) {
            throw new ApiException(400, name, "a number from 0 to " + most + " is wanted");
        }
        return Integer.parseInt(text);
    }

    /** Those of the hubs. */
    Rows<HubView> hubs(List<HubView> all) throws ApiException {
        return rows(all, h -> filter.isEmpty() || has(
                h.hub().port().id(), h.hub().port().identity().name(), h.hub().port().deviceName(), h.hub().port().networkId(),
                h.hub().port().binding().projectId(), h.hub().namespace(), h.hub().endpoint(), h.hub().publicKey(), h.hub().error()),
                comparator(HUBS), Comparator.comparing(h -> h.hub().port().id()));
    }

    /** Those of the spokes that are of a network and in a state, where these are not null. */
    Rows<SpokeView> spokes(List<SpokeView> all, String networkId, SpokeState state) throws ApiException {
        return rows(all, s -> (networkId == null || networkId.equals(s.spoke().port().networkId()))
                && (state == null || state == s.state()) && (filter.isEmpty() || has(
                s.spoke().port().id(), s.spoke().port().identity().name(), s.spoke().port().networkId(),
                s.spoke().port().profile().publicKey().toBase64(), s.spoke().endpoint() == null ? "" : s.spoke().endpoint().toString())
                || !filter.isEmpty() && s.spoke().port().allowedIps().stream().anyMatch(c -> c.toString().contains(filter))),
                comparator(SPOKES), Comparator.comparing(s -> s.spoke().port().id()));
    }

    private <T> Comparator<T> comparator(Map<String, Comparator<T>> columns) throws ApiException {
        if (!columns.containsKey(order)) {
            throw new ApiException(400, "order", "one of " + columns.keySet().stream().sorted().toList() + " is wanted");
        }
        return columns.get(order);
    }

    private <T> Rows<T> rows(List<T> all, Predicate<T> wanted, Comparator<T> by, Comparator<T> otherwise) {
        final List<T> matching = new ArrayList<>(all.stream().filter(wanted).toList());
        matching.sort((descending ? by.reversed() : by).thenComparing(otherwise));
        // The last page rather than none, when the list has become shorter.
        final int from = limit == 0 || offset < matching.size() ? Math.min(offset, matching.size())
                : Math.max(0, (matching.size() - 1) / limit * limit);
        return new Rows<>(matching.size(), from, List.copyOf(matching.subList(from, Math.min(matching.size(), from + limit))));
    }

    private boolean has(String... texts) {
        for (final String text : texts) {
            if (text.toLowerCase(Locale.ROOT).contains(filter)) {
                return true;
            }
        }
        return false;
    }

    private static String title(String name, String otherwise) {
        return (name.isEmpty() ? otherwise : name).toLowerCase(Locale.ROOT);
    }

    private static double rate(Double rate) {
        return rate == null ? 0 : rate;
    }
}
