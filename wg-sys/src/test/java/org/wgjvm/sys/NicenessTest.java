package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

    /** The 41st field: the policy (sched(7)). */
    private static int policy() throws Exception {
        final String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[38]);
    }

    @Test
    void idleTimeIsForThreadsOfThatNameUntilItEnds() throws Exception {
        final AtomicReference<Object> seen = new AtomicReference<>();
        final Thread idle = Thread.ofPlatform().name("idle time").start(() -> {
            try {
                assertEquals(1, Niceness.inIdleTimeOnly("idle ti", true));
                assertEquals(5, policy());
                final int ended = Niceness.inIdleTimeOnly("idle ti", false);
                assertEquals(ended == 1 ? 0 : 5, policy());
                assertEquals(ended == 1, Niceness.mayEndIdleTime());
                seen.set("done");
            } catch (Exception | AssertionError e) {
                seen.set(e);
            }
        });
        idle.join();
        assertEquals("done", seen.get());
        assertEquals(0, policy());
    }

    @Test
    void threadsAreFoundByTheBeginningOfTheirNames() throws Exception {
        final int before = current();
        final CountDownLatch set = new CountDownLatch(1);
        final CountDownLatch started = new CountDownLatch(2);
        final List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        final List<Thread> threads = new ArrayList<>();
        for (final String name : List.of("niceness a", "niceness b")) {
            threads.add(Thread.ofPlatform().name(name).start(() -> {
                started.countDown();
                try {
                    set.await();
                    seen.add(current());
                } catch (Exception | AssertionError e) {
                    seen.add(e);
                }
            }));
        }
        started.await();
        assertEquals(2, Niceness.ofThreads("niceness ", 3));
        assertEquals(0, Niceness.ofThreads("nobody is called so", 3));
        set.countDown();
        for (final Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(3, 3), seen);
        assertEquals(before, current());
    }
}
