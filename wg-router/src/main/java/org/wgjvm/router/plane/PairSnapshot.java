package org.wgjvm.router.plane;

/**
 * What has happened between one tenant and one service since the packet path began. Immutable.
 *
 * @param tenant null when the packet was dropped before its tenant was known
 * @param service null for packets for which the tenant has no service
 * @param sessions how many began
 * @param activeSessions how many there are
 * @param packets forwarded, both directions
 * @param bytes forwarded, both directions, IP headers included
 * @param drops by {@link RouterDropReason#ordinal()}
 */
public record PairSnapshot(
        String tenant, String service, long sessions, int activeSessions, long packets, long bytes, long[] drops) {
    /** Copies the array. */
    public PairSnapshot {
        drops = drops.clone();
    }

    /** How many packets were dropped for that reason. */
    public long drops(RouterDropReason reason) {
        return drops[reason.ordinal()];
    }

    /** How many packets were dropped. */
    public long allDrops() {
        long all = 0;
        for (final long count : drops) {
            all += count;
        }
        return all;
    }
}
