package org.wgjvm.endpoint.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.crypto.PublicKey;

final class UapiParserTest {
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final PublicKey PEER_A = PublicKey.fromHex(A);
    private static final PublicKey PEER_B = PublicKey.fromHex(B);

    private final Recorder recorder = new Recorder();

    private List<String> parse(String text) {
        final UapiParser parser = new UapiParser(recorder);
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        parser.feed(bytes, 0, bytes.length);
        return recorder.events;
    }

    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
        "nonsense,71", "listen_port,71", "=,22", "nosuchkey=1,22", "LISTEN_PORT=1,22", "listen_port=,22", "listen_port=65536,22",
        "listen_port=-1,22",
        "listen_port=+1,22", "listen_port=1x,22", "listen_port= 1,22", "listen_port=0x10,22", "listen_port=99999999999999999999999,22",
        "fwmark=4294967296,22", "fwmark=0x1,22", "fwmark=off,22", "private_key=,22", "private_key=00,22", "replace_peers=false,22",
        "replace_peers=1,22", "replace_peers=,22", "endpoint=1.2.3.4:5,22", "allowed_ip=10.0.0.0/8,22", "protocol_version=1,22",
        "public_key=,22",
        "public_key=zz,22", "remove=true,22"
    })
    void aWrongDeviceLineGetsItsErrno(String line, int errno) {
        assertEquals(List.of("set " + errno), parse("set=1\nlisten_port=7\n" + line + "\nlisten_port=8\n\n"));
        assertEquals(7, recorder.device.listenPort);
    }

    @ParameterizedTest
    @CsvSource({
        "nonsense,71", "listen_port=1,22", "fwmark=1,22", "private_key=,22", "replace_peers=true,22", "nosuchkey=,22",
        "update_only=false,22", "remove=1,22", "preshared_key=00,22", "endpoint=,22", "endpoint=1.2.3.4,22", "endpoint=host:5,22",
        "persistent_keepalive_interval=65536,22", "persistent_keepalive_interval=off,22", "replace_allowed_ips=false,22", "allowed_ip=,22",
        "allowed_ip=-,22", "allowed_ip=+10.0.0.0/8,22", "allowed_ip=10.0.0.0,22", "allowed_ip=10.0.0.0/33,22", "allowed_ip=--10.0.0.0/8,22",
        "protocol_version=2,22", "protocol_version=01,22", "public_key=aa,22"
    })
    void aWrongPeerLineGetsItsErrnoAndWhatWasBeforeItHolds(String line, int errno) {
        final String before = "set=1\npublic_key=" + A + "\npersistent_keepalive_interval=5\nallowed_ip=10.0.0.0/8\n";
        assertEquals(List.of("set " + errno), parse(before + line + "\npersistent_keepalive_interval=6\n\n"));
        assertEquals(5, recorder.device.peer(PEER_A).keepaliveSeconds);
        assertEquals(1, recorder.device.peer(PEER_A).allowedIps.size());
    }

    @Test
    void everyKeyIsUnderstood() {
        final String text = "set=1\nprivate_key="
                + "F".repeat(64) + "\nlisten_port=00051820\nfwmark=4294967295\nreplace_peers=true\npublic_key=" + A
                + "\nprotocol_version=1\npreshared_key=" + B + "\nendpoint=[2001:db8::1]:5\npersistent_keepalive_interval=65535\n"
                + "replace_allowed_ips=true\nallowed_ip=10.1.2.3/8\nallowed_ip=::/0\nallowed_ip=-::/0\n\n";
        assertEquals(List.of("set 0"), parse(text));
        assertEquals(51820, recorder.device.listenPort);
        assertEquals(-1, recorder.device.fwmark);
        assertEquals("f8" + "f".repeat(60) + "7f", recorder.device.privateKey.toHex(), "clamped");
        final var peer = recorder.device.peer(PEER_A);
        assertEquals(B, peer.presharedKey.toHex());
        assertEquals("[2001:db8::1]:5", peer.endpoint.toString());
        assertEquals(65535, peer.keepaliveSeconds);
        assertEquals("[10.0.0.0/8]", peer.allowedIps.toString());
    }

    @Test
    void zeroKeysClear() {
        final String zero = "0".repeat(64);
        parse("set=1\nprivate_key=" + B + "\npublic_key=" + A + "\npreshared_key=" + B + "\n\n");
        assertNotNull(recorder.device.privateKey);
        assertNotNull(recorder.device.peer(PEER_A).presharedKey);
        parse("set=1\nprivate_key=" + zero + "\npublic_key=" + A + "\npreshared_key=" + zero + "\n\n");
        assertNull(recorder.device.privateKey);
        assertNull(recorder.device.peer(PEER_A).presharedKey);
    }

    @Test
    void updateOnlyCreatesNoPeerAndRemoveRemoves() {
        parse("set=1\npublic_key=" + A + "\nupdate_only=true\npersistent_keepalive_interval=5\npublic_key=" + B + "\n\n");
        assertNull(recorder.device.peer(PEER_A));
        assertNotNull(recorder.device.peer(PEER_B));
        parse("set=1\npublic_key=" + B + "\nremove=true\npersistent_keepalive_interval=5\n\n");
        assertNull(recorder.device.peer(PEER_B));
    }

    @Test
    void linesOfAPeerActInOrder() {
        parse("set=1\npublic_key=" + B + "\nallowed_ip=10.0.0.0/8\npublic_key=" + A
                + "\nallowed_ip=10.0.0.0/8\nreplace_allowed_ips=true\nallowed_ip=11.0.0.0/8\n\n");
        assertTrue(recorder.device.peer(PEER_B).allowedIps.isEmpty(), "taken over before it was replaced");
        assertEquals("[11.0.0.0/8]", recorder.device.peer(PEER_A).allowedIps.toString());
    }

    @Test
    void requestsFollowOneAnother() {
        assertEquals(
                List.of("get", "set 0", "set 22", "get", "get 22", "get"),
                parse("get=1\n\nset=1\n\nset=1\nfoo=1\nbar=2\n\nget=1\n\nget=1\nx\n\nget=1\n\n"));
    }

    @Test
    void afterALineInErrorANewOperationIsHeardWithoutABlankLine() {
        assertEquals(List.of("set 22", "get"), parse("set=1\nfoo=1\nget=1\n\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"set=2", "hello", "set=1 ", "set=1\r", " set=1", "="})
    void whatIsNoOperationIsAnswered(String line) {
        assertEquals(List.of("none 71", "get"), parse(line + "\nlisten_port=5\n\nget=1\n\n"));
    }

    @Test
    void whatLooksLikeAGetHasAnUnsignedErrno() {
        assertEquals(List.of("get 71"), parse("get=2\n\n"));
    }

    @Test
    void carriageReturnsWithinASetAreDropped() {
        assertEquals(List.of("set 0"), parse("set=1\nlisten_port=5\r\n\r\n"));
        assertEquals(5, recorder.device.listenPort);
    }

    @Test
    void theEndOfTheStreamEndsASet() {
        final UapiParser parser = new UapiParser(recorder);
        final byte[] bytes = "set=1\nlisten_port=9".getBytes(StandardCharsets.ISO_8859_1);
        parser.feed(bytes, 0, bytes.length);
        assertTrue(recorder.events.isEmpty());
        parser.end();
        assertEquals(List.of("set 0"), recorder.events);
        assertEquals(9, recorder.device.listenPort);
    }

    @Test
    void aLineTooLongIsAnInputErrorAndTheNextRequestIsServed() {
        final String endless = "set=1\nlisten_port=4\nprivate_key=" + "0".repeat(UapiParser.MAX_LINE_BYTES + 10) + "\n\nget=1\n\n";
        assertEquals(List.of("set 5", "get"), parse(endless));
        assertEquals(4, recorder.device.listenPort);
        final Recorder inPieces = new Recorder();
        final UapiParser parser = new UapiParser(inPieces);
        final byte[] bytes = endless.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i += 1000) {
            parser.feed(bytes, i, Math.min(1000, bytes.length - i));
        }
        assertEquals(List.of("set 5", "get"), inPieces.events);
    }

    @Test
    void reasonsNeverQuoteAValue() {
        final List<String> reasons = new ArrayList<>();
        final UapiParser parser = new UapiParser(new UapiParser.Handler() {
            @Override
            public void onSet(DeviceChange change, UapiFailure failure) {
                reasons.add(failure.reason());
            }

            @Override
            public void onGet() {
                throw new AssertionError();
            }

            @Override
            public void onRefused(UapiFailure failure, boolean get) {
                throw new AssertionError();
            }
        });
        final byte[] bytes = "set=1\nprivate_key=SECRET\n\nset=1\nSECRET\n\nset=1\nSECRET=1\n\n".getBytes(StandardCharsets.ISO_8859_1);
        parser.feed(bytes, 0, bytes.length);
        assertEquals(3, reasons.size());
        reasons.forEach(r -> assertFalse(r.contains("SECRET"), r));
    }

    @Property(tries = 500)
    void howTheStreamIsCutDoesNotMatter(@ForAll long seed) {
        final Random random = new Random(seed);
        final String[] lines = {"set=1", "get=1", "", "listen_port=" + random.nextInt(70000), "public_key=" + A, "public_key=" + B,
                "remove=true",
            "allowed_ip=10." + random.nextInt(300) + ".0.0/16", "junk", "endpoint=[::1]:5", "preshared_key=" + B, "", "\r",
            "private_key=" + A};
        final StringBuilder text = new StringBuilder("set=1\n");
        for (int i = 0; i < 40; i++) {
            text.append(lines[random.nextInt(lines.length)]).append('\n');
        }
        final Recorder whole = new Recorder();
        parseInto(whole, text.toString(), Integer.MAX_VALUE, random);
        final Recorder cut = new Recorder();
        parseInto(cut, text.toString(), 9, random);
        assertEquals(whole.events, cut.events);
        assertEquals(whole.device.listenPort, cut.device.listenPort);
        assertEquals(whole.device.peers.keySet(), cut.device.peers.keySet());
    }

    @Property(tries = 500)
    void noInputIsThrownOut(@ForAll @Size(max = 400) byte[] noise) {
        final Recorder noisy = new Recorder();
        final UapiParser parser = new UapiParser(noisy);
        parser.feed(noise, 0, noise.length);
        final byte[] after = "\n\nget=1\n\n".getBytes(StandardCharsets.ISO_8859_1);
        parser.feed(after, 0, after.length);
        assertEquals("get", noisy.events.getLast());
    }

    private static void parseInto(Recorder into, String text, int maxPiece, Random random) {
        final UapiParser parser = new UapiParser(into);
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; ) {
            final int piece = Math.min(bytes.length - i, maxPiece == Integer.MAX_VALUE ? maxPiece : 1 + random.nextInt(maxPiece));
            parser.feed(bytes, i, piece);
            i += piece;
        }
        parser.end();
    }
}
