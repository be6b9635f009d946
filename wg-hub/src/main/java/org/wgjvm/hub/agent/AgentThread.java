package org.wgjvm.hub.agent;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.wgjvm.hub.port.FieldException;

/** The one thread on which everything of an agent is done, in the order in which it was asked for. Thread-safe. */
final class AgentThread {
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("hub-agent").factory());
    private final Consumer<String> log;

    AgentThread(Consumer<String> log) {
        this.log = log;
    }

    /** Something that may be refused. */
    interface Request<T> {
        T run() throws ApiException, FieldException, IOException;
    }

    private record Done<T>(T value, ApiException refusal) {}

    /** Does it, and waits for it. */
    <T> T on(Callable<T> task) throws IOException {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (RejectedExecutionException e) {
            throw new IOException("the agent ends", e);
        }
    }

    /** The same for what may be refused. */
    <T> T ask(Request<T> request) throws ApiException, IOException {
        final Done<T> done = on(() -> {
            try {
                return new Done<>(request.run(), null);
            } catch (ApiException e) {
                return new Done<>(null, e);
            } catch (FieldException e) {
                return new Done<>(null, ApiException.of(e));
            }
        });
        if (done.refusal() != null) {
            throw done.refusal();
        }
        return done.value();
    }

    /** Does it when there is time. */
    void later(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.accept("the agent ends");
        }
    }

    /** Does it in so many nanoseconds. */
    ScheduledFuture<?> in(long delayNs, Runnable task) {
        return thread.schedule(task, delayNs, TimeUnit.NANOSECONDS);
    }

    /** Does it every so many seconds. */
    void every(int seconds, Runnable task) {
        thread.scheduleWithFixedDelay(task, seconds, seconds, TimeUnit.SECONDS);
    }

    boolean hasEnded() {
        return thread.isShutdown();
    }

    /** Does nothing any more. */
    void end() {
        thread.shutdownNow();
    }
}
