package org.wgjvm.interop;

import java.time.Duration;
import java.util.List;

/** A place with a network stack of its own where commands can be run: a network namespace, or the emulated guest. */
interface Host {
    /** Runs {@code words} to the end, at most for {@code limit}, with {@code stdin} as its standard input. */
    Outcome run(Duration limit, String stdin, List<String> words);

    /** Runs {@code words} to the end, at most for 30 s. */
    default Outcome run(String... words) {
        return run(Duration.ofSeconds(30), "", List.of(words));
    }

    /** Runs lines of bash, stopping at the first that fails; returns what they printed. Fails the test with it when they fail. */
    default String sh(String lines) {
        return run(Duration.ofSeconds(30), "", List.of("bash", "-euc", lines)).orFail().out().strip();
    }
}
