package org.wgjvm.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the tests do with {@code wg-jvm upgrade}: the left daemon of a pair, which is ours, is replaced by another process. */
final class Upgrade {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration SOON = Duration.ofSeconds(30);

    private Upgrade() {}

    /** Runs the command. */
    static Outcome run(Pair pair, String... options) {
        final List<String> words = new ArrayList<>(Implementation.OURS.command());
        words.addAll(List.of("upgrade", pair.left().name()));
        words.addAll(List.of(options));
        return pair.leftHost().run(LIMIT, "", words);
    }

    /** The process that has the TUN device of our side; two while it changes hands, each in a line. */
    static String owner(Pair pair) {
        return pair.leftHost().sh("for p in $(ip netns pids " + pair.leftHost().name() + "); do"
                + " grep -qsx \"iff:[[:space:]]*" + pair.left().name() + "\" /proc/$p/fdinfo/* && echo $p; done; true");
    }

    /** Runs the command, which must succeed, and waits for the end of the old process. Returns the new one's id. */
    static String succeed(Pair pair, String... options) {
        final String before = owner(pair);
        run(pair, options).orFail();
        Await.until("the old process has ended", SOON, () -> !owner(pair).contains(before));
        return owner(pair);
    }

    /** Ends the daemon, whichever process it is by now, by removing its interface; leaves the device to be started anew. */
    static void end(Pair pair) {
        pair.leftHost().sh("ip link del " + pair.left().name());
        Await.until("nobody has it", SOON, () -> owner(pair).isEmpty());
    }

    /** Ends the daemon, and waits for it to remove its sockets, which it can if it is root's. */
    static void endAndSweep(Pair pair) {
        end(pair);
        Await.until("both sockets are gone", SOON,
                () -> !Files.exists(Path.of("/run/wireguard", pair.left().name() + ".sock"))
                        && !Files.exists(Path.of("/run/wireguard", pair.left().name() + ".wgjvm")));
    }
}
