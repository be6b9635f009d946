package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.device.DropReason;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.tun.PortCounter;

@Timeout(60)
class StatisticsTest {
    @Test
    void everyLayerCountsWhatCrossesIt() throws Exception {
        try (Tunnel tunnel = new Tunnel()) {
            tunnel.cross(50);
            final DataPlaneStatistics left = tunnel.left.observe();
            final DataPlaneStatistics right = tunnel.right.observe();
            assertEquals(50, left.port().get(PortCounter.READ_PACKETS));
            assertEquals(50, right.port().get(PortCounter.WRITTEN_PACKETS));
            assertEquals(1, left.device().handshakes().completedAsInitiator());
            assertEquals(1, right.device().handshakes().completedAsResponder());
            // 50 packets and an initiation.
            assertTrue(left.udp().sent().datagrams() >= 51, left.udp().toString());
            assertTrue(right.udp().received().datagrams() >= 51, right.udp().toString());
            assertEquals(50, left.loop().outboundPackets().sum());
            assertEquals(right.udp().received().datagrams(), right.loop().inboundPackets().sum());
            assertEquals(tunnel.left.key.publicKey(), left.device().publicKey());
            assertTrue(left.device().peers().getFirst().txPackets() >= 50);
            assertEquals(0, right.device().peers().getFirst().rxMissing());
            assertTrue(left.device().up());
            assertFalse(left.bind().isEmpty());
        }
    }

    @Test
    void socketsThatWereClosedStillCount() throws Exception {
        try (Tunnel tunnel = new Tunnel()) {
            tunnel.cross(10);
            final long before = tunnel.left.observe().udp().sent().datagrams();
            tunnel.left.plane.apply(new DeviceChange(null, 0, null, false, List.of())).toCompletableFuture().join();
            tunnel.cross(10);
            assertTrue(tunnel.left.observe().udp().sent().datagrams() >= before + 10);
        }
    }

    @Test
    void stagesAreTimedWhenSomebodyAsks() throws Exception {
        try (Tunnel tunnel = new Tunnel()) {
            tunnel.cross(5);
            assertEquals(0, durations(tunnel.left, Stage.OUTBOUND) + durations(tunnel.left, Stage.SEAL));
            tunnel.left.plane.timeStages(true).toCompletableFuture().join();
            tunnel.right.plane.timeStages(true).toCompletableFuture().join();
            tunnel.cross(5);
            for (final Stage stage : List.of(Stage.OUTBOUND, Stage.SEAL, Stage.SEND)) {
                assertTrue(durations(tunnel.left, stage) >= 5, stage.toString());
            }
            for (final Stage stage : List.of(Stage.INBOUND, Stage.OPEN, Stage.DELIVER)) {
                assertTrue(durations(tunnel.right, stage) >= 5, stage.toString());
            }
            final LoopStatistics loop = tunnel.left.observe().loop();
            assertTrue(loop.timed());
            assertTrue(loop.durationNs().get(Stage.OUTBOUND).sum() >= loop.durationNs().get(Stage.SEAL).sum());
            tunnel.left.plane.timeStages(false).toCompletableFuture().join();
            final long before = durations(tunnel.left, Stage.OUTBOUND);
            tunnel.cross(5);
            assertEquals(before, durations(tunnel.left, Stage.OUTBOUND));
        }
    }

    private static long durations(Tunnel.End end, Stage stage) {
        return end.observe().loop().durationNs().get(stage).count();
    }

    @Test
    void dropsAreCountedByReason() throws Exception {
        try (Tunnel tunnel = new Tunnel()) {
            tunnel.left.send(Packets.udp("10.0.0.1", "203.0.113.9", 1, 100));
            tunnel.cross(1);
            assertEquals(1, tunnel.left.observe().device().drops().get(DropReason.NO_PEER));
            assertEquals(1, tunnel.left.plane.statistics().toCompletableFuture().join().dropsInAll());
        }
    }

    /** An event that is added later must not be lost on the way to the observers. */
    @Test
    void everyObserverIsToldOfEverything() throws Exception {
        final Set<String> first = new HashSet<>();
        final Set<String> second = new HashSet<>();
        final EventFan both = new EventFan(noting(first));
        both.add(noting(second));
        final Set<String> expected = new HashSet<>();
        for (final Method method : DataPlaneEvents.class.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            final Object[] arguments = Arrays.stream(method.getParameterTypes()).map(StatisticsTest::something).toArray();
            method.invoke(both, arguments);
            expected.add(method.getName());
        }
        assertTrue(expected.size() >= 11, expected.toString());
        assertEquals(expected, first);
        assertEquals(expected, second);
    }

    private static DataPlaneEvents noting(Set<String> names) {
        return (DataPlaneEvents) Proxy.newProxyInstance(
                StatisticsTest.class.getClassLoader(), new Class<?>[] {DataPlaneEvents.class}, (proxy, method, arguments) -> {
                    names.add(method.getName());
                    return null;
                });
    }

    private static Object something(Class<?> type) {
        return type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : type == boolean.class ? (Object) true : null;
    }
}
