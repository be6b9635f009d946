package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code commit-confirm} on a hub of ours: the change concerns one peer, and another one must not notice anything of it. */
@Interop({Implementation.GO_STABLE, Implementation.GO_NEWEST})
final class CommitTest {
    private static final String HUB_INSIDE = "10.67.0.1";
    private static final Duration SOON = Duration.ofSeconds(30);
    /**
     * wireguard-go starts the timer that repeats an initiation after it has sent it ({@code device/send.go}): an answer that is faster
     * does not stop the timer, and there is a second handshake after the REKEY_TIMEOUT of 5 s and its jitter.
     */
    private static final Duration REPEATED_INITIATION = Duration.ofSeconds(7);

    @TempDir
    Path directory;

    private final List<AutoCloseable> made = new ArrayList<>();
    private Namespace center;
    private WgDevice hub;
    private WgDevice cutOff;
    private WgDevice other;

    @AfterAll
    void close() throws Exception {
        Collections.reverse(made);
        for (final AutoCloseable each : made) {
            each.close();
        }
    }

    private void network() throws IOException {
        center = new Namespace();
        made.add(center);
        hub = WgDevice.daemon(Implementation.OURS, center);
        made.add(hub);
        cutOff = spoke(0, Implementation.GO_STABLE);
        other = spoke(1, Implementation.GO_NEWEST);
        file("10.67.0.10/32", "");
        wgJvm("up --attach " + file());
        for (final WgDevice spoke : List.of(cutOff, other)) {
            final int i = spoke == cutOff ? 0 : 1;
            spoke.configure(Pair.RIGHT_PORT, hub.peer("10.67.0.0/24").at("10.70." + i + ".1:" + Pair.LEFT_PORT).keepalive(1));
            spoke.up(1420, "10.67.0." + (10 + i) + "/24");
            Ping.untilAnswered(spoke.host(), HUB_INSIDE, Duration.ofSeconds(15));
        }
    }

    private WgDevice spoke(int i, Implementation kind) {
        final Namespace namespace = new Namespace();
        made.add(namespace);
        center.sh("ip link add eth" + i + " type veth peer name eth0 netns " + namespace.name() + "; ip addr add 10.70." + i
                + ".1/24 dev eth" + i + "; ip link set eth" + i + " up");
        namespace.sh("ip addr add 10.70." + i + ".2/24 dev eth0; ip link set eth0 up");
        final WgDevice spoke = WgDevice.daemon(kind, namespace);
        made.add(spoke);
        return spoke;
    }

    private Path file() {
        return directory.resolve(hub.name() + ".conf");
    }

    /** The hub's file, in which the peer that will be cut off has these allowed IPs. */
    private void file(String allowedIps, String more) throws IOException {
        if (!Files.exists(file())) {
            Files.createFile(file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file(), "[Interface]\nPrivateKey = " + hub.privateKey() + "\nListenPort = " + Pair.LEFT_PORT + "\nAddress = "
                + HUB_INSIDE + "/24\nMTU = 1420\n" + more + "\n" + cutOff.peer(allowedIps).text() + other.peer("10.67.0.11/32").text());
    }

    private String wgJvm(String arguments) {
        return center.sh(Lab.root().resolve("bin/wg-jvm") + " " + arguments + " 2>&1");
    }

    private String state() {
        return center.sh("ip -o addr show dev " + hub.name() + " | grep -v fe80; ip link show dev " + hub.name() + "; ip route; wg show "
                + hub.name() + " allowed-ips");
    }

    @Test
    void aWrongChangeIsUndoneByItselfAndTheOtherPeerNoticesNothing() throws Exception {
        network();
        Await.pass(REPEATED_INITIATION);
        final String before = state();
        final long otherShook = hub.latestHandshake(other);
        final long otherReceived = hub.transfer(other)[0];
        final CompletableFuture<Ping> pings =
                CompletableFuture.supplyAsync(() -> Ping.run(other.host(), HUB_INSIDE, 400, Duration.ofMillis(50)));

        // What the administrator, who comes through the first tunnel, meant to be something else. His shell goes with his connection.
        file("10.67.0.99/32", "Address = 10.68.0.1/24\n");
        final String dryRun = wgJvm("reload --dry-run " + file());
        assertTrue(dryRun.contains("- allowed IP: 10.67.0.10/32") && dryRun.contains("1 peer unchanged"), dryRun);
        assertEquals(before, state());
        final String shell = Lab.root().resolve("bin/wg-jvm") + " commit-confirm " + file() + " --seconds 5; kill -HUP 0";
        final String said = center.run(SOON, "", List.of("setsid", "--wait", "bash", "-c", shell)).out();
        assertTrue(said.contains("rolled back in 5 s"), said);
        assertFalse(said.contains(hub.privateKey()), "no secret is printed");
        assertNotEquals(before, state());
        assertFalse(Ping.answered(cutOff.host(), HUB_INSIDE), "he is cut off");
        final Outcome second = center.run(SOON, "", List.of(Lab.root().resolve("bin/wg-jvm").toString(), "reload", file().toString()));
        assertTrue(second.exit() != 0 && second.out().contains("waits for confirmation"), second.out());

        Await.until("everything is as it was", SOON, this::state, before::equals);
        Ping.untilAnswered(cutOff.host(), HUB_INSIDE, SOON);
        pings.get(60, TimeUnit.SECONDS).expectNoneLost();
        assertEquals(otherShook, hub.latestHandshake(other), "no new handshake");
        assertTrue(hub.transfer(other)[0] > otherReceived, "its counters went on");

        // And one that is right, and confirmed, stays.
        file("10.67.0.10/32, 10.71.0.0/24", "");
        assertTrue(wgJvm("commit-confirm " + file() + " --seconds 3").contains("+ route 10.71.0.0/24"));
        assertTrue(wgJvm("confirm " + hub.name()).contains("confirmed"));
        Await.pass(Duration.ofSeconds(4));
        assertTrue(state().contains("10.71.0.0/24"));
        assertTrue(wgJvm("reload " + file()).contains("nothing to change"));
        Ping.expectReplies(cutOff.host(), HUB_INSIDE);
    }
}
