package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.dataplane.DataPlaneEvents;
import org.wgjvm.dataplane.DataPlaneStatistics;
import org.wgjvm.dataplane.Handover;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.log.Log;

/** Makes the data plane behind an interface. The daemon knows no more of it than this. */
@FunctionalInterface
public interface DeviceFactory {
    /**
     * Opens the TUN device and starts to move packets as far as its configuration, which is empty, allows.
     *
     * @param interfaceName the name wanted; with {@code tunFd} the kernel's name counts instead
     * @param tunFd an open TUN file descriptor to take over, or -1 to create the device
     * @param environment the environment variables, and the options that stand for some
     * @throws IOException says in one line what could not be opened and why
     */
    Device start(String interfaceName, int tunFd, Map<String, String> environment, Log log) throws IOException;

    /**
     * Takes over the TUN device of another process, which goes on until it has stopped for good.
     *
     * @param tunFd the device, closed if this fails
     * @param agreed its offloads, as {@link Handover.Inside} has them
     */
    default Arrival takeOver(int tunFd, int agreed, Map<String, String> environment, Log log) throws IOException {
        throw new IOException("this device cannot be taken over");
    }

    /** A data plane that another process hands over. */
    interface Arrival {
        /** What the other process knows beside its data plane, as {@link Device#writeBeside} wrote it; before {@link #prepare}. */
        default void beside(StateReader state) throws StateException {}

        /** Becomes the device with this state, which is good until it returns, and these sockets; each -1 if there is none. */
        Device prepare(StateReader state, int udpV4, int udpV6) throws IOException;

        /** Moves, after {@link #prepare}. */
        void begin() throws IOException;
    }

    /** A running data plane. */
    interface Device extends DeviceControl, AutoCloseable {
        /** The name of its TUN device. */
        String interfaceName();

        /** The way to hand it over to another process, or null when there is none. */
        default Handover handover() {
            return null;
        }

        /** Writes what is known beside the data plane, for the process that takes this one's place. Any thread but the loop's. */
        default void writeBeside(StateWriter out) {}

        /** Everything that it counts; fails with {@link UnsupportedOperationException} where nothing is counted. */
        default CompletionStage<DataPlaneStatistics> observe() {
            return CompletableFuture.failedStage(new UnsupportedOperationException("nothing is counted here"));
        }

        /** Begins to measure how long stages of a batch take. */
        default void timeStages() {}

        /** Tells one more observer, from now on. */
        default void tell(DataPlaneEvents observer) {}

        /** What whoever started it should know, each in a line. */
        default List<String> warnings() {
            return List.of();
        }

        /** Adds to the control channel what this data plane can do beyond the UAPI. */
        default void serve(ControlServer control) {}

        /** Completes when it has ended: closed, or exceptionally when its TUN device went away. */
        CompletionStage<Void> closed();

        /** Completes when whatever drives it has come round once more: not before, so that one that is stuck can be told. */
        CompletionStage<Void> turn();

        /** Runs {@code task} on the thread that opens and marks sockets. */
        CompletionStage<Void> run(Runnable task);

        /** Ends it and removes its TUN device. Idempotent, any thread; returns when that is done. */
        @Override
        void close();
    }
}
