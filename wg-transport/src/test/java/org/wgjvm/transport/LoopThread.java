package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An event loop of a test's own, and a way to run things on it and wait for what they return. */
final class LoopThread implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;

    LoopThread() {
        this(EpollIoHandler.newFactory());
    }

    LoopThread(IoHandlerFactory factory) {
        group = new MultiThreadIoEventLoopGroup(1, factory);
        loop = group.next();
    }

    EventLoop loop() {
        return loop;
    }

    <T> T call(Callable<T> task) throws Exception {
        try {
            return loop.submit(task).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the event loop did not answer", e);
        }
    }

    void run(Action task) throws Exception {
        call(() -> {
            task.run();
            return null;
        });
    }

    /**
     * Without a quiet period Netty may end a loop without closing what is registered on it; and so it may when the end is asked for from
     * another thread, for the loop can see that it is to end before it sees the quiet period.
     */
    @Override
    public void close() {
        loop.execute(() -> group.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS));
        group.terminationFuture().awaitUninterruptibly();
    }

    /** Something to do that may fail. */
    interface Action {
        void run() throws Exception;
    }
}
