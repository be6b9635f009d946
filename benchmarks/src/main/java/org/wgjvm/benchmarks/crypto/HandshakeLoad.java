package org.wgjvm.benchmarks.crypto;

import java.util.List;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.Blake2s;
import org.wgjvm.crypto.X25519;
import org.wgjvm.crypto.X25519Ladder;

/** One primitive of the handshake. */
record HandshakeLoad(String name, int size, String implementation, boolean isX25519, Runnable work) {
    static List<HandshakeLoad> all() {
        final byte[] scalar = new byte[32];
        final byte[] point = new byte[32];
        final byte[] out = new byte[32];
        final byte[] theirs = new byte[32];
        scalar[5] = 77;
        point[0] = 9;
        final byte[] message = new byte[116];
        final byte[] chaining = new byte[32];
        final byte[] k1 = new byte[32];
        final byte[] k2 = new byte[32];
        final byte[] sealed = new byte[48];
        final Aead aead = Aeads.create();
        // The one that a process uses once it is warm.
        final X25519Ladder chosen = X25519Ladder.VECTOR.isAvailable() ? X25519Ladder.VECTOR : X25519Ladder.SCALAR;
        return List.of(
                new HandshakeLoad("x25519", 32, chosen.label(), true, () -> X25519.scalarMult(chosen, out, scalar, point)),
                new HandshakeLoad(
                        "x25519", 32, "scalar", true, () -> X25519.scalarMult(X25519Ladder.SCALAR, out, scalar, point)),
                new HandshakeLoad(
                        "x25519", 32, "bc", true,
                        () -> org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(scalar, 0, point, 0, theirs, 0)),
                new HandshakeLoad(
                        "x25519 base", 32, "bc", true, () -> org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, out, 0)),
                new HandshakeLoad("blake2s mac", 116, "ours", false, () -> Blake2s.mac(out, 0, scalar, message, 0, message.length)),
                new HandshakeLoad("blake2s kdf2", 32, "ours", false, () -> Blake2s.kdf(chaining, out, k1, k2)),
                new HandshakeLoad(
                        "handshake seal", 32, aead.name(), false, () -> aead.seal(k1, 0, k2, scalar, 0, 32, sealed, 0)));
    }
}
