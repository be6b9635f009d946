package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    /** It is the JIT's, not ours, and all that makes it ours is its name. */
    @Test
    void theSecondCompilerGivesWayAtFirstAndLessSoLater() {
        try (WgDevice device = WgDevice.daemon(Implementation.OURS, namespace())) {
            final Path tasks = Path.of("/proc/" + device.process().pid() + "/task");
            Await.until("it has idle time only", SOON, () -> field(41, "C2 Compiler", tasks).equals(Set.of("5")));
            assertEquals(Set.of("0"), field(41, "wg-" + device.name(), tasks));
            Await.until("it gets its share", Duration.ofSeconds(30), () -> field(41, "C2 Compiler", tasks).equals(Set.of("0")));
            assertEquals(Set.of("10"), field(19, "C2 Compiler", tasks));
            assertEquals(Set.of("0"), field(19, "wg-" + device.name(), tasks));
        }
    }

    /** A field of stat (proc(5)) of all threads whose names begin so; it is counted from behind the name, which may have spaces. */
    private static Set<String> field(int number, String name, Path tasks) {
        final Set<String> found = new HashSet<>();
        for (final File task : tasks.toFile().listFiles()) {
            final String stat = stat(task.toPath());
            if (stat.contains("(" + name)) {
                found.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[number - 3]);
            }
        }
        return found;
    }

    private static String stat(Path task) {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (IOException e) {
            return ""; // it has ended
        }
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
