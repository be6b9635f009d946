package org.wgjvm.core.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.core.sim.SimNode;
import org.wgjvm.core.sim.Simulation;
import org.wgjvm.crypto.JcaAead;

/**
 * The bytes that a device is made of, damaged: they are refused, and nothing is left, or they make a device that lives. The input is a list
 * of (position, value) by which the state of a true device, with a session and packets that wait, is changed, and then where it is cut.
 */
final class DeviceHandoverFuzzTest {
    private static final byte[] TRUE_STATE;
    private static final long NOW_NS;

    static {
        final Simulation sim = new Simulation(7);
        final SimNode one = sim.node("one", Packets.endpoint("192.0.2.1", 51820));
        final SimNode other = sim.node("other", Packets.endpoint("198.51.100.2", 51821));
        final SimNode silent = sim.node("silent", Packets.endpoint("198.51.100.3", 51821));
        one.addPeer(other, "10.0.0.2/32", "fd00::2/128");
        other.addPeer(one, "10.0.0.1/32");
        one.addPeer(silent, "10.0.0.3/32");
        one.send(Packets.udp("10.0.0.1", "10.0.0.2", 1, 100));
        sim.runFor(Simulation.SECOND_NS);
        one.send(Packets.udp("10.0.0.1", "10.0.0.3", 2, 100));
        NOW_NS = sim.nowNs();
        try (StateWriter out = new StateWriter()) {
            one.device().writeTo(out, NOW_NS);
            TRUE_STATE = out.written().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @FuzzTest
    void aDamagedStateIsRefusedOrLives(byte[] edits) {
        final byte[] state = TRUE_STATE.clone();
        int i = 0;
        for (; i + 3 <= edits.length; i += 3) {
            state[((edits[i] & 0xff) << 8 | edits[i + 1] & 0xff) % state.length] = edits[i + 2];
        }
        final int cut = i < edits.length ? edits[i] & 0xff : 0;
        final MemorySegment given = MemorySegment.ofArray(state).asSlice(0, Math.max(0, state.length - cut));
        final Random random = new Random(3);
        final Device device = new Device(new JcaAead(), random::nextBytes, () -> 1_800_000_000_000_000_000L, DeviceEvents.NONE, new Sink());
        try {
            device.readFrom(new StateReader(given), NOW_NS);
        } catch (StateException e) {
            assertEquals(0, device.peerCount());
            assertNull(DeviceProbe.remains(device));
            return;
        }
        assertNull(DeviceProbe.difference(device, device(device), NOW_NS));
        device.onDeadline(NOW_NS);
        device.close();
        assertNull(DeviceProbe.remains(device));
    }

    private static Device device(Device of) {
        final Device again = new Device(new JcaAead(), bytes -> {}, () -> 0, DeviceEvents.NONE, new Sink());
        try (StateWriter out = new StateWriter()) {
            of.writeTo(out, NOW_NS);
            again.readFrom(new StateReader(out.written()), NOW_NS);
        } catch (StateException e) {
            throw new AssertionError("what was read cannot be read again", e);
        }
        return again;
    }

    private static final class Sink implements DeviceOutput {
        @Override
        public void send(PacketBatch datagrams) {}

        @Override
        public int deliver(PacketBatch inner) {
            return 0;
        }
    }
}
