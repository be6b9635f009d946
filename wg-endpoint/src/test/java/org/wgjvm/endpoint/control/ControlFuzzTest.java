package org.wgjvm.endpoint.control;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;

/** Requests of any bytes. */
final class ControlFuzzTest {
    /** Refused, cut off, or a request; never anything else, and never more of it than the bounds allow. */
    @FuzzTest
    void requests(byte[] data) {
        final LineReader reader = new LineReader(Channels.newChannel(new ByteArrayInputStream(data)));
        try {
            for (List<String> lines = reader.block(); lines != null; lines = reader.block()) {
                assertTrue(!lines.isEmpty() && lines.stream().noneMatch(String::isEmpty));
                ControlServer.parse(lines);
            }
        } catch (IOException | IllegalArgumentException e) {
            assertTrue(e.getMessage() != null);
        }
    }
}
