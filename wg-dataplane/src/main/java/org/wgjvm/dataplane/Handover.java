package org.wgjvm.dataplane;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.sys.FileDescriptors;

/**
 * Hands a device over to another process on this host, which takes it over with {@link DataPlane#takeOver}. The steps, in order:
 *
 * <pre>
 * freeze            nothing moves any more; parts for the other process
 *   thaw            it did not get ready: this process goes on, some counters later
 *   commit          it is ready, and will be told to go on: sessions are wiped here, so that nothing can be sent under them
 *     beginAnew     it died all the same: this process goes on with its settings and asks for new sessions
 *     DataPlane.close   it goes on: the descriptors here are closed, and the device stays with its own
 * </pre>
 *
 * <p>Configuration and reading wait while the device is frozen. Any thread but the loop's; every call returns when it is done.
 */
public final class Handover {
    private final DataPlane plane;

    Handover(DataPlane plane) {
        this.plane = plane;
    }

    /**
     * What a device is made of. Descriptors stay this process's to close; it closes the state, too.
     *
     * @param state secrets included
     * @param udpV4 the IPv4 socket, or -1
     * @param udpV6 the IPv6 socket, or -1
     */
    public record Parts(StateWriter state, int udpV4, int udpV6) implements AutoCloseable {
        /** Wipes the state. */
        @Override
        public void close() {
            state.close();
        }
    }

    /**
     * The TUN device, which the other process may have before {@link #freeze}, to open what it needs around it.
     *
     * @param descriptor stays this process's to close
     * @param agreed its offloads, for {@link org.wgjvm.tun.LinuxTun#takeOver}
     */
    public record Inside(int descriptor, int agreed) {}

    /** The TUN device. Throws {@link IllegalStateException} when the inside is none. */
    public Inside inside() throws IOException {
        return join(plane.whateverHolds(plane.device()::inside));
    }

    /** Stops the device. Throws {@link IllegalStateException} for one that cannot be handed over. */
    public Parts freeze() throws IOException {
        return join(plane.whateverHolds(plane.device()::freeze));
    }

    /** Goes on after {@link #freeze}, whether or not that has thrown; does nothing if the device is not frozen. */
    public void thaw() throws IOException {
        join(plane.whateverHolds(() -> {
            plane.device().thaw();
            return null;
        }));
    }

    /** Wipes the sessions here: the other process may begin. */
    public void commit() throws IOException {
        join(plane.whateverHolds(() -> {
            plane.device().commit();
            return null;
        }));
    }

    /** Goes on after {@link #commit}, with new sessions. */
    public void beginAnew() throws IOException {
        join(plane.whateverHolds(() -> {
            plane.device().beginAnew();
            return null;
        }));
    }

    static void closeDescriptors(int... descriptors) {
        for (int fd : descriptors) {
            if (fd >= 0) {
                FileDescriptors.close(fd);
            }
        }
    }

    static <T> T join(CompletableFuture<T> future) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e.getCause() instanceof RuntimeException r ? r : e;
        }
    }
}
