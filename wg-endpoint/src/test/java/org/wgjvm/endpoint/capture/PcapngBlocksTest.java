package org.wgjvm.endpoint.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngBlocksTest {
    private static final int PACKETS = 5;

    private static byte[] stream() throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PcapngWriter writer = new PcapngWriter(Channels.newChannel(bytes));
        writer.section("test");
        writer.networkInterface("inside", "of a test");
        for (int n = 0; n < PACKETS; n++) {
            final byte[] packet = new byte[40_000 + n];
            Arrays.fill(packet, (byte) n);
            writer.packet(0, n, PcapngWriter.INBOUND, null, ByteBuffer.allocate(0), MemorySegment.ofArray(packet), packet.length);
        }
        writer.flush();
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 65_536, 1_000_000})
    void howeverItComesItIsTheSameAndPacketsAreCounted(int piece) throws IOException {
        final byte[] stream = stream();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final PcapngBlocks blocks = new PcapngBlocks(Channels.newChannel(out));
        for (int at = 0; at < stream.length; at += piece) {
            blocks.add(ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at)));
        }
        assertEquals(PACKETS, blocks.packets());
        assertArrayEquals(stream, out.toByteArray());
    }

    @Test
    void whatIsCutOffIsDroppedAndAnotherSectionFollows() throws IOException {
        final byte[] stream = stream();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final PcapngBlocks blocks = new PcapngBlocks(Channels.newChannel(out));
        blocks.add(ByteBuffer.wrap(stream, 0, stream.length - 5));
        blocks.end();
        final int whole = out.size();
        blocks.add(ByteBuffer.wrap(stream));
        assertEquals(2 * PACKETS - 1, blocks.packets());
        assertArrayEquals(stream, Arrays.copyOfRange(out.toByteArray(), whole, out.size()));
        assertArrayEquals(Arrays.copyOf(stream, whole), Arrays.copyOf(out.toByteArray(), whole));
    }

    @Test
    void whatIsNoBlockIsRefused() {
        final PcapngBlocks blocks = new PcapngBlocks(Channels.newChannel(new ByteArrayOutputStream()));
        assertThrows(IOException.class, () -> blocks.add(ByteBuffer.wrap(new byte[64])));
    }

    @Test
    void whatIsLeftOfACapture() {
        final CaptureOptions some = new CaptureOptions(null, true, true, 100, 10, 5000);
        assertEquals(new CaptureOptions(null, true, true, 100, 6, 3000), some.less(4, 2_000_000_000L));
        assertNull(some.less(10, 0));
        assertNull(some.less(0, 5_000_000_000L));
        final CaptureOptions endless = new CaptureOptions(null, true, true, 100, Long.MAX_VALUE, 0);
        assertEquals(endless, endless.less(1000, Long.MAX_VALUE));
    }
}
