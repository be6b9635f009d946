package org.wgjvm.endpoint.quick;

import java.io.IOException;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;

/** How {@code up} and {@code down} reach data planes. */
public interface DeviceLink {
    /** Starts a daemon in the background; returns when its socket answers. */
    void start(String interfaceName) throws IOException, QuickException;

    /** Whether there is a device of this name that answers. */
    boolean exists(String interfaceName);

    /** Applies a change. */
    void set(String interfaceName, DeviceChange change) throws IOException;

    /** Its state. */
    DeviceSnapshot get(String interfaceName) throws IOException;
}
