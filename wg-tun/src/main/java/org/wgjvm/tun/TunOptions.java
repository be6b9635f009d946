package org.wgjvm.tun;

import java.util.Map;

/**
 * Which offloads a {@link LinuxTun} may use. What the kernel lacks, or refuses later, is left off whatever is said here.
 *
 * @param tso take TCP superframes from the kernel and give it coalesced TCP runs
 * @param uso the same for UDP (Linux 6.2 and later)
 * @param coalesce coalesce what is written; without it every packet is written by itself, superframes are still read
 */
public record TunOptions(boolean tso, boolean uso, boolean coalesce) {
    /** Everything that the kernel offers. */
    public static final TunOptions ALL = new TunOptions(true, true, true);

    /** One packet a system call, without virtio headers. */
    public static final TunOptions NONE = new TunOptions(false, false, false);

    /**
     * Reads {@code WGJVM_TUN_OFFLOAD}, {@code WGJVM_TUN_TSO}, {@code WGJVM_TUN_USO} and {@code WGJVM_TUN_COALESCE}, each of which is on
     * unless it is {@code off}; the first switches all of them.
     */
    public static TunOptions fromEnvironment(Map<String, String> environment) {
        if (isOff(environment, "WGJVM_TUN_OFFLOAD")) {
            return NONE;
        }
        return new TunOptions(
                !isOff(environment, "WGJVM_TUN_TSO"),
                !isOff(environment, "WGJVM_TUN_USO"),
                !isOff(environment, "WGJVM_TUN_COALESCE"));
    }

    private static boolean isOff(Map<String, String> environment, String variable) {
        return "off".equalsIgnoreCase(environment.get(variable));
    }

    boolean virtioHeader() {
        return tso || uso;
    }
}
