package org.wgjvm.core.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wgjvm.core.noise.HandshakeResult.FLOODED;
import static org.wgjvm.core.noise.HandshakeResult.LOW_ORDER_EPHEMERAL;
import static org.wgjvm.core.noise.HandshakeResult.LOW_ORDER_STATIC;
import static org.wgjvm.core.noise.HandshakeResult.OK;
import static org.wgjvm.core.noise.HandshakeResult.OWN_KEY;
import static org.wgjvm.core.noise.HandshakeResult.REPLAYED_TIMESTAMP;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wgjvm.crypto.PublicKey;

/** Replays, floods, and keys that force a shared secret. */
final class HandshakeDefenceTest {
    private static final long MS = 1_000_000L;

    private final Party[] pair = Party.pair(1);
    private final Party initiator = pair[0];
    private final Party responder = pair[1];

    /** The points of order 1, 2, 4 and 8 and their encodings that are not reduced below 2^255 (RFC 7748, section 7). */
    static Stream<byte[]> lowOrderPoints() {
        final BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
        final BigInteger eight = new BigInteger("325606250916557431795983626356110631294008115727848805560023387167927233504");
        final BigInteger alsoEight = new BigInteger("39382357235489614581723060781553021112529911719440698176882885853963445705823");
        return Stream.of(
                        BigInteger.ZERO, BigInteger.ONE, eight, alsoEight, p.subtract(BigInteger.ONE), p, p.add(BigInteger.ONE))
                .map(HandshakeDefenceTest::littleEndian);
    }

    private static byte[] littleEndian(BigInteger v) {
        final byte[] out = new byte[32];
        for (int i = 0; i < 32; i++) {
            out[i] = v.shiftRight(8 * i).byteValue();
        }
        return out;
    }

