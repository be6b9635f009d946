package org.wgjvm.endpoint.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Message;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Word;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.PassedDescriptors;
import org.wgjvm.sys.UnixSocket;

/** What the two processes say to each other arrives whole and in order, and an end is told from a word. */
@Timeout(60)
final class HandoverChannelTest {
    private static final int STATE_LONGS = 300_000;

    private HandoverChannel here;
    private HandoverChannel there;

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    }

    @BeforeEach
    void connect() throws IOException {
        final int[] pair = PassedDescriptors.pair();
        here = new HandoverChannel(pair[0]);
        there = new HandoverChannel(pair[1]);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    @Test
    void whatWasSaidBeforeTheEndIsHeardBeforeTheEnd() throws IOException {
        there.send(Word.PREPARED, "", soon());
        here.send(Word.STATE, "unread", soon());
        here.send(Word.ABORT, "", soon());
        here.close();
        try (Message state = there.receive(soon())) {
            assertEquals(Word.STATE, state.word());
            assertEquals("unread", state.text());
        }
        try (Message abort = there.receive(soon())) {
            assertEquals(Word.ABORT, abort.word());
        }
        // It ended with something of ours unread, which the kernel reports in another way than an end.
        assertNull(there.receive(soon()));
    }

    @Test
    void aLargeStateGoesThroughWhileItIsReadAndDescriptorsKeepTheirPlace() throws Exception {
        final int file = FileDescriptors.open("/dev/null", FileDescriptors.O_RDONLY);
        final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try (StateWriter out = new StateWriter()) {
                here.send(Word.SOCKETS, "x", soon());
                here.sendDescriptors(file, file);
                for (long n = 0; n < STATE_LONGS; n++) {
                    out.i64(n);
                }
                here.send(Word.STATE, out, soon());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        there.receive(soon()).close();
        for (int fd : there.receiveDescriptors(2, soon())) {
            assertTrue(fd > 0);
            FileDescriptors.close(fd);
        }
        try (Message state = there.receive(soon())) {
            final StateReader in = state.reader();
            for (long n = 0; n < STATE_LONGS; n++) {
                assertEquals(n, in.i64());
            }
            in.end();
        }
        sent.get(30, TimeUnit.SECONDS);
        FileDescriptors.close(file);
    }

    @Test
    void whoDoesNotReadOrDoesNotAnswerIsNotWaitedForBeyondTheDeadline() throws IOException {
        try (StateWriter out = new StateWriter()) {
            out.room(64 << 20);
            assertThrows(UpgradeException.class, () -> here.send(Word.STATE, out, System.nanoTime() + 1_000_000));
        }
        assertThrows(UpgradeException.class, () -> here.receive(System.nanoTime() + 1_000_000));
    }

    /** Anything but messages is refused or is the end; nothing is thrown that a caller does not expect. */
    @Test
    void anyBytesAreMessagesOrRefused() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            final Random random = new Random(seed);
            final byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            // Half of them begin like something that could be said.
            for (int i = 0; i + 1 < bytes.length && seed % 2 == 0; i += bytes.length / 3 + 1) {
                bytes[i] = (byte) random.nextInt(Word.values().length);
                Arrays.fill(bytes, i + 1, Math.min(bytes.length, i + 5), (byte) 0);
            }
            receive(bytes);
        }
    }

    private static void receive(byte[] bytes) throws IOException {
        final int[] pair = PassedDescriptors.pair();
        try (HandoverChannel receiver = new HandoverChannel(pair[0])) {
            final ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                UnixSocket.write(pair[1], rest);
            }
            FileDescriptors.close(pair[1]);
            Message message = receiver.receive(soon());
            while (message != null) {
                message.close();
                message = receiver.receive(soon());
            }
        } catch (UpgradeException e) {
            assertTrue(e.getMessage().contains("protocol") || e.getMessage().contains("middle of a message"), e.getMessage());
        }
    }
}
