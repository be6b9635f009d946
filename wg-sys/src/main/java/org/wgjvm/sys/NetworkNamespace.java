package org.wgjvm.sys;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Doing something in another network namespace without moving a thread that anyone else uses. */
public final class NetworkNamespace {
    private NetworkNamespace() {}

    /**
     * Runs {@code task} on a thread of its own that has entered the namespace open as {@code namespaceFd}, and waits for it. What the task
     * opens there (a socket) stays in that namespace. The descriptor remains the caller's.
     *
     * @throws IOException if the namespace can't be entered, or from the task
     */
    public static <T> T call(int namespaceFd, Callable<T> task) throws IOException {
        final FutureTask<T> future = new FutureTask<>(() -> {
            final int result = FileDescriptors.setns(namespaceFd, FileDescriptors.CLONE_NEWNET);
            if (result < 0) {
                throw Errno.failure("enter the network namespace", result);
            }
            return task.call();
        });
        // A platform thread, and never a pooled one: it ends in the other namespace.
        final Thread thread = Thread.ofPlatform().daemon().name("wg-netns").unstarted(future);
        thread.start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in a network namespace", e);
        }
    }
}
