package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.endpoint.log.Log;

/**
 * Serves the configuration protocol of one device: a thread for the listener and a thread per connection, at most {@value #MAX_CONNECTIONS}
 * of them (more wait in the socket's queue). No input ends it.
 */
public final class UapiServer implements AutoCloseable {
    /** Connections served at once. */
    public static final int MAX_CONNECTIONS = 128;

    private final UapiListener listener;
    private final DeviceControl device;
    private final Log log;
    private final ThreadFactory threads;
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Set<ByteChannel> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<IOException> closed = new CompletableFuture<>();

    private UapiServer(UapiListener listener, DeviceControl device, Log log) {
        this.listener = listener;
        this.device = device;
        this.log = log;
        // A virtual thread would hold its carrier for as long as a system call of ours blocks.
        threads = Thread.ofPlatform().daemon().name("uapi-", 0).factory();
    }

    /** Begins to serve {@code device}; the listener now belongs to the server. */
    public static UapiServer start(UapiListener listener, DeviceControl device, Log log) {
        final UapiServer server = new UapiServer(listener, device, log);
        server.threads.newThread(server::accept).start();
        return server;
    }

    /** Completes when no connection is accepted any more, with the reason: closed, or the socket was deleted. */
    public CompletionStage<IOException> closed() {
        return closed;
    }

    private void accept() {
        try {
            for (;;) {
                free.acquireUninterruptibly();
                final ByteChannel channel = listener.accept();
                open.add(channel);
                threads.newThread(() -> serve(channel)).start();
            }
        } catch (IOException e) {
            listener.close();
            closed.complete(e);
        }
    }

    private void serve(ByteChannel channel) {
        try (channel) {
            new UapiConnection(channel, device, log).run();
        } catch (IOException e) {
            log.verbose("UAPI: connection lost: " + e.getMessage());
        } catch (RuntimeException e) {
            log.error("UAPI: connection closed: " + e);
        } finally {
            open.remove(channel);
            synchronized (open) {
                open.notifyAll();
            }
            free.release();
        }
    }

    /**
     * Takes no more connections until {@link #resume}, and waits for at most {@code patienceNs} until those that there are have ended.
     * Those that have not go on.
     */
    public void pause(long patienceNs) {
        listener.listening().pause();
        final long giveUpNs = System.nanoTime() + patienceNs;
        synchronized (open) {
            long leftNs = giveUpNs - System.nanoTime();
            while (!open.isEmpty() && leftNs > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(open, leftNs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                leftNs = giveUpNs - System.nanoTime();
            }
        }
    }

    /** What it listens to. */
    public UapiListener listener() {
        return listener;
    }

    /** Takes connections again. */
    public void resume() {
        listener.listening().resume();
    }

    /** Stops, and leaves the socket to the process that has it now. Connections end with this process. */
    public void release() {
        listener.release();
    }

    /** Stops, removes the socket and drops all connections. Idempotent, any thread. */
    @Override
    public void close() {
        listener.close();
        for (final ByteChannel channel : open) {
            try {
                channel.close();
            } catch (IOException e) {
                log.verbose("UAPI: " + e.getMessage());
            }
        }
    }
}
