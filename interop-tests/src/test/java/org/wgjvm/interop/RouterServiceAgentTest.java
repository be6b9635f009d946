package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document's example of a remote service agent, with its own keys but for the router's: the IoT device, a wireguard-go under wg-quick,
 * is behind a NAT; technicians reach it as service {@code thing}, by sessions that begin at the router.
 */
@Interop(Implementation.GO_NEWEST)
final class RouterServiceAgentTest {
    private static final String THING = "128.128.128.128";
    private static final String DEVICE_INSIDE = "10.10.10.2";
    private static final int PORT = 7000;

    /** Where technicians are, and others. */
    private static final String INSIDE = """
            config
              authority
                tenant technician
                exit
                tenant office
                exit
                router r1
                  node node1
                    device-interface techs
                      network-interface techs-net
                        tenant technician
                        address 172.20.0.1
                          prefix-length 24
                        exit
                      exit
                    exit
                    device-interface office
                      network-interface office-net
                        tenant office
                        address 172.21.0.1
                          prefix-length 24
                        exit
                      exit
                    exit
                  exit
                exit
              exit
            exit
            """;

    @TempDir
    private Path directory;

    private Namespace host;
    private Namespace nat;
    private Namespace device;
    private Namespace technician;
    private Namespace clerk;
    private RouterProcess r1;
    private String wgQuick;
    private Path file;

    @AfterAll
    void close() throws Exception {
        if (file != null) {
            device.run(RouterProcess.PATIENCE, "", List.of("bash", "-euc", wgQuick + "down " + file));
        }
        for (final AutoCloseable each : new AutoCloseable[] {r1, host, nat, device, technician, clerk}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private void network() throws Exception {
        host = new Namespace();
        nat = new Namespace();
        device = new Namespace();
        technician = new Namespace();
        clerk = new Namespace();
        nat.sh("ip link add wan type veth peer name eth1 netns " + host.name() + "; ip link add lan type veth peer name eth0 netns "
                + device.name() + "; ip addr add 1.1.1.2/24 dev wan; ip addr add 192.168.7.1/24 dev lan; ip link set wan up;"
                + " ip link set lan up; sysctl -qw net.ipv4.ip_forward=1;"
                + " nft 'table ip nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade random; }; }'");
        host.sh("ip addr add 1.1.1.1/24 dev eth1; ip link set eth1 up");
        device.sh("ip addr add 192.168.7.2/24 dev eth0; ip link set eth0 up; ip route add default via 192.168.7.1");

        final Path profile = Files.writeString(directory.resolve("r1.conf"), RouterProcess.document("thing-profile.conf"));
        r1 = RouterProcess.start(host, "r1", profile, directory);
        final String route = RouterProcess.document("thing-route.conf");
        for (final String more : List.of(INSIDE, RouterProcess.document("thing-service.conf"), route)) {
            r1.ask("commit", "--merge", Files.writeString(directory.resolve("more.conf"), more).toString());
        }
        r1.standBehind("techs", technician, "172.20.0.7/24");
        r1.standBehind("office", clerk, "172.21.0.7/24");

        file = directory.resolve(Leftovers.freshName() + ".conf");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, RouterProcess.document("endpoint-iot.conf")
                .replace("lV8egtiC8AKNh+DawkSM6G8t4x6BMFCsz8m48ToxHyA=", r1.publicKey("wg-profile-1")));
        wgQuick = "WG_QUICK_USERSPACE_IMPLEMENTATION=" + Implementation.GO_NEWEST.command().getFirst() + " wg-quick ";
        device.run(RouterProcess.PATIENCE, "", List.of("bash", "-euc", wgQuick + "up " + file)).orFail();
    }

    private JsonObject peer() {
        return r1.show("device-interface", "name", "wg-profile-1").getAsJsonObject().getAsJsonArray("peers").get(0).getAsJsonObject();
    }

    private JsonObject thing() {
        return r1.show("service").getAsJsonArray().get(0).getAsJsonObject();
    }

    @Test
    void techniciansReachTheThingBehindItsNatAndOthersDoNot() throws Exception {
        network();
        Await.until("the device keeps the connection alive", RouterProcess.PATIENCE, () -> peer().get("latestHandshakeSecondsAgo"),
                ago -> ago != null && !ago.isJsonNull());
        final String shown = r1.ask("show", "device-interface", "router", "r1", "name", "wg-profile-1");
        assertTrue(shown.contains("peer#1 - iot-dev-1:") && shown.contains("latest handshake: ") && shown.contains("endpoint:    1.1.1.2:"),
                shown);
        assertFalse(Ping.answered(host, "192.168.7.2"), "the device is behind a NAT");

        assertFalse(Ping.answered(clerk, THING), "a clerk is no technician");
        assertFalse(CheckedStream.connects(clerk, THING, PORT, Duration.ofSeconds(1)), "a clerk is no technician");
        assertEquals(0, thing().get("packets").getAsLong(), "nothing has passed");

        Ping.untilAnswered(technician, THING, RouterProcess.PATIENCE);
        try (CheckedStream stream = CheckedStream.between(device, DEVICE_INSIDE, technician, THING, PORT)) {
            assertEquals("172.20.0.7", stream.seenFrom());
            stream.goesOn(50);
            assertTrue(isTranslated(), "a session to the thing");
        }
        assertEquals(DEVICE_INSIDE, thing().getAsJsonArray("natTargets").get(0).getAsString());
        assertFalse(Ping.answered(technician, DEVICE_INSIDE), "the device itself is no service");
        final String drops = r1.ask("show", "plugins", "state", "detail");
        assertTrue(drops.lines().anyMatch(line -> line.contains("office") && line.contains("no-service")), drops);
    }

    private boolean isTranslated() {
        for (final JsonElement each : r1.show("sessions").getAsJsonArray()) {
            final JsonObject session = each.getAsJsonObject();
            if (session.get("protocol").getAsInt() == 6
                    && session.get("tenant").getAsString().equals("technician")
                    && session.get("service").getAsString().equals("thing")
                    && session.get("destination").getAsString().equals(THING)
                    && session.get("natTarget").getAsString().equals(DEVICE_INSIDE)
                    && session.get("answers").getAsLong() > 0) {
                return true;
            }
        }
        return false;
    }
}
