package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class MessageTypeTest {
    private final MemorySegment slab = MemorySegment.ofArray(new byte[70_000]);

    private int classify(int first, int second, int third, int fourth, int length) {
        final long offset = 3;
        slab.set(ValueLayout.JAVA_BYTE, offset, (byte) first);
        slab.set(ValueLayout.JAVA_BYTE, offset + 1, (byte) second);
        slab.set(ValueLayout.JAVA_BYTE, offset + 2, (byte) third);
        slab.set(ValueLayout.JAVA_BYTE, offset + 3, (byte) fourth);
        return MessageType.classify(slab, offset, length);
    }

    @Test
    void eachTypeHasItsLength() {
        for (int length = 0; length <= 65_535; length++) {
            assertEquals(length == 148 ? MessageType.INITIATION : MessageType.NONE, classify(1, 0, 0, 0, length));
            assertEquals(length == 92 ? MessageType.RESPONSE : MessageType.NONE, classify(2, 0, 0, 0, length));
            assertEquals(length == 64 ? MessageType.COOKIE_REPLY : MessageType.NONE, classify(3, 0, 0, 0, length));
            assertEquals(length >= 32 ? MessageType.TRANSPORT : MessageType.NONE, classify(4, 0, 0, 0, length));
        }
    }

    /** At an MTU of 1420 the padding of a full packet stops at the MTU: 16 + 1420 + 16 is not a multiple of 16. */
    @Test
    void aFullPacketAtTheUsualMtuIsTransport() {
        assertEquals(MessageType.TRANSPORT, classify(4, 0, 0, 0, 1452));
    }

    @Test
    void theReservedBytesAreZero() {
        for (int type = 1; type <= 4; type++) {
            final int length = new int[] {0, 148, 92, 64, 32}[type];
            assertEquals(type, classify(type, 0, 0, 0, length));
            assertEquals(MessageType.NONE, classify(type, 1, 0, 0, length));
            assertEquals(MessageType.NONE, classify(type, 0, 0x80, 0, length));
            assertEquals(MessageType.NONE, classify(type, 0, 0, 1, length));
        }
    }

    @Test
    void otherTypesAreNotOurs() {
        for (int type = 0; type < 256; type++) {
            if (type < 1 || type > 4) {
                for (int length : new int[] {0, 4, 32, 64, 92, 148, 1452}) {
                    assertEquals(MessageType.NONE, classify(type, 0, 0, 0, length));
                }
            }
        }
    }

    /** A slab ends where its last datagram ends. */
    @Property(tries = 200)
    void nothingIsReadBeyondTheDatagram(@ForAll @Size(max = 40) byte[] datagram, @ForAll @IntRange(max = 3) int before) {
        final byte[] bytes = new byte[before + datagram.length];
        System.arraycopy(datagram, 0, bytes, before, datagram.length);
        final int type = MessageType.classify(MemorySegment.ofArray(bytes), before, datagram.length);
        if (datagram.length < 32) {
            assertEquals(MessageType.NONE, type);
        }
    }

    @Test
    void aMessageIsCopiedOutWithItsIndices() {
        final byte[] response = new byte[Messages.RESPONSE_LENGTH];
        Messages.putInt(response, 0, MessageType.RESPONSE);
        Messages.putInt(response, 4, 0x01020304);
        Messages.putInt(response, 8, 0x0a0b0c0d);
        MemorySegment.copy(response, 0, slab, ValueLayout.JAVA_BYTE, 17, response.length);
        final byte[] copy = Messages.copyOut(slab, 17, response.length);
        assertArrayEquals(response, copy);
        assertEquals(0x01020304, Messages.sender(copy));
        assertEquals(0x0a0b0c0d, Messages.receiver(copy));
        assertEquals(4, copy[4]);
        final byte[] reply = new byte[Messages.COOKIE_REPLY_LENGTH];
        Messages.putInt(reply, 0, MessageType.COOKIE_REPLY);
        Messages.putInt(reply, 4, 77);
        assertEquals(77, Messages.receiver(reply));
    }
}
