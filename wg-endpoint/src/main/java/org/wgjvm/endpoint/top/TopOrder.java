package org.wgjvm.endpoint.top;

import java.util.Comparator;

/** In which order peers are shown. */
enum TopOrder {
    RECEIVED('r', "received", Comparator.comparingDouble((TopRow r) -> known(r.rxRate())).reversed()),
    SENT('t', "sent", Comparator.comparingDouble((TopRow r) -> known(r.txRate())).reversed()),
    HANDSHAKE('h', "handshake", Comparator.comparingLong(TopRow::handshakeEpochSeconds).reversed()),
    LOSS('l', "loss", Comparator.comparingDouble((TopRow r) -> known(r.loss())).reversed()),
    NAME('n', "name", Comparator.comparing(TopRow::name, String.CASE_INSENSITIVE_ORDER)),
    INTERFACE('i', "interface", Comparator.comparing(TopRow::interfaceName));

    final char key;
    final String label;

    @SuppressWarnings("ImmutableEnumChecker") // None of them has state.
    private final Comparator<TopRow> order;

    TopOrder(char key, String label, Comparator<TopRow> order) {
        this.key = key;
        this.label = label;
        this.order = order;
    }

    /** The order; peers that are equal in it stay in that of their names. */
    Comparator<TopRow> comparator(boolean reversed) {
        return (reversed ? order.reversed() : order).thenComparing(TopRow::name).thenComparing(TopRow::interfaceName);
    }

    /** The one that {@code key} chooses, or null. */
    static TopOrder of(int key) {
        for (final TopOrder o : values()) {
            if (o.key == key) {
                return o;
            }
        }
        return null;
    }

    private static double known(double value) {
        return Double.isNaN(value) ? -1 : value;
    }
}
