package org.wgjvm.dataplane;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.transport.UdpStatistics;
import org.wgjvm.tun.PortCounter;
import org.wgjvm.tun.PortCounters;

/**
 * What a data plane has counted around its device, as bytes for the process that takes its place: what is drawn from it goes on without a
 * step. Each count goes by its name, or by its place among those of its kind, to which later versions add at the end; what the other
 * version does not know is left out.
 */
final class CountsState {
    private CountsState() {}

    /** A part that reads itself. */
    @FunctionalInterface
    interface Part {
        void read(StateReader in) throws StateException;
    }

    /** After the device. */
    static void write(StateWriter out, Consumer<StateWriter> device, UdpStatistics udp, PortCounters port, LoopObserver observer) {
        final long deviceMark = out.beginRecord();
        device.accept(out);
        out.endRecord(deviceMark);
        final long mark = out.beginRecord();
        out.u8(PortCounter.values().length);
        for (final PortCounter counter : PortCounter.values()) {
            out.text(counter.name()).i64(port.get(counter));
        }
        longs(out, udp.toArray());
        observer.writeTo(out);
        out.endRecord(mark);
    }

    /** Adds to what {@code port} and {@code observer} have, when the device is read. Returns what sockets have counted. */
    static UdpStatistics read(StateReader all, Part device, PortCounters port, LoopObserver observer) throws StateException {
        device.read(all.part());
        final StateReader in = all.part();
        all.end();
        final Map<PortCounter, Long> counts = new EnumMap<>(PortCounter.class);
        final int number = in.u8();
        for (int i = 0; i < number; i++) {
            final String name = in.text();
            final long count = in.i64();
            for (final PortCounter counter : PortCounter.values()) {
                if (counter.name().equals(name)) {
                    counts.put(counter, count);
                }
            }
        }
        final UdpStatistics udp = UdpStatistics.of(longs(in));
        observer.readFrom(in);
        in.end();
        counts.forEach(port::add);
        return udp;
    }

    static void longs(StateWriter out, long... values) {
        out.u8(values.length);
        for (final long value : values) {
            out.i64(value);
        }
    }

    static long[] longs(StateReader in) throws StateException {
        final long[] values = new long[in.u8()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.i64();
        }
        return values;
    }
}
