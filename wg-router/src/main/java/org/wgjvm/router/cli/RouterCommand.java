package org.wgjvm.router.cli;

import java.util.concurrent.Callable;

/** A command, on the asking side or within the running router. */
abstract class RouterCommand implements Callable<Integer> {
    private Context context;

    /** Where a command is done. */
    enum Place {
        /** On the asking side alone. */
        HERE,
        /** In the running router, or on the state directory when none runs. */
        CONFIGURATION,
        /** In the running router. */
        ROUTER
    }

    Context context() {
        return context;
    }

    void context(Context value) {
        context = value;
    }

    Place place() {
        return Place.CONFIGURATION;
    }

    /** The file whose text the command needs, or null. */
    String file() {
        return null;
    }
}
