package org.wgjvm.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The implementations that meet each other here. */
enum Implementation {
    /** The one under test: {@code bin/wg-jvm}, or what the environment variable WGJVM_DAEMON or the property {@code wgjvm.daemon} says. */
    OURS(null),
    /** wireguard-go of Debian stable. */
    GO_STABLE("wireguard-go-stable/wireguard-go"),
    /** The newest wireguard-go that Debian has. */
    GO_NEWEST("wireguard-go-newest/wireguard-go"),
    /** The Linux kernel module, in the emulated guest. */
    LINUX(null);

    /** What the kernel does and wireguard-go, to this day, does not (measured: these cases fail with it). Ours must. */
    enum Trait {
        /** Replies leave from the address that was addressed. */
        STICKY_SOURCE,
        /** An endpoint that was IPv4 may become IPv6. */
        ENDPOINT_CHANGES_FAMILY,
        /** An interface that goes down is silent and frees its port, in whatever namespace it is. */
        GOES_DOWN_WITH_INTERFACE,
        /** An inner packet for which there is no peer is answered with an ICMP unreachable. */
        UNREACHABLE_WITHOUT_PEER,
        /** A packet of ours that is routed back into the tunnel is not sent round and round. */
        NO_ENCAPSULATION_LOOP,
        /** An allowed IP is set again without a packet being lost. */
        ATOMIC_ALLOWED_IPS,
        /** Nothing is sent before there is a private key, and what persistent keepalive asks for is sent when it comes. */
        KEY_SET_LATER,
        /** Setting a listen port that is in use leaves the old one working. */
        PORT_IN_USE_KEEPS_OLD,
        /** Handshake messages carry DSCP AF41, and ECN is carried across the tunnel (RFC 6040). */
        DSCP_AND_ECN,
        /** Batches still pass when the link's MTU has become smaller than their segments (EMSGSIZE). */
        SEGMENTS_LARGER_THAN_THE_LINK
    }

    private final String program;

    Implementation(String program) {
        this.program = program;
    }

    /** The words of the daemon's command; the name of the interface comes after them. */
    List<String> command() {
        return switch (this) {
            case OURS -> List.of(underTest().split(" "));
            case GO_STABLE, GO_NEWEST -> List.of(Lab.cache().resolve(program).toString());
            case LINUX -> throw new IllegalStateException("the kernel is no daemon");
        };
    }

    /** Whether this is a wireguard-go, which has none of the traits; also when it stands in for ours, to try the tests themselves. */
    boolean isWireguardGo() {
        return this == GO_STABLE || this == GO_NEWEST || (this == OURS && underTest().endsWith("wireguard-go"));
    }

    /** Skips the case where this is a stand-in for ours that is not expected to behave so; ours has to. */
    void assume(Trait trait) {
        assumeTrue(!isWireguardGo(), () -> this + " stands in for ours, and is known not to have " + trait);
    }

    /** Why this implementation cannot take part on this machine, or null. */
    String missing() {
        if (this == OURS) {
            final Path ours = Lab.root().resolve("bin/wg-jvm");
            final boolean built = Files.exists(ours) && Files.isDirectory(Lab.root().resolve("wg-endpoint/target/app"));
            return built || !underTest().equals(ours.toString()) ? null : "the daemon is not built: run bin/test, which packages it first";
        }
        final Path file = Lab.cache().resolve(this == LINUX ? "kernel/vmlinuz" : program);
        return Files.exists(file) ? null : file + " is not there: run interop-tests/lab/get-peers.sh";
    }

    private static String underTest() {
        final String property = System.getProperty("wgjvm.daemon", "");
        if (!property.isEmpty()) {
            return property;
        }
        final String environment = System.getenv("WGJVM_DAEMON");
        return environment != null ? environment : Lab.root().resolve("bin/wg-jvm").toString();
    }
}