    @Test
    void aReplayedInitiationIsRefused() {
        final byte[] initiation = initiator.initiation();
        assertEquals(OK, responder.consumeInitiation(initiation));
        assertEquals(OK, initiator.consumeResponse(responder.response()));
        responder.handshake.deriveSession();
        responder.nowNs += 60_000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiation));
        assertEquals(Handshake.State.NONE, responder.handshake.state());
    }

    @Test
    void aReplayDoesNotDisturbTheHandshakeUnderWay() {
        final byte[] initiation = initiator.initiation();
        assertEquals(OK, responder.consumeInitiation(initiation));
        responder.nowNs += 1000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiation));
        assertEquals(OK, initiator.consumeResponse(responder.response()));
        Sessions.assertMatch(initiator.handshake.deriveSession(), responder.handshake.deriveSession());
    }

    @Test
    void anOlderTimestampIsRefusedAndANewerOneIsNot() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation(5_000_000_001L)));
        responder.nowNs += 1000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiator.initiation(5_000_000_001L)));
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiator.initiation(5_000_000_000L)));
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiator.initiation(4_999_999_999L)));
        assertEquals(OK, responder.consumeInitiation(initiator.initiation(5_000_000_002L)));
    }

    /** A peer may have any clock, also one whose label has its top bit set. */
    @Test
    void timestampsAreComparedAsUnsigned() {
        final byte[] high = new byte[12];
        Arrays.fill(high, (byte) 0xff);
        high[11] = (byte) 0xfe;
        assertEquals(OK, consumeStamped(high));
        responder.nowNs += 1000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiator.initiation(5_000_000_000L)));
        final byte[] higher = high.clone();
        higher[11] = (byte) 0xff;
        assertEquals(OK, consumeStamped(higher));
    }

    @Test
    void theZeroTimestampIsGoodOnce() {
        assertEquals(OK, consumeStamped(new byte[12]));
        responder.nowNs += 1000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, consumeStamped(new byte[12]));
    }

    private HandshakeResult consumeStamped(byte[] stamp) {
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        assertEquals(OK, initiator.handshake.createInitiation(out, initiator.identity, stamp, 3, initiator.random, initiator.aead));
        initiator.generator.sign(out, 0);
        return responder.consumeInitiation(out);
    }

    @Test
    void theGreatestTimestampOutlivesTheHandshake() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation(5_000_000_001L)));
        responder.handshake.clear();
        responder.nowNs += 1000 * MS;
        assertEquals(REPLAYED_TIMESTAMP, responder.consumeInitiation(initiator.initiation(5_000_000_000L)));
    }

    @Test
    void initiationsWithin20MsOfTheLastAreAFlood() {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation(1)));
        responder.nowNs += 20 * MS - 1;
        assertEquals(FLOODED, responder.consumeInitiation(initiator.initiation(2)));
        assertEquals(Handshake.State.INITIATION_CONSUMED, responder.handshake.state());
        responder.nowNs += 1;
        // What was refused as a flood has not moved the greatest timestamp, nor the gate.
        assertEquals(OK, responder.consumeInitiation(initiator.initiation(2)));
    }

    @Test
    void fiftyInitiationsASecondPass() {
        int passed = 0;
        for (int ms = 0; ms < 1000; ms++) {
            final HandshakeResult result = responder.consumeInitiation(initiator.initiation(1_000_000 + ms));
            assertTrue(result == OK || result == FLOODED);
            passed += result == OK ? 1 : 0;
            responder.nowNs += MS;
        }
        assertEquals(50, passed);
    }

    /** The monotonic clock may start anywhere, also below zero. */
    @Test
    void theFirstInitiationPassesWhateverTheClockSays() {
        for (long now : new long[] {0, Long.MIN_VALUE, Long.MAX_VALUE, -1, 19 * MS}) {
            final Party[] fresh = Party.pair(now);
            fresh[1].nowNs = now;
            assertEquals(OK, fresh[1].consumeInitiation(fresh[0].initiation(7)));
        }
    }

    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void anEphemeralOfLowOrderInAnInitiationIsRefused(byte[] point) {
        final byte[] initiation = initiator.initiation();
        System.arraycopy(point, 0, initiation, Messages.INITIATION_EPHEMERAL, 32);
        initiator.generator.sign(initiation, 0);
        assertEquals(LOW_ORDER_EPHEMERAL, responder.consumeInitiation(initiation));
        assertEquals(Handshake.State.NONE, responder.handshake.state());
    }

    /**
     * The same from somebody who went on with the zero secret, as one can who knows only the responder's public key: everything in it but
     * the timestamp would decrypt.
     */
    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void anInitiationBuiltOnTheZeroSecretIsRefused(byte[] point) {
        final SymmetricState s = SymmetricState.forResponder(responder.identity.publicKey().toBytes());
        s.mixEphemeral(point);
        s.mixKey(new byte[32]);
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        Messages.putInt(out, 0, MessageType.INITIATION);
        System.arraycopy(point, 0, out, Messages.INITIATION_EPHEMERAL, 32);
        s.encryptAndHash(initiator.aead, initiator.identity.publicKey().toBytes(), out, Messages.INITIATION_STATIC);
        initiator.generator.sign(out, 0);
        assertEquals(LOW_ORDER_EPHEMERAL, responder.consumeInitiation(out));
    }

    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void anEphemeralOfLowOrderInAResponseIsRefused(byte[] point) {
        assertEquals(OK, responder.consumeInitiation(initiator.initiation()));
        final byte[] good = responder.response();
        final byte[] bad = good.clone();
        System.arraycopy(point, 0, bad, Messages.RESPONSE_EPHEMERAL, 32);
        responder.generator.sign(bad, 0);
        assertEquals(LOW_ORDER_EPHEMERAL, initiator.consumeResponse(bad));
        assertEquals(OK, initiator.consumeResponse(good));
    }

    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void thereIsNoHandshakeWithAStaticKeyOfLowOrder(byte[] point) {
        initiator.peerWith(PublicKey.of(point, 0));
        assertEquals(LOW_ORDER_STATIC, initiator.handshake.remote().check(initiator.identity));
        assertEquals(
                LOW_ORDER_STATIC,
                initiator.handshake.createInitiation(
                        new byte[148], initiator.identity, new byte[12], 1, initiator.random, initiator.aead));
        assertEquals(Handshake.State.NONE, initiator.handshake.state());
    }

    /** It could be made by anybody: the static-static secret would be zero. */
    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void anInitiationFromAStaticKeyOfLowOrderIsRefused(byte[] point) {
        final byte[] to = responder.identity.publicKey().toBytes();
        final byte[] ephemeral = new SeededRandom(8).bytes(32);
        final byte[] ephemeralPublic = PaperHandshake.pub(ephemeral);
        final SymmetricState s = SymmetricState.forResponder(to);
        s.mixEphemeral(ephemeralPublic);
        s.mixKey(PaperHandshake.dh(ephemeral, to));
        final byte[] out = new byte[Messages.INITIATION_LENGTH];
        Messages.putInt(out, 0, MessageType.INITIATION);
        System.arraycopy(ephemeralPublic, 0, out, Messages.INITIATION_EPHEMERAL, 32);
        s.encryptAndHash(initiator.aead, point, out, Messages.INITIATION_STATIC);
        s.mixKey(new byte[32]);
        s.encryptAndHash(initiator.aead, new byte[12], out, Messages.INITIATION_TIMESTAMP);
        initiator.generator.sign(out, 0);
        responder.peerWith(PublicKey.of(point, 0));
        assertEquals(LOW_ORDER_STATIC, responder.consumeInitiation(out));
        assertEquals(Handshake.State.NONE, responder.handshake.state());
    }

    @Test
    void thereIsNoHandshakeWithOurselves() {
        initiator.peerWith(initiator.identity.publicKey());
        assertTrue(initiator.handshake.remote().isSelf(initiator.identity));
        assertFalse(initiator.handshake.remote().isSelf(responder.identity));
        assertEquals(OWN_KEY, initiator.handshake.remote().check(initiator.identity));
        assertEquals(
                OWN_KEY,
                initiator.handshake.createInitiation(
                        new byte[148], initiator.identity, new byte[12], 1, initiator.random, initiator.aead));
    }

    /** The peer that was ourselves is a peer again once we have another key. */
    @Test
    void theVerdictFollowsTheIdentity() {
        final RemoteStatic remote = new RemoteStatic(initiator.identity.publicKey());
        assertEquals(OWN_KEY, remote.check(initiator.identity));
        assertEquals(OK, remote.check(responder.identity));
        assertEquals(OWN_KEY, remote.check(initiator.identity));
    }
}
