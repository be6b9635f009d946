package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.util.Map;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.config.HostPort;

/** How {@code up} and {@code down} reach data planes. */
public interface DeviceLink {
    /** Starts a daemon in the background; returns when its socket answers. */
    void start(String interfaceName) throws IOException, QuickException;

    /** Whether there is a device of this name that answers. */
    boolean exists(String interfaceName);

    /** Applies a change. */
    void set(String interfaceName, DeviceChange change) throws IOException;

    /** Tells a daemon of ours by which names endpoints are known, after they were set; any other keeps the addresses. */
    default void names(String interfaceName, Map<PublicKey, HostPort> names) {}

    /** Its state. */
    DeviceSnapshot get(String interfaceName) throws IOException;
}
