package org.wgjvm.core.device;

import java.util.Arrays;

/**
 * Peers ordered by when they next want to be looked at: a binary heap that knows where each peer stands.
 *
 * <p>It is lazy: a deadline that moves later costs nothing, for a peer is woken at the earliest time it was ever armed for and then says
 * anew when. That makes the timers of a busy peer, which move at every batch, free; and a silent peer is not looked at at all.
 */
final class DeadlineHeap {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private Peer[] heap = new Peer[16];
    private int size;

    /** How many peers are armed. */
    int size() {
        return size;
    }

    /** The earliest armed deadline, or {@link #NEVER}. */
    long nextNs() {
        return size == 0 ? NEVER : heap[0].armedNs;
    }

    /** The peer that is due at {@code nowNs}, taken out of the heap, or null. */
    Peer poll(long nowNs) {
        if (size == 0 || heap[0].armedNs > nowNs) {
            return null;
        }
        final Peer peer = heap[0];
        remove(peer);
        return peer;
    }

    /** Sees to it that the peer is woken no later than {@code deadlineNs}. */
    void arm(Peer peer, long deadlineNs) {
        if (peer.heapIndex < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            peer.armedNs = deadlineNs;
            place(peer, size++);
            up(peer);
        } else if (deadlineNs < peer.armedNs) {
            peer.armedNs = deadlineNs;
            up(peer);
        }
    }

    /** Takes the peer out. */
    void remove(Peer peer) {
        final int i = peer.heapIndex;
        if (i < 0) {
            return;
        }
        peer.heapIndex = -1;
        peer.armedNs = NEVER;
        final Peer last = heap[--size];
        heap[size] = null;
        if (last != peer) {
            place(last, i);
            up(last);
            down(last);
        }
    }

    private void place(Peer peer, int i) {
        heap[i] = peer;
        peer.heapIndex = i;
    }

    private void up(Peer peer) {
        int i = peer.heapIndex;
        while (i > 0) {
            final Peer parent = heap[(i - 1) >>> 1];
            if (parent.armedNs <= peer.armedNs) {
                break;
            }
            place(parent, i);
            i = (i - 1) >>> 1;
        }
        place(peer, i);
    }

    private void down(Peer peer) {
        int i = peer.heapIndex;
        while (true) {
            int child = 2 * i + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].armedNs < heap[child].armedNs) {
                child++;
            }
            if (heap[child].armedNs >= peer.armedNs) {
                break;
            }
            place(heap[child], i);
            i = child;
        }
        place(peer, i);
    }
}
