package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Where connections of the configuration protocol come from. */
public interface UapiListener extends AutoCloseable {
    /** Waits for the next connection; throws once the listener is closed or its socket is gone. */
    ByteChannel accept() throws IOException;

    /** Stops, and removes the socket from the file system if this listener put it there. Idempotent, any thread. */
    @Override
    void close();
}
