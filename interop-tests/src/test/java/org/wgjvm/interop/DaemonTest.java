package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The contract between a user-space daemon and those who start and stop it (wireguard.com/xplatform). */
@Interop
final class DaemonTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private Namespace namespace;

    private Namespace namespace() {
        if (namespace == null) {
            namespace = new Namespace();
        }
        return namespace;
    }

    @AfterAll
    void close() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void inTheBackgroundItReturnsWhenTheSocketAnswers() {
        final String name = Leftovers.freshName();
        final List<String> words = new ArrayList<>(Implementation.OURS.command());
        words.add(name);
        namespace().run(Duration.ofSeconds(30), "", words).orFail();
        // At once: nothing to wait for.
        assertTrue(namespace().sh("wg show " + name).contains("interface: " + name));
        namespace().sh("ip link del " + name);
        Await.until("the socket is gone", SOON, () -> !Files.exists(socket(name)));
    }

    @Test
    void sigtermEndsItAndRemovesSocketAndInterface() throws InterruptedException {
        final WgDevice device = WgDevice.daemon(Implementation.OURS, namespace());
        device.process().destroy();
        assertTrue(device.process().waitFor(10, java.util.concurrent.TimeUnit.SECONDS));
        assertFalse(Files.exists(socket(device.name())));
        assertFalse(namespace().run("ip", "link", "show", device.name()).ok());
    }

    @Test
    void itEndsWhenItsInterfaceIsDeleted() {
        final WgDevice device = WgDevice.daemon(Implementation.OURS, namespace());
        namespace().sh("ip link del " + device.name());
        Await.until(device + " has ended", SOON, () -> !device.process().isAlive());
        Await.until("the socket is gone", SOON, () -> !Files.exists(socket(device.name())));
    }

    @Test
    void itEndsWhenItsSocketIsDeleted() {
        final WgDevice device = WgDevice.daemon(Implementation.OURS, namespace());
        namespace().sh("rm " + socket(device.name()));
        Await.until(device + " has ended", SOON, () -> !device.process().isAlive());
        assertFalse(namespace().run("ip", "link", "show", device.name()).ok());
    }

    @Test
    void aSecondOneForTheSameInterfaceIsRefusedAndTheFirstGoesOn() {
        try (WgDevice device = WgDevice.daemon(Implementation.OURS, namespace())) {
            final List<String> words = new ArrayList<>(Implementation.OURS.command());
            words.add(device.name());
            final Outcome second = namespace().run(Duration.ofSeconds(30), "", words);
            assertNotEquals(0, second.exit(), second.out());
            device.configure(51999);
            assertEquals("51999", namespace().sh("wg show " + device.name() + " listen-port"));
        }
    }

    @Test
    void aSocketLeftByAKilledOneIsReplaced() {
        final WgDevice device = WgDevice.daemon(Implementation.OURS, namespace());
        device.kill();
        assertTrue(Files.exists(socket(device.name())), "SIGKILL leaves the socket file");
        device.start();
        device.close();
    }

    @Test
    void theSocketIsForRootOnly() {
        try (WgDevice device = WgDevice.daemon(Implementation.OURS, namespace())) {
            assertEquals("srwx------", namespace().sh("stat -c %A " + socket(device.name())));
        }
    }

    private static Path socket(String name) {
        return Path.of("/run/wireguard", name + ".sock");
    }
}
