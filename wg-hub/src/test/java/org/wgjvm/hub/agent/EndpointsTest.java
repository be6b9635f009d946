package org.wgjvm.hub.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.gson.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.hub.Ports;

/** Where spokes were heard last is known to the next agent, until something else is configured. */
final class EndpointsTest extends AgentCase {
    private static final String KEY = Ports.key();

    private String heard;

    @BeforeEach
    void hub() throws Exception {
        begin();
        put(HUB, Ports.hub("p1"));
    }

    private void begin() throws Exception {
        start();
        machine.count(peer -> new PeerStatistics(
                peer.publicKey(), heard == null ? peer.endpoint() : endpoint(heard), heard == null ? 0 : 1, 0, 0, 0, 0, 0, 0, List.of()));
    }

    private static Endpoint endpoint(String text) {
        final int colon = text.lastIndexOf(':');
        return Endpoint.of(new InetSocketAddress(
                InetAddress.ofLiteral(text.substring(0, colon).replaceAll("[\\[\\]]", "")), Integer.parseInt(text.substring(colon + 1))));
    }

    private static JsonObject spoke(String configured) {
        final JsonObject spoke = Ports.spoke("10.50.0.10", KEY);
        if (configured != null) {
            spoke.getAsJsonObject("binding:profile").addProperty("endpoint", configured);
        }
        return spoke;
    }

    /** What the hub's device was told last of its only peer. */
    private String told() {
        final Endpoint endpoint = tunnel().peers.values().iterator().next().endpoint();
        return endpoint == null ? null : endpoint.toString();
    }

    private void restartHearingNothing() throws Exception {
        agent.close();
        heard = null;
        begin();
    }

    @Test
    void aDeviceThatWasNeverConfiguredWithAnEndpointIsCalledWhereItWas() throws Exception {
        for (final String place : List.of("203.0.113.9:4242", "[2001:db8::9]:4242")) {
            put(SPOKE, spoke(null));
            heard = place;
            restartHearingNothing();
            assertEquals(place, told());
            restartHearingNothing();
            assertEquals(place, told(), "and so it is after another start, in which nothing was heard");
        }
    }

    @Test
    void aDeviceThatHasMovedIsCalledWhereItIsUntilSomethingElseIsConfigured() throws Exception {
        put(SPOKE, spoke("198.51.100.1:51820"));
        assertEquals("198.51.100.1:51820", told());
        heard = "203.0.113.9:4242";
        restartHearingNothing();
        assertEquals("203.0.113.9:4242", told());
        put(SPOKE, spoke("198.51.100.2:51820"));
        assertEquals("198.51.100.2:51820", told());
        restartHearingNothing();
        assertEquals("198.51.100.2:51820", told());
    }

    @Test
    void whatIsConfiguredAnewWhileTheAgentIsAwayCounts() throws Exception {
        put(SPOKE, spoke("198.51.100.1:51820"));
        heard = "203.0.113.9:4242";
        agent.endpointsNow();
        agent.abandon();
        final Path file = state.resolve("s/config/ports/" + SPOKE.substring(0, 2) + "/" + SPOKE + ".json");
        Files.writeString(file, Files.readString(file).replace("198.51.100.1", "198.51.100.3"));
        heard = null;
        begin();
        assertEquals("198.51.100.3:51820", told());
    }

    @Test
    void anInterfaceThatWasTakenAwayIsMadeAnewWithWhatWasKnown() throws Exception {
        put(SPOKE, spoke(null));
        heard = "203.0.113.9:4242";
        agent.endpointsNow();
        final FakeMachine.FakeTunnel before = tunnel();
        before.vanish();
        await(() -> active(HUB) && tunnel() != null && tunnel() != before);
        assertEquals("203.0.113.9:4242", told());
    }

    @Test
    void itIsWrittenOnlyWhenItChangesNotInTheHistoryAndForgottenWithThePort() throws Exception {
        put(SPOKE, spoke(null));
        heard = "203.0.113.9:4242";
        agent.endpointsNow();
        final Path file = state.resolve("s/endpoints");
        assertEquals(HUB + " " + KEY + " 203.0.113.9:4242 -\n", Files.readString(file));
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        agent.endpointsNow();
        assertEquals(0, Files.getLastModifiedTime(file).toMillis());
        agent.delete(SPOKE);
        agent.endpointsNow();
        assertEquals("", Files.readString(file));
        agent.close();
        try (Stream<Path> config = Files.walk(state.resolve("s/config"))) {
            assertFalse(config.anyMatch(f -> f.endsWith("endpoints")));
        }
    }

    @Test
    void whatCannotBeReadIsLearntAnew() throws Exception {
        put(SPOKE, spoke(null));
        agent.close();
        Files.writeString(
                state.resolve("s/endpoints"), "x\n\n" + HUB + " " + KEY + " nowhere:1 -\n" + HUB + " " + KEY + " 1.2.3.4:99999 -\n");
        begin();
        assertNull(told());
    }
}
