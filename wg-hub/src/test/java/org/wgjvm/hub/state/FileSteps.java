package org.wgjvm.hub.state;

import java.nio.file.Path;
import java.util.function.BiConsumer;

/** What happens to files, for tests that end everything there. */
public final class FileSteps {
    private FileSteps() {}

    /** Has each step told, with its file. */
    public static void tell(BiConsumer<String, Path> to) {
        AtomicFile.tell(to);
    }

    /** Tells nobody. */
    public static void silence() {
        AtomicFile.tell((step, file) -> { });
    }
}
