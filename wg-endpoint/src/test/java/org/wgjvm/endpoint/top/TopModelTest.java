package org.wgjvm.endpoint.top;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.control.StatisticsLines;
import org.wgjvm.endpoint.control.StatisticsLines.PeerCounts;

final class TopModelTest {
    private static final PublicKey KEY = key(1);
    private static final long SECOND = 1_000_000_000L;

    private final TopModel model = new TopModel();

    private static PublicKey key(int b) {
        final byte[] bytes = new byte[32];
        bytes[0] = (byte) b;
        return PublicKey.of(bytes, 0);
    }

    private static PeerSnapshot peer(PublicKey key, long rx, long tx, long handshakeSeconds) {
        return new PeerSnapshot(key, null, Endpoint.v4(0xc0000201, 51820), handshakeSeconds * SECOND, tx, rx, 0, List.of());
    }

    private void sample(long second, long rx, long tx, PeerCounts counts, Map<String, Long> drops) {
        final StatisticsLines.Counts extra = counts == null ? null : new StatisticsLines.Counts(drops, Map.of(KEY, counts));
        final DeviceSnapshot device = new DeviceSnapshot(null, 1, 0, List.of(peer(KEY, rx, tx, 100)));
        model.update(Map.of("wg0", new Sample(device, extra, Map.of())), second * SECOND);
    }

    private TopRow row() {
        return model.rows().getFirst();
    }

    @Test
    void ratesAreOfTheTimeBetweenTwoSamples() {
        sample(10, 1000, 500, null, null);
        assertTrue(Double.isNaN(row().rxRate()), "one sample makes no rate");
        assertEquals(0, row().history().length);
        sample(12, 3000, 500, null, null);
        assertEquals(1000, row().rxRate());
        assertEquals(0, row().txRate());
        assertArrayEquals(new double[] {1000}, row().history());
        assertTrue(Double.isNaN(row().loss()), "not known of a daemon that is not ours");
        assertEquals("192.0.2.1:51820", row().endpoint());
        assertEquals(KEY.toBase64(), row().name());
    }

    @Test
    void aDaemonThatWasStartedAgainMakesNoNegativeRate() {
        sample(1, 1_000_000, 0, null, null);
        sample(2, 10, 0, null, null);
        assertTrue(Double.isNaN(row().rxRate()));
        sample(3, 20, 0, null, null);
        assertEquals(10, row().rxRate());
    }

    @Test
    void countsBeyondTwoToThe63AreLargeNotNegative() {
        sample(1, Long.MAX_VALUE, 0, null, null);
        sample(2, Long.MAX_VALUE + 100, 0, null, null);
        assertEquals(100, row().rxRate());
    }

    @Test
    void lossIsWhatIsMissingOfWhatWasNumbered() {
        sample(1, 0, 0, new PeerCounts(100, 5), Map.of("no-peer", 7L));
        sample(2, 1, 0, new PeerCounts(190, 15), Map.of("no-peer", 10L, "forged", 2L));
        assertEquals(0.1, row().loss(), 1e-9);
        assertEquals(Map.of("no-peer", 3.0, "forged", 2.0), model.dropRates());
        sample(3, 2, 0, new PeerCounts(200, 10), Map.of("no-peer", 10L, "forged", 2L));
        assertEquals(0, row().loss(), "what was late has come");
        assertEquals(Map.of(), model.dropRates());
    }

    @Test
    void theHistoryIsBounded() {
        for (int i = 0; i < 200; i++) {
            sample(i, i, 0, null, null);
        }
        assertEquals(60, row().history().length);
    }

    @Test
    void aPeerThatIsGoneIsForgotten() {
        sample(1, 5, 5, null, null);
        model.update(Map.of(), 2 * SECOND);
        assertEquals(List.of(), model.rows());
        sample(3, 5, 5, null, null);
        assertTrue(Double.isNaN(row().rxRate()));
    }

    @Test
    void everyOrderPutsTheMostFirstAndIsStable() {
        final TopRow busy = new TopRow("wg1", key(1), "b", "", 5, 10, 1, 0, 0, Double.NaN, new double[0]);
        final TopRow idle = new TopRow("wg0", key(2), "a", "", 9, Double.NaN, 2, 0, 0, 0.5, new double[0]);
        for (final TopOrder order : TopOrder.values()) {
            final boolean busyFirst = order == TopOrder.RECEIVED;
            final List<TopRow> sorted = List.of(busy, idle).stream().sorted(order.comparator(false)).toList();
            assertEquals(busyFirst ? busy : idle, sorted.getFirst(), order.toString());
            assertEquals(busyFirst ? idle : busy,
                    List.of(busy, idle).stream().sorted(order.comparator(true)).toList().getFirst(), order + " reversed");
            assertEquals(order, TopOrder.of(order.key));
        }
    }
}
