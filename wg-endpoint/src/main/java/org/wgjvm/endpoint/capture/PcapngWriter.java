package org.wgjvm.endpoint.capture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes pcapng (draft-ietf-opsawg-pcapng), little-endian, with times in nanoseconds and interfaces of raw IP packets. Of one thread.
 */
public final class PcapngWriter {
    /** {@code epb_flags}: the packet came in. */
    public static final int INBOUND = 1;

    /** {@code epb_flags}: the packet goes out. */
    public static final int OUTBOUND = 2;

    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    static final int ENHANCED_PACKET = 6;
    private static final int LINKTYPE_RAW = 101;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_DESCRIPTION = 3;
    private static final int IF_TSRESOL = 9;
    private static final int EPB_FLAGS = 2;
    private static final int COMMENT = 1;
    private static final int ISB_IFRECV = 4;
    private static final int ISB_IFDROP = 5;

    /** More than the longest block: a packet of 64 KiB with its options. */
    private static final int BUFFER_BYTES = 1 << 18;

    private final WritableByteChannel out;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Writes nothing yet. */
    public PcapngWriter(WritableByteChannel out) {
        this.out = out;
    }

    /** Begins the section; {@code application} says who wrote it. */
    public void section(String application) throws IOException {
        final int begin = begin(SECTION_HEADER);
        buffer.putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(SHB_USERAPPL, application);
        endOfOptions();
        end(begin);
    }

    /** Adds an interface; they are numbered from 0 in order. */
    public void networkInterface(String name, String description) throws IOException {
        final int begin = begin(INTERFACE_DESCRIPTION);
        buffer.putShort((short) LINKTYPE_RAW).putShort((short) 0).putInt(0);
        option(IF_NAME, name);
        option(IF_DESCRIPTION, description);
        buffer.putShort((short) IF_TSRESOL).putShort((short) 1).putInt(9);
        endOfOptions();
        end(begin);
    }

    /**
     * Adds a packet of two pieces; the first may be empty.
     *
     * @param flags {@link #INBOUND} or {@link #OUTBOUND}
     * @param comment null for none
     * @param originalLength of both pieces together, if not all is here
     */
    public void packet(
            int networkInterface, long epochNs, int flags, String comment, ByteBuffer head, MemorySegment rest, int originalLength)
            throws IOException {
        final int begin = begin(ENHANCED_PACKET);
        final int captured = head.remaining() + (int) rest.byteSize();
        buffer.putInt(networkInterface).putInt((int) (epochNs >>> 32)).putInt((int) epochNs).putInt(captured).putInt(originalLength);
        buffer.put(head).put(rest.asByteBuffer());
        pad(captured);
        buffer.putShort((short) EPB_FLAGS).putShort((short) 4).putInt(flags);
        if (comment != null) {
            option(COMMENT, comment);
        }
        endOfOptions();
        end(begin);
    }

    /** Says what became of the packets of an interface. */
    public void statistics(int networkInterface, long epochNs, long received, long dropped) throws IOException {
        final int begin = begin(INTERFACE_STATISTICS);
        buffer.putInt(networkInterface).putInt((int) (epochNs >>> 32)).putInt((int) epochNs);
        buffer.putShort((short) ISB_IFRECV).putShort((short) 8).putLong(received);
        buffer.putShort((short) ISB_IFDROP).putShort((short) 8).putLong(dropped);
        endOfOptions();
        end(begin);
    }

    /** Sends what is held back. */
    public void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
        buffer.clear();
    }

    private int begin(int type) throws IOException {
        if (buffer.position() > BUFFER_BYTES / 2) {
            flush();
        }
        final int begin = buffer.position();
        buffer.putInt(type).putInt(0);
        return begin;
    }

    private void end(int begin) {
        final int length = buffer.position() + 4 - begin;
        buffer.putInt(length).putInt(begin + 4, length);
    }

    private void option(int code, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) code).putShort((short) bytes.length).put(bytes);
        pad(bytes.length);
    }

    private void endOfOptions() {
        buffer.putInt(0);
    }

    private void pad(int length) {
        for (int i = length; (i & 3) != 0; i++) {
            buffer.put((byte) 0);
        }
    }
}
