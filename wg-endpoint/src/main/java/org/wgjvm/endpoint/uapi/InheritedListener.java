package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/** A listening unix socket that was handed to this process as a file descriptor ({@code WG_UAPI_FD}). Its file is somebody else's. */
public final class InheritedListener implements UapiListener {
    private final ListeningDescriptor listening;

    /** Takes over {@code fd}, a listening socket. */
    public InheritedListener(int fd) throws IOException {
        listening = new ListeningDescriptor(fd);
    }

    @Override
    public ByteChannel accept() throws IOException {
        try {
            return listening.accept();
        } catch (ClosedChannelException e) {
            throw new IOException("the UAPI socket is closed", e);
        }
    }

    @Override
    public ListeningDescriptor listening() {
        return listening;
    }

    @Override
    public Path path() {
        return null;
    }

    @Override
    public void release() {
        listening.stop();
    }

    @Override
    public void close() {
        listening.stop();
    }
}
