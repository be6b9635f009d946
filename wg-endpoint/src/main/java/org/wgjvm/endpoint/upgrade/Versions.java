package org.wgjvm.endpoint.upgrade;

import java.util.Objects;

/** What the two processes must agree on. */
final class Versions {
    /** {@code wgjvmUPG} as it stands in memory. */
    static final long MAGIC = 0x475055_6d766a6777L;

    /** The protocol between the processes that this version speaks. A later one that can still speak it says so in its HELLO. */
    static final int PROTOCOL = 1;

    private Versions() {}

    /** The version of this program, for people. */
    static String program() {
        return Objects.requireNonNullElse(Versions.class.getPackage().getImplementationVersion(), "unpackaged");
    }
}
