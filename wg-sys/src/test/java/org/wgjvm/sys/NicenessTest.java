package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class NicenessTest {
    /** The 19th field of /proc/thread-self/stat (proc(5)), counted from behind the name, which may have spaces. */
    private static int current() throws Exception {
        final String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }

    @Test
    void itIsOfTheCallingThreadAlone() throws Exception {
        final int before = current();
        final AtomicReference<Object> seen = new AtomicReference<>();
        final Thread polite = Thread.ofPlatform().start(() -> {
            try {
                assertEquals(0, Niceness.ofThisThread(Niceness.MOST));
                seen.set(current());
            } catch (Exception | AssertionError e) {
                seen.set(e);
            }
        });
        polite.join();
        assertEquals(Niceness.MOST, seen.get());
        assertEquals(before, current());
    }
}
