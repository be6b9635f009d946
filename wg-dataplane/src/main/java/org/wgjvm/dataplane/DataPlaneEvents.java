package org.wgjvm.dataplane;

import org.wgjvm.core.device.DeviceEvents;

/**
 * What a data plane tells its owner, on its event loop: return at once, and call nothing of the data plane but its asynchronous methods.
 */
public interface DataPlaneEvents extends DeviceEvents {
    /** An observer that does nothing. */
    DataPlaneEvents SILENT = new DataPlaneEvents() {};

    /** An observer that tells all of these, in this order. */
    static DataPlaneEvents all(DataPlaneEvents... observers) {
        return new EventFan(observers);
    }

    /** The inside went up or down; down means silence and a free port. */
    default void onLink(boolean up) {}

    /** The inside has another MTU. */
    default void onMtu(int mtu) {}

    /** Sockets are open on {@code port}, driven by {@code bind}. */
    default void onListening(int port, String bind) {}

    /** The sockets could not be opened when the inside came up: the device stays silent until the port is changed. */
    default void onBindFailed(int port, Exception reason) {}

    /** Something that is not needed but wanted could not be had; the data plane goes on without it. */
    default void onDegraded(String what, Exception reason) {}
}
