package org.wgjvm.endpoint.cli;

import java.io.IOException;
import org.wgjvm.endpoint.daemon.DeviceFactory;
import org.wgjvm.endpoint.log.Log;

/** Plugs the data plane into the daemon. */
final class DataPlaneFactory implements DeviceFactory {
    @Override
    public Device start(String interfaceName, int tunFd, Log log) throws IOException {
        throw new IOException("this build has no data plane yet");
    }
}
