package org.wgjvm.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.routing.IpPrefix;

/** Two prefixes move to another peer in one transaction: a reader's snapshot has both with the old peer, or both with the new one. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "after")
@Outcome(expect = Expect.FORBIDDEN, desc = "half done, or a gap")
@State
public class AllowedIpsSnapshotStress {
    private static final IpPrefix A = IpPrefix.v4(0x0a000000, 8);
    private static final IpPrefix B = IpPrefix.v6(0xfd00L << 48, 0, 64);

    private final AllowedIps<Integer> routes = new AllowedIps<>();

    /** Both belong to peer 1. */
    public AllowedIpsSnapshotStress() {
        routes.begin().insert(A, 1).insert(B, 1).commit();
    }

    /** The writer. */
    @Actor
    public void move() {
        routes.begin().removeAll(1).insert(A, 2).insert(B, 2).commit();
    }

    /** Any other thread. */
    @Actor
    public void look(II_Result r) {
        final AllowedIps.Snapshot<Integer> snapshot = routes.snapshot();
        final Integer a = snapshot.lookupV4(0x0a010203);
        final Integer b = snapshot.lookupV6(0xfd00L << 48, 7);
        r.r1 = a == null ? 0 : a;
        r.r2 = b == null ? 0 : b;
    }
}
