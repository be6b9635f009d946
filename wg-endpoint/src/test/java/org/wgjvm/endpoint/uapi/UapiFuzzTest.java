package org.wgjvm.endpoint.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;

/** The configuration protocol, both ends of it, fed with any text. */
final class UapiFuzzTest {
    private static final class Log implements UapiParser.Handler {
        final List<String> events = new ArrayList<>();
        final List<DeviceChange> good = new ArrayList<>();

        @Override
        public void onSet(DeviceChange change, UapiFailure failure) {
            events.add("set " + (failure == null ? "0" : failure.errno() + " " + failure.reason()) + "\n" + text(change));
            if (failure == null) {
                good.add(change);
            }
        }

        @Override
        public void onGet() {
            events.add("get");
        }

        @Override
        public void onRefused(UapiFailure failure, boolean get) {
            assertTrue(failure.errno() > 0);
            events.add(get + " " + failure.errno());
        }
    }

    private static Log parse(byte[] data, int piece) {
        final Log log = new Log();
        final UapiParser parser = new UapiParser(log);
        for (int at = 0; at < data.length; at += piece) {
            parser.feed(data, at, Math.min(piece, data.length - at));
        }
        parser.end();
        parser.wipe();
        return log;
    }

    private static String text(DeviceChange change) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            final UapiFormatter formatter = new UapiFormatter(Channels.newChannel(out));
            formatter.change(change);
            formatter.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toString(StandardCharsets.US_ASCII);
    }

    /** A stream means the same however it is cut, and what it changes means the same when it is written out and read again. */
    @FuzzTest
    void requests(byte[] data) {
        final Log whole = parse(data, Math.max(1, data.length));
        assertEquals(whole.events, parse(data, 1).events);
        assertEquals(whole.events, parse(data, 1 + data.length % 13).events);
        for (DeviceChange change : whole.good) {
            final String text = text(change);
            final Log again = parse(("set=1\n" + text + "\n").getBytes(StandardCharsets.US_ASCII), 4096);
            assertEquals(1, again.good.size(), () -> text + again.events);
            assertEquals(text, text(again.good.getFirst()));
        }
    }

    /** What a device answers to a {@code get} is refused with an {@link IOException}, or means the same when it is asked again. */
    @FuzzTest
    void answers(byte[] data) throws IOException {
        final DeviceSnapshot snapshot = read(new String(data, StandardCharsets.UTF_8));
        if (snapshot != null) {
            final String text = text(snapshot);
            assertEquals(text, text(read(text)));
        }
    }

    private static DeviceSnapshot read(String text) {
        final UapiReply reply = new UapiReply();
        try {
            for (String line : text.lines().toList()) {
                reply.line(line);
            }
        } catch (IOException e) {
            return null;
        }
        return reply.snapshot();
    }

    private static String text(DeviceSnapshot snapshot) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final UapiFormatter formatter = new UapiFormatter(Channels.newChannel(out));
        formatter.device(snapshot);
        formatter.flush();
        return out.toString(StandardCharsets.UTF_8);
    }
}
