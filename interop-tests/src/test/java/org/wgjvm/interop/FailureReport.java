package org.wgjvm.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** After a failed case, prints the end of the logs of the daemons that took part (those that this thread started). */
final class FailureReport implements AfterTestExecutionCallback {
    private static final int LINES = 25;
    private static final ThreadLocal<Set<Path>> LOGS = ThreadLocal.withInitial(LinkedHashSet::new);

    static void watch(Path log) {
        LOGS.get().add(log);
    }

    static void forget(Path log) {
        LOGS.get().remove(log);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().filter(e -> !(e instanceof TestAbortedException)).isEmpty()) {
            return;
        }
        for (final Path log : new ArrayList<>(LOGS.get())) {
            final List<String> lines = Files.readAllLines(log);
            System.out.println("--- the end of " + log.getFileName() + " (" + context.getDisplayName() + ")");
            lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(System.out::println);
        }
    }
}
