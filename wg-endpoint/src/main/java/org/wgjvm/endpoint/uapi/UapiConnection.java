package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceControl;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.log.Log;

/** Serves one connection: reads requests, has the device do them one at a time, and answers each before it reads on. */
final class UapiConnection implements UapiParser.Handler {
    private static final int READ_BYTES = 16 * 1024;
    private static final long DEVICE_TIMEOUT_SECONDS = 60;

    private final ByteChannel channel;
    private final DeviceControl device;
    private final Log log;
    private final UapiParser parser = new UapiParser(this);
    private final UapiFormatter answer;

    UapiConnection(ByteChannel channel, DeviceControl device, Log log) {
        this.channel = channel;
        this.device = device;
        this.log = log;
        answer = new UapiFormatter(channel);
    }

    /** Serves until the other side closes. */
    void run() throws IOException {
        final byte[] bytes = new byte[READ_BYTES];
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            for (;;) {
                buffer.clear();
                final int length = channel.read(buffer);
                if (length < 0) {
                    parser.end();
                    return;
                }
                parser.feed(bytes, 0, length);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            Arrays.fill(bytes, (byte) 0);
            parser.wipe();
        }
    }

    @Override
    public void onSet(DeviceChange change, UapiFailure failure) {
        log.verbose("UAPI: set of " + change.peers().size() + " peers");
        int errno = 0;
        try {
            errno = await(device.apply(change));
        } catch (ExecutionException e) {
            log.error("UAPI: set failed: " + e.getCause());
            errno = -UapiFailure.UNKNOWN;
        }
        if (errno != 0) {
            log.error("UAPI: the device refused a set with errno " + errno);
        }
        if (failure != null) {
            log.error("UAPI: " + failure.reason());
            errno = errno == 0 ? -failure.errno() : errno;
        }
        finish(errno);
    }

    @Override
    public void onGet() {
        try {
            final DeviceSnapshot snapshot = await(device.snapshot());
            answer.device(snapshot);
            finish(0);
        } catch (ExecutionException e) {
            log.error("UAPI: get failed: " + e.getCause());
            finish(UapiFailure.UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onRefused(UapiFailure failure, boolean get) {
        log.error("UAPI: " + failure.reason());
        finish(get ? failure.errno() : -failure.errno());
    }

    private void finish(int errno) {
        try {
            answer.errno(errno);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(DEVICE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException("the device does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("interrupted", e);
        }
    }
}
