package org.wgjvm.transport;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace of a test's own, made with ip(8) and removed on close. Needs root. */
final class NetworkNamespace implements AutoCloseable {
    static final String WHY = "needs root: makes network namespaces";

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final int CLONE_NEWNET = 0x40000000;
    private static final MethodHandle OPEN = downcall("open", 1, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle SETNS = downcall("setns", -1, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle CLOSE = downcall("close", -1, ValueLayout.JAVA_INT);

    private final String name;

    NetworkNamespace() throws Exception {
        name = "wgjvm-udp-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
        run("ip", "netns", "add", name);
        ip("link set lo up");
    }

    static boolean possible() throws IOException {
        return Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t");
    }

    String name() {
        return name;
    }

    /** {@code ip -n NAME words}. */
    void ip(String words) throws Exception {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(words.split(" ")));
        run(command.toArray(String[]::new));
    }

    /** Runs a command inside. */
    void exec(String... words) throws Exception {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
        command.addAll(List.of(words));
        run(command.toArray(String[]::new));
    }

    /** Joins two namespaces by a pair of virtual Ethernet devices, both up. */
    static void link(NetworkNamespace a, String deviceA, NetworkNamespace b, String deviceB) throws Exception {
        a.ip("link add " + deviceA + " type veth peer name " + deviceB + " netns " + b.name);
        a.ip("link set " + deviceA + " up");
        b.ip("link set " + deviceB + " up");
    }

    /** Moves the calling thread into it; sockets it makes from now on are inside. */
    void enter() {
        try (Arena arena = Arena.ofConfined()) {
            final int fd = (int) OPEN.invokeExact(arena.allocateFrom("/var/run/netns/" + name), 0);
            final int r = (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            final int ignored = (int) CLOSE.invokeExact(fd);
            if (fd < 0 || r != 0) {
                throw new AssertionError("cannot enter network namespace " + name + " " + ignored);
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("ip", "netns", "del", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
    }

    private static MethodHandle downcall(String symbol, int firstVariadic, ValueLayout... arguments) {
        final MemorySegment address = Linker.nativeLinker().defaultLookup().find(symbol).orElseThrow();
        final FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
        return firstVariadic < 0
                ? Linker.nativeLinker().downcallHandle(address, descriptor)
                : Linker.nativeLinker().downcallHandle(address, descriptor, Linker.Option.firstVariadicArg(firstVariadic));
    }
}
