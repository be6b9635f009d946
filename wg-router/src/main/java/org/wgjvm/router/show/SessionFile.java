package org.wgjvm.router.show;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wgjvm.router.plane.RouterPlane;
import org.wgjvm.router.plane.SessionSnapshot;

/** All sessions as comma-separated values, a line each: for a million of them, which nobody reads on a terminal. */
public final class SessionFile {
    private static final String TITLES = "tenant,service,protocol,source,source_port,destination,destination_port,nat_target,"
            + "nat_source_port,ingress,egress,packets,answers,age_ms,idle_ms,timeout_ms\n";

    private SessionFile() {}

    /**
     * Writes the sessions of a router, while packets pass, to a file that its owner alone may read (0600), and that is seen whole or not at
     * all. Returns how many they are.
     */
    public static int write(RouterPlane plane, Path file) throws IOException {
        final Path temporary = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            final int count;
            // Files are not for the event loop.
            try (BufferedWriter out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8);
                    ExecutorService writer = Executors.newSingleThreadExecutor()) {
                out.write(TITLES);
                count = plane.sessions(slice -> lines(slice, out), writer).toCompletableFuture().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof UncheckedIOException io) {
                    throw io.getCause();
                }
                throw e;
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return count;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void lines(List<SessionSnapshot> slice, Writer out) {
        try {
            for (final SessionSnapshot each : slice) {
                out.write(line(each));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(SessionSnapshot each) {
        return Stream.of(
                        each.tenant(),
                        each.service(),
                        each.protocol(),
                        each.source(),
                        each.sourcePort(),
                        each.destination(),
                        each.destinationPort(),
                        each.natTarget() == null ? "" : each.natTarget(),
                        each.natSourcePort(),
                        each.ingress() == null ? "" : each.ingress(),
                        each.egress() == null ? "" : each.egress(),
                        each.packets(),
                        each.answers(),
                        each.ageMs(),
                        each.idleMs(),
                        each.timeoutMs())
                .map(value -> quoted(value.toString()))
                .collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
