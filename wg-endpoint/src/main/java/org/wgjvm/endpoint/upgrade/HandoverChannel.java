package org.wgjvm.endpoint.upgrade;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.PassedDescriptors;

/**
 * What the old and the new process say to each other: messages of a word (8 bits), a length (32 bits) and as many bytes, and file
 * descriptors between them, over a pair of unix sockets that nobody else has. State travels from native memory to native memory, and is
 * zeroed there when it has been read. One thread sends and one receives.
 */
final class HandoverChannel implements AutoCloseable {
    /** Never passes, as a deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int HEADER_BYTES = 5;
    private static final int MAX_BYTES = 1 << 30;
    private static final int DESCRIPTORS = 'D';

    /** What is said. */
    enum Word {
        /** New: here I am, with these versions. */
        HELLO,
        /** Old: go ahead; this is what you take over. */
        WELCOME,
        /** New: ready to receive, at full speed. */
        WARM,
        /** Old: which sockets come. */
        SOCKETS,
        /** Old: the state of the device. I have stopped. */
        STATE,
        /** New: I have all, and wait. */
        PREPARED,
        /** Old: it is yours; I can send no more. */
        YOURS,
        /** New: I have begun. */
        RUNNING,
        /** Old: I go on myself; end. */
        ABORT,
        /** New: I cannot. */
        FAILED,
        /** Old: what is known beside the device. */
        BESIDE
    }

    private static final Word[] WORDS = Word.values();

    private final int fd;
    private boolean closed;

    /** Over {@code fd}, which belongs to the channel from now on. */
    HandoverChannel(int fd) {
        this.fd = fd;
        FileDescriptors.setNonBlocking(fd, true);
    }

    /** A message. */
    static final class Message implements AutoCloseable {
        private final Word word;
        private final MemorySegment body;

        private Message(Word word, MemorySegment body) {
            this.word = word;
            this.body = body;
        }

        Word word() {
            return word;
        }

        StateReader reader() {
            return new StateReader(body);
        }

        String text() {
            return new String(body.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }

        /** Zeroes it. */
        @Override
        public void close() {
            body.fill((byte) 0);
        }
    }

    /** Sends a text. */
    synchronized void send(Word word, String text, long deadlineNs) throws IOException {
        try (StateWriter body = new StateWriter()) {
            send(word, body.bytes(text.getBytes(StandardCharsets.UTF_8)), deadlineNs);
        }
    }

    /** Sends what was written. A short message goes whole or not at all. */
    synchronized void send(Word word, StateWriter body, long deadlineNs) throws IOException {
        final MemorySegment bytes = body.written();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment whole = arena.allocate(HEADER_BYTES + bytes.byteSize());
            whole.set(ValueLayout.JAVA_BYTE, 0, (byte) word.ordinal());
            whole.set(INT, 1, Math.toIntExact(bytes.byteSize()));
            MemorySegment.copy(bytes, 0, whole, HEADER_BYTES, bytes.byteSize());
            try {
                write(whole, deadlineNs);
            } finally {
                whole.fill((byte) 0);
            }
        }
    }

    private void write(MemorySegment bytes, long deadlineNs) throws IOException {
        long done = 0;
        while (done < bytes.byteSize()) {
            final long result = FileDescriptors.write(fd, bytes.address() + done, bytes.byteSize() - done);
            if (result >= 0) {
                done += result;
            } else if (result == -Errno.EAGAIN) {
                await(FileDescriptors.POLLOUT, deadlineNs);
            } else if (result != -Errno.EINTR) {
                throw Errno.failure("the other process is gone", (int) result);
            }
        }
    }

    /** Sends descriptors, which stay ours, too. */
    synchronized void sendDescriptors(int... descriptors) throws IOException {
        PassedDescriptors.send(fd, DESCRIPTORS, descriptors);
    }

    /** Receives {@code count} descriptors. */
    int[] receiveDescriptors(int count, long deadlineNs) throws IOException {
        await(FileDescriptors.POLLIN, deadlineNs);
        final int[] received = PassedDescriptors.receive(fd, DESCRIPTORS);
        if (received.length != count) {
            for (int descriptor : received) {
                FileDescriptors.close(descriptor);
            }
            throw new UpgradeException(received.length + " descriptors came instead of " + count);
        }
        return received;
    }

    /** The next message; null when the other process is gone, and with it everything it could still have done. */
    Message receive(long deadlineNs) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment header = arena.allocate(HEADER_BYTES);
            if (!read(header, true, deadlineNs)) {
                return null;
            }
            final int number = header.get(ValueLayout.JAVA_BYTE, 0);
            final int length = header.get(INT, 1);
            if (number < 0 || number >= WORDS.length || length < 0 || length > MAX_BYTES) {
                throw new UpgradeException("the other process does not speak this protocol");
            }
            final Message message = new Message(WORDS[number], Arena.ofAuto().allocate(length));
            boolean done = false;
            try {
                read(message.body, false, deadlineNs);
                done = true;
                return message;
            } finally {
                if (!done) {
                    message.close();
                }
            }
        }
    }

    /** Fills {@code into}. Returns false at the end, if that is allowed here. */
    private boolean read(MemorySegment into, boolean mayEnd, long deadlineNs) throws IOException {
        long done = 0;
        while (done < into.byteSize()) {
            final long result = FileDescriptors.read(fd, into.address() + done, into.byteSize() - done);
            if (result > 0) {
                done += result;
            } else if (result == 0 || result == -Errno.ECONNRESET) {
                // Reset is how it ends when the other left something of ours unread.
                if (mayEnd && done == 0) {
                    return false;
                }
                throw new UpgradeException("the other process ended in the middle of a message");
            } else if (result == -Errno.EAGAIN) {
                await(FileDescriptors.POLLIN, deadlineNs);
            } else if (result != -Errno.EINTR) {
                throw Errno.failure("the other process", (int) result);
            }
        }
        return true;
    }

    private void await(int events, long deadlineNs) throws UpgradeException {
        while (true) {
            final long leftNs = deadlineNs == NEVER ? NEVER : deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new UpgradeException("the other process did not answer in time");
            }
            final int leftMs = (int) Math.min(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1, 1_000_000);
            if (FileDescriptors.poll(fd, events, leftMs) != 0) {
                return;
            }
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            FileDescriptors.close(fd);
        }
    }
}
