package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.AeadKey;
import org.wgjvm.crypto.Aeads;

/** What two derived sessions must be to each other. */
final class Sessions {
    private static final Aead AEAD = Aeads.create();

    private Sessions() {}

    static void assertMatch(SessionKeys initiator, SessionKeys responder) {
        assertNotNull(initiator);
        assertNotNull(responder);
        assertTrue(initiator.initiator());
        assertTrue(!responder.initiator());
        assertEquals(initiator.localIndex(), responder.remoteIndex());
        assertEquals(initiator.remoteIndex(), responder.localIndex());
        assertTrue(same(initiator.sendKey(), responder.receiveKey()));
        assertTrue(same(initiator.receiveKey(), responder.sendKey()));
        assertTrue(!same(initiator.sendKey(), responder.sendKey()));
    }

    /** Whether what one seals the other opens. */
    static boolean same(AeadKey sealing, AeadKey opening) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment packet = arena.allocate(64, 64);
            final MemorySegment sealed = arena.allocate(80, 64);
            final MemorySegment opened = arena.allocate(64, 64);
            packet.fill((byte) 0x5a);
            AEAD.seal(sealing, 7, packet, 0, 64, sealed, 0);
            return AEAD.open(opening, 7, sealed, 0, 80, opened, 0) && packet.mismatch(opened) == -1;
        }
    }
}
