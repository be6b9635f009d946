package org.wgjvm.hub.share;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a hub that another host may take over from working here any longer than the lease lasts. What is let in can be cut off at any
 * time, by any thread: the one that reconciles may be busy for longer than there is time.
 *
 * <p>Times are of CLOCK_BOOTTIME, in nanoseconds.
 */
public final class Fence {
    private final Map<String, Runnable> cuts = new HashMap<>();
    private Set<String> permitted = Set.of();
    private boolean open;
    private long deadlineNs;

    /** Hubs that may work here for as long as the lease lasts; others are cut off at once. Returns those that were. */
    synchronized Set<String> permit(Set<String> hubs) {
        permitted = Set.copyOf(hubs);
        final Set<String> gone = new HashSet<>(cuts.keySet());
        gone.removeAll(permitted);
        gone.forEach(this::cut);
        return gone;
    }

    /** The lease lasts until then. It never gets shorter by this. */
    synchronized void extend(long untilNs) {
        if (!open || untilNs - deadlineNs > 0) {
            deadlineNs = untilNs;
        }
        open = true;
    }

    /** There is no lease, and nothing is permitted. Returns the hubs that were cut off. */
    synchronized Set<String> revoke() {
        permitted = Set.of();
        return lapse();
    }

    /** The lease has not been renewed for too long; should it be after all, what was permitted still is. */
    private Set<String> lapse() {
        open = false;
        final Set<String> gone = new HashSet<>(cuts.keySet());
        gone.forEach(this::cut);
        return gone;
    }

    /** Ends the lease if its time has come. Returns the hubs that were cut off. */
    synchronized Set<String> check(long nowNs) {
        return open && nowNs - deadlineNs >= 0 ? lapse() : Set.of();
    }

    /** Whether a hub may work here now. */
    public synchronized boolean permits(String hub, long nowNs) {
        return open && nowNs - deadlineNs < 0 && permitted.contains(hub);
    }

    /** Lets a hub work here until it is cut off; returns false, and calls nothing, when it may not. */
    public synchronized boolean enter(String hub, Runnable cut, long nowNs) {
        if (!permits(hub, nowNs)) {
            return false;
        }
        cuts.put(hub, cut);
        return true;
    }

    /** A hub works here no longer. */
    public synchronized void leave(String hub) {
        cuts.remove(hub);
    }

    /** How long the lease lasts still; so long at most. */
    synchronized long leftNs(long nowNs, long mostNs) {
        return open ? Math.min(mostNs, Math.max(1, deadlineNs - nowNs)) : mostNs;
    }

    /** The hubs that are in. */
    synchronized List<String> inside() {
        return List.copyOf(cuts.keySet());
    }

    private void cut(String hub) {
        final Runnable cut = cuts.remove(hub);
        if (cut != null) {
            cut.run();
        }
    }
}
