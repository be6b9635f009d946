package org.wgjvm.hub.page;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.wgjvm.hub.agent.Overview;

/**
 * Looks at an agent while somebody looks at its page: at most once a second, and not at all when nobody asks. Thread-safe. An agent that is
 * busy holds up a request only for a moment: who asks then gets what was seen last.
 */
final class Sampler {
    private static final long INTERVAL_NS = 900_000_000L;
    private static final long PATIENCE_MS = 1500;
    private static final long FIRST_PATIENCE_MS = 20_000;

    /** Where looks come from. */
    interface Source {
        /** A look. */
        Overview look() throws Exception;
    }

    private final Source source;
    private final PageState state = new PageState();
    private CompletableFuture<PageState.View> under;
    private PageState.View seen;
    private long begunNs;

    Sampler(Source source) {
        this.source = source;
    }

    /** What was seen last, if possible within the last second; null when the agent has never answered yet. */
    PageState.View view() throws InterruptedException {
        final CompletableFuture<PageState.View> wanted;
        final boolean first;
        synchronized (this) {
            if (under == null && (seen == null || System.nanoTime() - begunNs >= INTERVAL_NS)) {
                begin();
            }
            wanted = under;
            first = seen == null;
        }
        if (wanted != null) {
            try {
                return wanted.get(first ? FIRST_PATIENCE_MS : PATIENCE_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // What was seen last will do.
            }
        }
        synchronized (this) {
            return seen;
        }
    }

    private void begin() {
        begunNs = System.nanoTime();
        final CompletableFuture<PageState.View> mine = new CompletableFuture<>();
        under = mine;
        Thread.ofVirtual().name("hub-page-sampler").start(() -> {
            PageState.View view = null;
            Exception failure = null;
            try {
                view = state.update(source.look());
            } catch (Exception e) {
                failure = e;
            }
            synchronized (this) {
                under = null;
                seen = view == null ? seen : view;
            }
            if (failure == null) {
                mine.complete(view);
            } else {
                mine.completeExceptionally(failure);
            }
        });
    }
}
