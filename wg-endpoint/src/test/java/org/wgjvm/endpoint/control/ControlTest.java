package org.wgjvm.endpoint.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.endpoint.log.Log;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ControlTest {
    @TempDir
    Path directory;

    private Path socket;
    private ControlServer server;

    @BeforeEach
    void start() throws IOException {
        socket = ControlServer.path(directory, "wg0");
        server = ControlServer.start(socket, Log.silent());
        server.add("echo", r -> {
            final List<String> lines = new ArrayList<>(r.arguments());
            lines.addAll(r.body());
            return ControlAnswer.of(lines);
        });
        server.add("fail", r -> {
            throw new ControlException("not today");
        });
        server.add("broken", r -> {
            throw new IllegalStateException("a defect");
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void requestsFollowOneAnotherOnAConnection() throws IOException {
        answersEverything();
    }

    private void answersEverything() throws IOException {
        try (ControlClient client = ControlClient.connect(socket)) {
            assertEquals(List.of("a b", "c=d", "e"), client.ask(new ControlRequest("echo", List.of("a b", "c=d"), List.of("e"))));
            assertEquals(List.of(), client.ask(ControlRequest.of("echo")));
            assertEquals(List.of("broken", "echo", "fail", "help"), client.ask(ControlRequest.of("help")));
        }
    }

    @Test
    void aRefusalIsSaidInOneLine() throws IOException {
        for (final String[] c : new String[][] {{"fail", "not today"}, {"none", "no such command: none"}, {"broken", "a defect"}}) {
            try (ControlClient client = ControlClient.connect(socket)) {
                final IOException e = assertThrows(ControlException.class, () -> client.ask(ControlRequest.of(c[0])));
                assertTrue(e.getMessage().contains(c[1]), e.getMessage());
            }
        }
    }

    @Test
    void aStreamHasTheConnectionToItselfAndHearsWhenTheOtherSideHasEnough() throws IOException {
        server.add("stream", r -> new ControlAnswer(List.of("head"), channel -> {
            channel.write(ByteBuffer.wrap("first\n\n".getBytes(StandardCharsets.UTF_8)));
            final ByteBuffer in = ByteBuffer.allocate(10);
            assertEquals(-1, channel.read(in));
            channel.write(ByteBuffer.wrap("last".getBytes(StandardCharsets.UTF_8)));
        }));
        try (ControlClient client = ControlClient.connect(socket)) {
            assertEquals(List.of("head"), client.ask(ControlRequest.of("stream")));
            client.finish();
            final ByteArrayOutputStream all = new ByteArrayOutputStream();
            final ByteBuffer some = ByteBuffer.allocate(3);
            while (client.read(some) >= 0) {
                all.write(some.array(), 0, some.position());
                some.clear();
            }
            assertEquals("first\n\nlast", all.toString(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\t\n\n", "echo\n", "echo\t\r\n\n", "\n\n\n", "a"})
    void nonsenseEndsNothingButItsConnection(String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            Channels.newInputStream(channel).readAllBytes();
        }
        answersEverything();
    }

    @Test
    void aLineWithoutAnEndIsRefused() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(new byte[LineReader.MAX_LINE_BYTES + 1]));
            final String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("error: line too long"), answer);
        }
    }

    @Test
    void theSocketIsForItsOwnerAndGoesWithTheServer() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        server.close();
        assertFalse(Files.exists(socket));
    }

    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll("requests") ControlRequest request) throws IOException {
        final byte[] wire = request.toWire().getBytes(StandardCharsets.UTF_8);
        final LineReader reader = new LineReader(Channels.newChannel(new ByteArrayInputStream(wire)));
        final List<String> lines = reader.block();
        final List<String> words = List.of(lines.getFirst().split("\t", -1));
        assertEquals(
                request, new ControlRequest(words.getFirst(), words.subList(1, words.size()), lines.subList(1, lines.size())));
        assertNull(reader.block());
    }

    @Provide
    Arbitrary<ControlRequest> requests() {
        final Arbitrary<String> word = Arbitraries.strings().all().excludeChars('\t', '\n', '\r').ofMaxLength(50)
                .filter(w -> new String(w.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(w));
        final Arbitrary<String> full = word.filter(w -> !w.isEmpty());
        return Combinators.combine(full, word.list().ofMaxSize(4), full.list().ofMaxSize(4)).as(ControlRequest::new);
    }
}
