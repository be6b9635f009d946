package org.wgjvm.hub.page;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.PeerStatistics;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.hub.Ports;
import org.wgjvm.hub.agent.Agent;
import org.wgjvm.hub.agent.FakeMachine;
import org.wgjvm.hub.agent.Settings;
import org.wgjvm.hub.port.Fields;

/** An agent on a node in memory, with so many hubs, each with so many spokes, and its page. */
final class Node implements AutoCloseable {
    final FakeMachine machine = new FakeMachine(new FakeMachine.Kernel());
    final Agent agent;
    final AgentPage page;

    /** In a dry run nothing is written, and hubs have no keys: that is for thousands. */
    Node(Path directory, int hubs, int spokesEach, boolean dryRun) throws Exception {
        final Settings settings = new Settings(
                directory.resolve("state"), Ports.HOST, InetAddress.ofLiteral("192.0.2.7"), 20000, 30000, 1420, true, 3600, List.of(),
                dryRun);
        agent = Agent.start(settings, machine, Set.of(), line -> { });
        final JsonArray ports = new JsonArray();
        for (int h = 0; h < hubs; h++) {
            final JsonObject hub = Ports.hub("p" + h % 20);
            hub.addProperty("id", Ports.hubId(h));
            hub.addProperty("name", "hub " + h);
            hub.addProperty("network_id", network(h));
            hub.add("fixed_ips", Ports.ips("10.50.0.1"));
            ports.add(hub);
            for (int s = 0; s < spokesEach; s++) {
                final int n = h * spokesEach + s;
                final JsonObject spoke = Ports.spoke("10.50.0." + (2 + s), key(n));
                spoke.addProperty("id", Ports.spokeId(n));
                spoke.addProperty("name", n == 0 ? "<img src=x onerror=alert(1)>" : "spoke " + n);
                spoke.addProperty("network_id", network(h));
                ports.add(spoke);
            }
        }
        final JsonObject all = new JsonObject();
        all.addProperty("revision", 7);
        all.add("ports", ports);
        final JsonObject answer = agent.sync(new Fields(all, ""));
        if (!answer.getAsJsonArray("refused").isEmpty()) {
            throw new AssertionError(answer.toString());
        }
        page = AgentPage.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), agent, directory.resolve("agent.url"), line -> { });
    }

    static String network(int hub) {
        return String.format("11111111-2222-4333-8444-%012x", hub);
    }

    /** A public key that tells its number. */
    static String key(int n) {
        final byte[] bytes = new byte[32];
        bytes[0] = (byte) n;
        bytes[1] = (byte) (n >> 8);
        bytes[2] = (byte) (n >> 16);
        bytes[31] = 1;
        return Base64.getEncoder().encodeToString(bytes);
    }

    static int number(PeerChange peer) {
        final byte[] bytes = Base64.getDecoder().decode(peer.publicKey().toBase64());
        return (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16;
    }

    /** What a hub knows of a spoke that shook hands at a moment; 0 for never. */
    static PeerStatistics peer(PeerChange peer, long handshakeEpochMs, long rxBytes, long txBytes) {
        final Endpoint endpoint = handshakeEpochMs == 0 ? null : Endpoint.of(
                new InetSocketAddress(InetAddress.ofLiteral("203.0.113." + (1 + number(peer) % 250)), 4000 + number(peer) % 50000));
        return new PeerStatistics(
                peer.publicKey(), endpoint, handshakeEpochMs * 1_000_000, txBytes, rxBytes, 0, 0, 0, 0, List.of());
    }

    JsonObject attach(String hub, String namespace) throws Exception {
        return agent.attach(hub, new Fields(JsonParser.parseString("{\"namespace\":\"" + namespace + "\"}").getAsJsonObject(), ""));
    }

    @Override
    public void close() {
        page.close();
        agent.close();
    }
}
