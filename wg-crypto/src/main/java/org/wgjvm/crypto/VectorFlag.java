package org.wgjvm.crypto;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** Whether the JIT turns vector operations into instructions. Where it does not, they are right, and a thousand times slower. */
final class VectorFlag {
    private VectorFlag() {}

    /** The JVM does so where its vector module is loaded, and where it is told to. */
    static boolean isSet() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() || isOption();
    }

    private static boolean isOption() {
        try {
            final var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return Boolean.parseBoolean(jvm.getVMOption("EnableVectorSupport").getValue());
        } catch (IllegalArgumentException e) {
            // An experimental option, which does not exist unless those are unlocked.
            return false;
        }
    }
}
