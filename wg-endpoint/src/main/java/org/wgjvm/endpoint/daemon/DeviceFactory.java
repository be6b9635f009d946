package org.wgjvm.endpoint.daemon;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.wgjvm.core.config.DeviceControl;
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
     * @throws IOException says in one line what could not be opened and why
     */
    Device start(String interfaceName, int tunFd, Log log) throws IOException;

    /** A running data plane. */
    interface Device extends DeviceControl, AutoCloseable {
        /** The name of its TUN device. */
        String interfaceName();

        /** Adds to the control channel what this data plane can do beyond the UAPI. */
        default void serve(ControlServer control) {}

        /** Completes when it has ended: closed, or exceptionally when its TUN device went away. */
        CompletionStage<Void> closed();

        /** Completes when whatever drives it has come round once more: not before, so that one that is stuck can be told. */
        CompletionStage<Void> turn();

        /** Ends it and removes its TUN device. Idempotent, any thread; returns when that is done. */
        @Override
        void close();
    }
}
