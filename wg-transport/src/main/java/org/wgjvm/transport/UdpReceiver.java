package org.wgjvm.transport;

import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/** Reads one socket until it is empty, or until others on the event loop should have their turn. */
final class UdpReceiver {
    /** Most messages in one call. */
    static final int MAX_SLOTS = 128;

    /** After so many bytes the event loop goes on to other work; what is left makes it come back at once. */
    private static final int MAX_BYTES = 256 * 1024;

    /**
     * Most calls, however little they bring. So many, because a flood of short messages must be read faster than it comes, whatever else
     * the loop does between two turns: when a socket is full, the tunnel's own datagrams are lost with those of the flood.
     */
    private static final int MAX_CALLS = 128;

    private static final int MAX_REPEATS = 8;

    private final int fd;
    private final boolean gro;
    private final ReceiveMessages messages;
    private final UdpCounters counters;
    private final Owner owner;

    UdpReceiver(int fd, boolean gro, ReceiveMessages messages, UdpCounters counters, Owner owner) {
        this.fd = fd;
        this.gro = gro;
        this.messages = messages;
        this.counters = counters;
        this.owner = owner;
    }

    /** Reads what there is. */
    void receive() {
        int repeats = 0;
        final long enough = counters.receivedBytes + MAX_BYTES;
        for (int calls = 0; calls < MAX_CALLS && counters.receivedBytes < enough && owner.isOpen(); calls++) {
            final PacketBatch batch = owner.toFill();
            batch.clear();
            final int slots = messages.slots(batch, gro);
            messages.prepare(batch, slots);
            final int r = Sockets.recvmmsg(fd, messages.address(), slots, Sockets.MSG_DONTWAIT);
            if (r > 0) {
                counters.receiveCalls++;
                messages.collect(batch, r);
                if (batch.size() > 0) {
                    owner.onFilled(batch);
                }
                if (r < slots) {
                    return;
                }
            } else if (r == -Errno.EAGAIN || r == 0) {
                return;
            } else {
                counters.receiveErrors++;
                if (isFatal(-r)) {
                    owner.onGone(Errno.failure("UDP receive", r));
                    return;
                }
                if (repeats++ == MAX_REPEATS) {
                    return;
                }
            }
        }
    }

    /** The socket is gone. Everything else passes: an ICMP error for something sent earlier, a lack of memory, a signal. */
    private static boolean isFatal(int errno) {
        return errno == Errno.EBADF || errno == Errno.EBADFD;
    }

    /** Who has the batch. */
    interface Owner {
        /** Whether the socket is still in use. */
        boolean isOpen();

        /** The batch to fill next. */
        PacketBatch toFill();

        /** The batch has datagrams. */
        void onFilled(PacketBatch batch);

        /** The socket failed for good. */
        void onGone(Throwable reason);
    }
}
