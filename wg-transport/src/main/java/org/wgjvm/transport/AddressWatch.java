package org.wgjvm.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/**
 * Tells when addresses or links of this host have changed (rtnetlink(7)), so that sockets can follow an address that DHCP gives. It does
 * not
 * say what has changed: whoever is told looks, and so nothing is missed when the kernel has to drop events. A burst is told once. All
 * calls,
 * in and out, are on the event loop.
 */
public final class AddressWatch implements AutoCloseable {
    /** RTMGRP_LINK, and those for addresses of IPv4 and IPv6. */
    private static final int GROUPS = 0x1 | 0x10 | 0x100;

    private static final int SETTLE_MS = 10;

    private final EventLoop loop;
    private final Runnable onChanged;
    private final MemorySegment buffer = Arena.ofAuto().allocate(16384, 8);
    private FdRegistration handle;
    private Future<?> pending;
    private int fd = -1;

    private AddressWatch(EventLoop loop, Runnable onChanged) {
        this.loop = loop;
        this.onChanged = onChanged;
    }

    /** Begins to listen, in the network namespace of the event loop's thread; on that thread only. */
    public static AddressWatch open(EventLoop loop, Runnable onChanged) throws IOException {
        final AddressWatch watch = new AddressWatch(loop, onChanged);
        boolean done = false;
        try {
            watch.fd = RouteQuery.openNetlink(GROUPS);
            watch.handle = FdRegistration.register(loop, watch.fd, watch::onReadable, watch::close);
            done = true;
            return watch;
        } finally {
            if (!done) {
                watch.close();
            }
        }
    }

    private void onReadable() {
        while (fd >= 0) {
            final int r = Sockets.recv(fd, buffer.address(), (int) buffer.byteSize(), Sockets.MSG_DONTWAIT);
            if (r == -Errno.EAGAIN || r == -Errno.EBADF) {
                break;
            }
        }
        if (pending == null && fd >= 0) {
            pending = loop.schedule(this::tell, SETTLE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void tell() {
        pending = null;
        if (fd >= 0) {
            onChanged.run();
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
        if (handle != null) {
            handle.cancel();
            handle = null;
        }
        if (fd >= 0) {
            Sockets.close(fd);
            fd = -1;
        }
    }
}
