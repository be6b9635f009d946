package org.wgjvm.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.wgjvm.core.device.DeviceCounters;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.transport.UdpStatistics;
import org.wgjvm.tun.PortCounter;
import org.wgjvm.tun.PortCounters;

final class CountsStateTest {
    private static final UdpStatistics UDP = UdpStatistics.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);

    private final PortCounters port = new PortCounters();
    private final LoopObserver observer = new LoopObserver();
    private final StateWriter written = new StateWriter();

    private void write() {
        port.add(PortCounter.READ_PACKETS, 100);
        port.add(PortCounter.OFFLOAD_RETREATS, 1);
        observer.timed(true);
        final DeviceCounters counters = new DeviceCounters();
        observer.endTurn(Stage.OUTBOUND, observer.beginTurn(Stage.OUTBOUND, counters), 7, counters);
        observer.endTurn(Stage.INBOUND, observer.beginTurn(Stage.INBOUND, counters), 9, counters);
        CountsState.write(written, out -> out.u8(42), UDP, port, observer);
    }

    @Test
    void whatWasCountedIsAddedToWhatIsCountedThere() throws StateException {
        write();
        final PortCounters otherPort = new PortCounters();
        otherPort.add(PortCounter.READ_PACKETS, 5);
        final LoopObserver other = new LoopObserver();
        assertEquals(UDP, CountsState.read(new StateReader(written.written()), in -> assertEquals(42, in.u8()), otherPort, other));
        assertEquals(105, otherPort.get(PortCounter.READ_PACKETS));
        assertEquals(1, otherPort.get(PortCounter.OFFLOAD_RETREATS));
        assertEquals(observer.snapshot().outboundPackets(), other.snapshot().outboundPackets());
        assertEquals(observer.snapshot().inboundPackets(), other.snapshot().inboundPackets());
        assertEquals(observer.snapshot().durationNs(), other.snapshot().durationNs());
        assertEquals(1, other.snapshot().durationNs().get(Stage.OUTBOUND).count());
        assertEquals(7, other.snapshot().outboundPackets().sum());
    }

    @Test
    void whatAnotherVersionCountsBesidesIsLeftOut() throws StateException {
        written.endRecord(written.beginRecord());
        final long mark = written.beginRecord();
        written.u8(2).text("COUNTED_LATER").i64(3).text(PortCounter.WRITTEN_PACKETS.name()).i64(4);
        CountsState.longs(written, new long[] {1, 2, 3});
        CountsState.longs(written, new long[2]);
        written.i64(5);
        CountsState.longs(written, new long[3]);
        written.i64(6);
        written.u8(1).text("stage of another version");
        CountsState.longs(written, new long[4]);
        written.i64(7);
        written.endRecord(mark);
        final UdpStatistics udp = CountsState.read(new StateReader(written.written()), StateReader::end, port, observer);
        assertEquals(UdpStatistics.of(1, 2, 3), udp);
        assertEquals(3, udp.received().calls());
        assertEquals(4, port.get(PortCounter.WRITTEN_PACKETS));
        assertEquals(0, observer.snapshot().outboundPackets().sum());
    }

    @Test
    void whatIsCutShortIsRefused() {
        write();
        for (long length = 0; length < written.written().byteSize(); length += 3) {
            final StateReader in = new StateReader(written.written().asSlice(0, length));
            assertThrows(StateException.class, () -> CountsState.read(in, StateReader::u8, port, observer));
        }
    }
}
