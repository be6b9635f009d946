package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;

/** Where connections of the configuration protocol come from. */
public interface UapiListener extends AutoCloseable {
    /** Waits for the next connection; throws once the listener is closed or its socket is gone. */
    ByteChannel accept() throws IOException;

    /** The socket itself, to pause it and to hand it to another process. */
    ListeningDescriptor listening();

    /** Where it is in the file system, or null when that is somebody else's affair. */
    Path path();

    /** Stops, and leaves the socket in the file system to the process that has it now. Idempotent, any thread. */
    void release();

    /** Stops, and removes the socket from the file system if this listener put it there. Idempotent, any thread. */
    @Override
    void close();
}
