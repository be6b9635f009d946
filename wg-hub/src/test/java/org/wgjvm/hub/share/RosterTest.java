package org.wgjvm.hub.share;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.hub.share.KeyValueStore.Condition;
import org.wgjvm.hub.share.KeyValueStore.Item;

/** What a host does with a hub, given who is there and who holds it. This host is net2; the hub is net1's. */
final class RosterTest {
    private static final long GRACE_NS = 2_000;

    private final Roster roster = new Roster("net2", GRACE_NS);
    private long revision = 10;
    private long nowNs = 1_000_000;

    private void say(String key, Object value) throws IOException {
        roster.apply(new Item(key, value == null ? null : Records.write(value), revision++), nowNs);
    }

    private void there(String... hosts) throws IOException {
        for (final String host : hosts) {
            say(Records.AGENT + host, new Records.Agent(host, host, "s"));
        }
    }

    private Roster.Verdict verdict() {
        return roster.rule("h", "net1", nowNs).verdict();
    }

    @BeforeEach
    void begin() throws IOException {
        there("net1", "net2", "net3");
        say(Records.PROMISE + "net1", new Records.Promise(List.of("net3", "net2"), "s"));
        say(Records.HOLD + "h", new Records.Hold("net1", 4));
    }

    @Test
    void itWaitsForTheGraceAndForThoseBeforeIt() throws IOException {
        assertEquals(Roster.Verdict.LEAVE, verdict());
        say(Records.AGENT + "net1", null);
        nowNs += GRACE_NS;
        assertEquals(Roster.Verdict.LEAVE, verdict(), "net3 comes first");
        say(Records.AGENT + "net3", null);
        assertEquals(Roster.Verdict.TAKE, verdict());
    }

    @Test
    void theGraceCountsFromWhenTheHostWasSeenToBeAway() throws IOException {
        say(Records.AGENT + "net3", null);
        nowNs += 10 * GRACE_NS;
        say(Records.AGENT + "net1", null);
        nowNs += GRACE_NS - 1;
        assertEquals(Roster.Verdict.LEAVE, verdict());
        nowNs++;
        assertEquals(Roster.Verdict.TAKE, verdict());
    }

    @Test
    void itIsTakenOnConditionOfAllThatWasLookedAt() throws IOException {
        say(Records.AGENT + "net1", null);
        say(Records.AGENT + "net3", null);
        nowNs += GRACE_NS;
        final Roster.Ruling ruling = roster.rule("h", "net1", nowNs);
        assertEquals(5, ruling.epoch());
        assertEquals(
                Set.of(new Condition("holds/h", 14), new Condition("agents/net2", 11), new Condition("promises/net1", 13),
                        new Condition("agents/net1", 0)),
                ruling.conditions().stream().collect(Collectors.toSet()));
    }

    @Test
    void aHolderThatIsNotTheHostHasToBeAwayTooAndIsACondition() throws IOException {
        say(Records.HOLD + "h", new Records.Hold("net3", 5));
        say(Records.AGENT + "net1", null);
        nowNs += GRACE_NS;
        assertEquals(Roster.Verdict.LEAVE, verdict());
        say(Records.AGENT + "net3", null);
        assertEquals(Roster.Verdict.LEAVE, verdict());
        nowNs += GRACE_NS;
        assertEquals(Roster.Verdict.TAKE, verdict());
        assertEquals(
                1, roster.rule("h", "net1", nowNs).conditions().stream().filter(c -> c.equals(new Condition("agents/net3", 0))).count());
    }

    @Test
    void itIsGivenBackWhenTheHostHasBeenThereForTheGrace() throws IOException {
        say(Records.AGENT + "net1", null);
        say(Records.HOLD + "h", new Records.Hold("net2", 5));
        assertEquals(Roster.Verdict.HAVE_LEASED, verdict());
        there("net1");
        assertEquals(Roster.Verdict.HAVE_LEASED, verdict());
        nowNs += GRACE_NS;
        assertEquals(Roster.Verdict.GIVE_BACK, verdict());
        assertEquals(5, roster.rule("h", "net1", nowNs).epoch());
    }

    @Test
    void withoutAPromiseOrWithAnotherSecretItIsLeftAlone() throws IOException {
        say(Records.AGENT + "net1", null);
        say(Records.AGENT + "net3", null);
        nowNs += GRACE_NS;
        say(Records.PROMISE + "net1", new Records.Promise(List.of("net2"), "another"));
        assertEquals(Roster.Verdict.LEAVE, verdict());
        say(Records.PROMISE + "net1", null);
        assertEquals(Roster.Verdict.LEAVE, verdict());
        say(Records.HOLD + "h", null);
        assertEquals(Roster.Verdict.LEAVE, verdict());
        assertEquals(Roster.Verdict.HAVE, roster.rule("mine", "net2", nowNs).verdict());
    }

    @Test
    void ofItsOwnItTakesWhatNobodyHoldsAndWaitsForWhoHasIt() throws IOException {
        say(Records.PROMISE + "net2", new Records.Promise(List.of("net3"), "s"));
        assertEquals(Roster.Verdict.TAKE, roster.rule("mine", "net2", nowNs).verdict());
        say(Records.HOLD + "mine", new Records.Hold("net3", 1));
        nowNs += 10 * GRACE_NS;
        assertEquals(Roster.Verdict.LEAVE, roster.rule("mine", "net2", nowNs).verdict());
        say(Records.HOLD + "mine", new Records.Hold("", 1));
        assertEquals(Roster.Verdict.TAKE, roster.rule("mine", "net2", nowNs).verdict());
    }

    @Test
    void whatIsToldLateDoesNotUndoWhatIsKnown() throws IOException {
        roster.apply(new Item(Records.HOLD + "h", Records.write(new Records.Hold("", 9)), 100), nowNs);
        roster.apply(new Item(Records.HOLD + "h", Records.write(new Records.Hold("net2", 8)), 90), nowNs);
        assertEquals("", roster.holder("h"));
    }
}
