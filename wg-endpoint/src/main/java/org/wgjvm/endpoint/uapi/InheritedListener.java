package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.UnixSocket;

/** A listening unix socket that was handed to this process as a file descriptor ({@code WG_UAPI_FD}). Its file is somebody else's. */
public final class InheritedListener implements UapiListener {
    private final int fd;
    private volatile boolean closed;

    /** Takes over {@code fd}, a listening socket. */
    public InheritedListener(int fd) {
        this.fd = fd;
    }

    @Override
    public ByteChannel accept() throws IOException {
        if (closed) {
            throw new IOException("the UAPI socket is closed");
        }
        return new Connection(UnixSocket.accept(fd));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            UnixSocket.shutdown(fd);
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
                FileDescriptors.close(fd);
            }
        }
    }
}
