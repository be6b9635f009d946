package org.wgjvm.endpoint.names;

import java.util.concurrent.CompletionStage;

/** Looks names up, without blocking whoever asks. */
public interface NameLookup extends AutoCloseable {
    /** Completes exceptionally when there is no answer. Any thread, of any thread. */
    CompletionStage<NameAnswer> lookUp(String host);

    @Override
    void close();
}
