package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.UnixSocket;

/**
 * A listening unix socket known by its descriptor, which another process may have, too. One thread accepts; it can be paused, after which
 * no connection is taken, and connections wait in the kernel for whoever listens next.
 */
public final class ListeningDescriptor {
    private final int fd;
    private final int wake;
    private final Object lock = new Object();
    private boolean paused;
    private boolean stopped;

    /** Listens at {@code fd}, which stays the caller's. */
    public ListeningDescriptor(int fd) throws IOException {
        this.fd = fd;
        FileDescriptors.setNonBlocking(fd, true);
        wake = FileDescriptors.eventfd(0, FileDescriptors.EFD_NONBLOCK | FileDescriptors.EFD_CLOEXEC);
        if (wake < 0) {
            throw Errno.failure("eventfd", wake);
        }
    }

    /** The descriptor. */
    public int descriptor() {
        return fd;
    }

    /** Waits for the next connection; throws {@link ClosedChannelException} once stopped. */
    public ByteChannel accept() throws IOException {
        for (;;) {
            synchronized (lock) {
                awaitResumed();
                final int connection = UnixSocket.accept(fd);
                if (connection >= 0) {
                    return new Connection(connection);
                }
            }
            UnixSocket.awaitConnection(fd, wake);
        }
    }

    private void awaitResumed() throws IOException {
        while (paused && !stopped) {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        if (stopped) {
            throw new ClosedChannelException();
        }
    }

    /** When this returns, no connection is taken until {@link #resume}. */
    public void pause() {
        synchronized (lock) {
            paused = true;
        }
    }

    /** Takes connections again. */
    public void resume() {
        synchronized (lock) {
            paused = false;
            lock.notifyAll();
        }
    }

    /** Takes no connection any more, and lets go of whoever waits for one. The descriptor stays open. Idempotent. */
    public void stop() {
        synchronized (lock) {
            if (!stopped) {
                stopped = true;
                lock.notifyAll();
                // For good: nobody reads it back, and it goes with the process.
                FileDescriptors.signal(wake);
            }
        }
    }

    private static final class Connection implements ByteChannel {
        private final int fd;
        private volatile boolean open = true;

        Connection(int fd) {
            this.fd = fd;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return UnixSocket.read(fd, into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return UnixSocket.write(fd, from);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public synchronized void close() {
            if (open) {
                open = false;
                // First whoever waits in a read: the number may soon be another file's.
                UnixSocket.shutdown(fd);
                FileDescriptors.close(fd);
            }
        }
    }
}
