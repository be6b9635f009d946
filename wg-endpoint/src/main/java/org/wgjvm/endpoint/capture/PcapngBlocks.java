package org.wgjvm.endpoint.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * Passes on the blocks of what {@link PcapngWriter} wrote elsewhere, whole ones only, and counts the packets among them: so that after a
 * stream that was cut off another section may follow. Of one thread.
 */
public final class PcapngBlocks {
    private static final int HEADER_BYTES = 8;
    private static final int SHORTEST_BYTES = 12;
    private static final int LONGEST_BYTES = 1 << 24;
    private static final int FIRST_BYTES = 1 << 17;

    private final WritableByteChannel out;
    private ByteBuffer waiting = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long packets;

    /** Passes them on to {@code out}. */
    public PcapngBlocks(WritableByteChannel out) {
        this.out = out;
    }

    /** How many packets were passed on. */
    public long packets() {
        return packets;
    }

    /** Takes some of the stream, all that is in {@code bytes}. */
    public void add(ByteBuffer bytes) throws IOException {
        if (waiting.remaining() < bytes.remaining()) {
            final int needed = waiting.position() + bytes.remaining();
            waiting = ByteBuffer.wrap(Arrays.copyOf(waiting.array(), Math.max(needed, 2 * waiting.capacity())))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(waiting.position());
        }
        waiting.put(bytes).flip();
        int whole = 0;
        while (waiting.limit() - whole >= HEADER_BYTES) {
            final int length = waiting.getInt(whole + 4);
            if (length < SHORTEST_BYTES || length > LONGEST_BYTES) {
                throw new IOException("the daemon sent a block of " + length + " bytes");
            }
            if (waiting.limit() - whole < length) {
                break;
            }
            packets += waiting.getInt(whole) == PcapngWriter.ENHANCED_PACKET ? 1 : 0;
            whole += length;
        }
        final ByteBuffer complete = waiting.duplicate().limit(whole);
        while (complete.hasRemaining()) {
            out.write(complete);
        }
        waiting.position(whole);
        waiting.compact();
    }

    /** The stream has ended: what is no whole block is dropped. */
    public void end() {
        waiting.clear();
    }
}
