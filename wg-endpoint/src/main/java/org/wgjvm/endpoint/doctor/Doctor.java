package org.wgjvm.endpoint.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at everything there is to look at. Nothing is changed, but for a TUN device that comes and goes. */
public final class Doctor {
    private Doctor() {}

    /**
     * All findings, in order.
     *
     * @param sockets where the sockets of interfaces are
     * @param interfaceName the one to look at, or null for all
     */
    public static List<Finding> examine(Path sockets, String interfaceName) {
        final List<Finding> findings = new ArrayList<>();
        new MachineChecks(Path.of("/proc"), findings::add).run();
        new InterfaceChecks(sockets, findings::add).run(interfaceName);
        return findings;
    }
}
