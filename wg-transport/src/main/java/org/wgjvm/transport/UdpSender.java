package org.wgjvm.transport;

import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/**
 * Sends datagrams on one socket: runs with {@code UDP_SEGMENT}, as many messages as there are in one sendmmsg(2), and whatever the kernel
 * refuses in the next best way. Nothing is lost on a retreat: the message in hand is sent again in another form.
 */
final class UdpSender {
    private static final int MAX_MESSAGES = 256;
    private static final int MAX_VECTORS = 1024;

    /** Times a call is repeated for an error that was not about this message. */
    private static final int MAX_REPEATS = 8;

    /** Longest time one batch waits for room in the send buffer. */
    private static final int MAX_WAIT_MS = 4;

    private final int fd;
    private final int maxBytes;
    private final UdpCounters counters;
    private final SegmentLimits limits;
    private final SendMessages messages;
    private final SendMessages singles;
    private boolean gso;
    private int waitedMs;
    private int datagramsSent;

    UdpSender(int fd, boolean v6, boolean gso, UdpCounters counters, SegmentLimits limits, SendMessages messages, SendMessages singles) {
        this.fd = fd;
        this.maxBytes = v6 ? DatagramRuns.MAX_BYTES_V6 : DatagramRuns.MAX_BYTES_V4;
        this.gso = gso;
        this.counters = counters;
        this.limits = limits;
        this.messages = messages;
        this.singles = singles;
    }

    static SendMessages newMessages() {
        return new SendMessages(MAX_MESSAGES, MAX_VECTORS);
    }

    static SendMessages newSingles() {
        return new SendMessages(DatagramRuns.MAX_SEGMENTS, DatagramRuns.MAX_SEGMENTS);
    }

    /** Whether runs are still sent with {@code UDP_SEGMENT}. */
    boolean gso() {
        return gso;
    }

    /** Takes the run that starts at datagram {@code from} (with a length over 0) and returns the index after it. May send. */
    int enqueue(PacketBatch batch, int from) {
        final Endpoint to = batch.endpoint[from];
        final int maxSegments = gso && (limits.isEmpty() || limits.allows(to, batch.length[from], System.nanoTime()))
                ? DatagramRuns.MAX_SEGMENTS
                : 1;
        final int end = DatagramRuns.end(batch, from, maxSegments, maxBytes);
        if (messages.isFull(from, end)) {
            transmit(batch, messages);
        }
        messages.add(batch, from, end, to.hasLocal());
        return end;
    }

    /** Sends everything that was taken; returns how many datagrams were sent since the last call. */
    int flush(PacketBatch batch) {
        transmit(batch, messages);
        final int sent = datagramsSent;
        datagramsSent = 0;
        waitedMs = 0;
        return sent;
    }

    private void transmit(PacketBatch batch, SendMessages m) {
        int position = 0;
        int repeats = 0;
        while (position < m.count()) {
            final int r = Sockets.sendmmsg(fd, m.address(position), m.count() - position, 0);
            counters.sendCalls++;
            if (r > 0) {
                for (int i = position; i < position + r; i++) {
                    sent(batch, m, i);
                }
                position += r;
                repeats = 0;
                continue;
            }
            final int errno = -r;
            if (isPassing(errno) && repeats++ < MAX_REPEATS && awaitRoom(errno)) {
                continue;
            }
            if (m.sticky[position] && mayBeSticky(errno)) {
                m.stripSticky(batch, position);
                continue;
            }
            if (m.segmentLength[position] != 0 && mayBeGso(errno)) {
                retreat(batch, m, position, errno);
            } else {
                drop(batch, m, position, errno);
            }
            position++;
            repeats = 0;
        }
        m.clear();
    }

    private void sent(PacketBatch batch, SendMessages m, int i) {
        for (int d = m.first[i]; d < m.end[i]; d++) {
            if (batch.length[d] != 0) {
                datagramsSent++;
                counters.sentDatagrams++;
                counters.sentBytes += batch.length[d];
            }
        }
        if (m.segmentLength[i] != 0) {
            counters.sentSegmented++;
        }
        if (m.stripped[i]) {
            forgetSticky(batch.endpoint[m.first[i]]);
        }
    }

    /** The datagram went through without its sticky source and not with it. */
    private void forgetSticky(Endpoint endpoint) {
        if (endpoint.hasLocal()) {
            endpoint.dropLocal();
            counters.stickySourcesDropped++;
        }
    }

    /** Sends the datagrams of a message that was refused with {@code UDP_SEGMENT} one by one. */
    private void retreat(PacketBatch batch, SendMessages m, int i, int errno) {
        counters.gsoRetreats++;
        if (errno == Errno.EIO || errno == Errno.EOPNOTSUPP) {
            gso = false;
        } else {
            limits.refuse(batch.endpoint[m.first[i]], m.segmentLength[i], System.nanoTime());
        }
        for (int d = m.first[i]; d < m.end[i]; d++) {
            if (batch.length[d] != 0) {
                singles.add(batch, d, d + 1, m.sticky[i]);
                singles.stripped[singles.count() - 1] = m.stripped[i];
            }
        }
        transmit(batch, singles);
    }

    private void drop(PacketBatch batch, SendMessages m, int i, int errno) {
        int dropped = 0;
        for (int d = m.first[i]; d < m.end[i]; d++) {
            if (batch.length[d] != 0) {
                batch.length[d] = 0;
                dropped++;
            }
        }
        switch (errno) {
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ENETDOWN, Errno.ENODEV, Errno.EADDRNOTAVAIL ->
                    counters.dropsUnreachable += dropped;
            case Errno.EMSGSIZE -> counters.dropsTooLong += dropped;
            case Errno.EPERM, Errno.EACCES -> counters.dropsRefused += dropped;
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> counters.dropsCongested += dropped;
            default -> counters.dropsOther += dropped;
        }
    }

    /** ECONNREFUSED is an ICMP answer to an earlier datagram. */
    private static boolean isPassing(int errno) {
        return switch (errno) {
            case Errno.EINTR, Errno.ECONNREFUSED, Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> true;
            default -> false;
        };
    }

    private boolean awaitRoom(int errno) {
        if (errno == Errno.EINTR || errno == Errno.ECONNREFUSED) {
            return true;
        }
        if (waitedMs >= MAX_WAIT_MS) {
            return false;
        }
        waitedMs++;
        Sockets.awaitWritable(fd, 1);
        return true;
    }

    /** What kernels answer when the source address is not, or no longer, one of the host's. */
    private static boolean mayBeSticky(int errno) {
        return switch (errno) {
            case Errno.EINVAL, Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EADDRNOTAVAIL, Errno.ENODEV -> true;
            default -> false;
        };
    }

    /** EIO: the device cannot do checksums; EMSGSIZE, or EINVAL from older kernels: a segment is longer than the path MTU. */
    private static boolean mayBeGso(int errno) {
        return switch (errno) {
            case Errno.EIO, Errno.EOPNOTSUPP, Errno.EINVAL, Errno.EMSGSIZE -> true;
            default -> false;
        };
    }
}
