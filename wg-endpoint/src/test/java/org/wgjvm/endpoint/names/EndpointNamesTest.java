package org.wgjvm.endpoint.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.control.ControlException;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.log.Log;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class EndpointNamesTest implements NameLookup {
    private static final Endpoint A = Endpoint.v4(0x7f000001, 7);
    private static final Endpoint B = Endpoint.v4(0x7f000002, 7);

    private final LinkedBlockingQueue<CompletableFuture<NameAnswer>> questions = new LinkedBlockingQueue<>();
    private final FakeDevice device = new FakeDevice();
    private final FakeDevice.Peer peer = new FakeDevice.Peer();
    private final PublicKey key = PublicKey.of(new byte[32], 0);
    private EndpointNames names;

    @Override
    public CompletionStage<NameAnswer> lookUp(String host) {
        assertEquals("hub.test", host);
        final CompletableFuture<NameAnswer> question = new CompletableFuture<>();
        questions.add(question);
        return question;
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    @BeforeEach
    void start() throws IOException {
        peer.endpoint = A;
        device.peers.put(key, peer);
        names = new EndpointNames(this, Log.silent());
        names.attach(device);
        names.answer(new ControlRequest(EndpointNames.COMMAND, List.of(), List.of(key.toBase64() + "\thub.test:7")));
    }

    @AfterEach
    void stop() {
        names.close();
    }

    /** The next question, once somebody waits for the answer: what is told to the names after that comes after the answer. */
    private CompletableFuture<NameAnswer> question() throws InterruptedException {
        final CompletableFuture<NameAnswer> question = questions.poll(50, TimeUnit.SECONDS);
        assertNotNull(question, "nobody asks");
        while (question.getNumberOfDependents() == 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return question;
    }

    private void answer(String... addresses) throws InterruptedException {
        question().complete(new NameAnswer(Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(), 3600));
    }

    @Test
    void namesAreHandedOn() throws IOException, StateException {
        final EndpointNames successor = new EndpointNames(this, Log.silent());
        try (StateWriter state = new StateWriter()) {
            names.write(state);
            final StateReader in = new StateReader(state.written());
            successor.attach(device);
            successor.know(EndpointNames.read(in));
            in.end();
        }
        assertEquals(
                List.of(key.toBase64() + "\thub.test:7\t" + A), successor.answer(ControlRequest.of(EndpointNames.COMMAND)).lines());
        successor.close();
    }

    private List<String> list() throws IOException {
        return names.answer(ControlRequest.of(EndpointNames.COMMAND)).lines();
    }

    private void awaitEndpoint(Endpoint expected) {
        while (!expected.equals(peer.endpoint)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void whenNobodyAnswersTheNameIsLookedUpAndTheDeviceLearnsOfIt() throws Exception {
        answer("127.0.0.1");
        names.onHandshakeInitiated(key, 0);
        names.onHandshakeInitiated(key, 1);
        answer("127.0.0.2");
        awaitEndpoint(B);
        assertEquals(List.of(key.toBase64() + "\thub.test:7\t127.0.0.2:7"), list());
    }

    @Test
    void aFailedLookUpIsTriedAgainAndChangesNothing() throws Exception {
        question().completeExceptionally(new IOException("no answer"));
        answer("127.0.0.1");
        assertEquals(A, peer.endpoint);
        assertEquals(1, list().size());
    }

    @Test
    void anEndpointThatIsSetAndAPeerThatGoesHaveNoName() throws Exception {
        answer("127.0.0.1");
        final PeerChange psk = new PeerChange(key, false, false, null, null, 25, false, List.of());
        names.onConfigured(new DeviceChange(null, null, null, false, List.of(psk)));
        names.onConfigured(new DeviceChange(null, null, null, true, List.of(psk)));
        assertEquals(1, list().size());
        names.onConfigured(new DeviceChange(null, null, null, true, List.of()));
        assertEquals(0, list().size());
        names.answer(new ControlRequest(EndpointNames.COMMAND, List.of(), List.of(key.toBase64() + "\thub.test:7")));
        answer("127.0.0.1");
        assertEquals(1, list().size());
        names.onConfigured(new DeviceChange(null, null, null, false,
                List.of(new PeerChange(key, false, false, null, B, null, false, List.of()))));
        assertEquals(0, list().size());
        names.onHandshakeGivenUp(key);
        assertEquals(0, list().size());
        assertTrue(questions.isEmpty());
    }

    @Test
    void nonsenseIsRefused() {
        for (final String line : List.of("x", key.toBase64() + "\thub.test", key.toBase64() + "\t:7", "AAAA\thub.test:7",
                key.toBase64() + "\thub.test:70000", key.toBase64() + " hub.test:7")) {
            assertThrows(ControlException.class,
                    () -> names.answer(new ControlRequest(EndpointNames.COMMAND, List.of(), List.of(line))), line);
        }
    }
}
