package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wgjvm.core.noise.HandshakeResult.OK;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.X25519;

/** What a key log is told, and that nobody is told anything unasked. */
final class KeyLogTest implements KeyLog {
    private record Entry(byte[] localStatic, PublicKey remoteStatic, byte[] localEphemeral, byte[] presharedKey) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Party[] pair = Party.pair(77);

    @Override
    public void onEphemeral(byte[] localStatic, PublicKey remoteStatic, byte[] localEphemeral, byte[] presharedKey) {
        entries.add(new Entry(localStatic.clone(), remoteStatic, localEphemeral.clone(), presharedKey.clone()));
    }

    private void check(int entry, Party self, Party other, byte[] message, int ephemeralAt, byte[] psk) {
        final Entry e = entries.get(entry);
        assertArrayEquals(self.identity.publicBytes(), publicOf(e.localStatic()));
        assertEquals(other.identity.publicKey(), e.remoteStatic());
        assertArrayEquals(Arrays.copyOfRange(message, ephemeralAt, ephemeralAt + 32), publicOf(e.localEphemeral()));
        assertArrayEquals(psk, e.presharedKey());
    }

    private static byte[] publicOf(byte[] scalar) {
        final byte[] out = new byte[32];
        X25519.scalarMultBase(out, scalar);
        return out;
    }

    @Test
    void eachMessageWithAnEphemeralKeyIsToldWithItsSecrets() {
        final byte[] psk = new SeededRandom(9).bytes(32);
        for (final Party party : pair) {
            party.psk(psk);
            party.handshake.keyLog(this);
        }
        final byte[] initiation = pair[0].initiation();
        assertEquals(OK, pair[1].consumeInitiation(initiation));
        final byte[] response = pair[1].response();
        assertEquals(OK, pair[0].consumeResponse(response));
        assertEquals(2, entries.size());
        check(0, pair[0], pair[1], initiation, Messages.INITIATION_EPHEMERAL, psk);
        check(1, pair[1], pair[0], response, Messages.RESPONSE_EPHEMERAL, psk);
        Sessions.assertMatch(pair[0].handshake.deriveSession(), pair[1].handshake.deriveSession());
    }

    @Test
    void withoutOneNobodyIsToldAnythingAndItCanBeTurnedOffAgain() {
        pair[0].handshake.keyLog(this);
        pair[0].handshake.keyLog(null);
        assertEquals(OK, pair[1].consumeInitiation(pair[0].initiation()));
        assertEquals(OK, pair[0].consumeResponse(pair[1].response()));
        assertEquals(List.of(), entries);
    }
}
