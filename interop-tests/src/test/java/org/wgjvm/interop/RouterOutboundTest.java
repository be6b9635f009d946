package org.wgjvm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A router calls an endpoint, a wireguard-go, as the document has it: the encrypted session originates from the profile's loopback address,
 * belongs to a tenant, and leaves by the interface of a service-route, which is not the one that the profile listens on.
 */
@Interop(Implementation.GO_NEWEST)
final class RouterOutboundTest {
    private static final String CONFIGURATION = """
            config
              authority
                tenant caller
                  member remote
                    address 169.254.140.129/32
                  exit
                exit
                tenant office
                exit
                service branch
                  address 10.10.10.2/32
                  access-policy office
                    source office
                  exit
                exit
                service endpoints
                  address 1.1.1.2/32
                  transport udp
                    port-range 51820
                    exit
                  exit
                  access-policy caller
                    source caller
                  exit
                exit
                router r1
                  service-route to-endpoints
                    service-name endpoints
                    next-hop node1 uplink-net
                      node-name node1
                      interface uplink-net
                    exit
                  exit
                  wireguard-profile wg-profile-1
                    private-network
                      neighborhood remote
                      address 10.10.10.1/24
                    exit
                    peer branch
                      public-key PEER
                      allowed-ip 10.10.10.2/32
                      endpoint
                        ip 1.1.1.2
                        port 51820
                      exit
                    exit
                  exit
                  node node1
                    device-interface eth1
                      network-interface eth1-net
                        address 1.1.1.1
                          wireguard-profile wg-profile-1
                        exit
                      exit
                    exit
                    device-interface uplink
                      network-interface uplink-net
                        address 172.30.0.1
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

    private final Namespace host = new Namespace();
    private final Namespace branch = new Namespace();
    private final Namespace office = new Namespace();
    private WgDevice device;
    private RouterProcess r1;

    @AfterAll
    void close() throws Exception {
        for (final AutoCloseable each : new AutoCloseable[] {r1, device, host, branch, office}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void theSessionOriginatesFromTheLoopbackAddressAndLeavesByTheServicesInterface() throws Exception {
        host.sh("ip link add eth1 type veth peer name eth0 netns " + branch.name() + "; ip addr add 1.1.1.1/24 dev eth1;"
                + " ip link set eth1 up; sysctl -qw net.ipv4.ip_forward=1");
        branch.sh("ip addr add 1.1.1.2/24 dev eth0; ip link set eth0 up; ip route add 172.30.0.0/24 via 1.1.1.1");
        device = WgDevice.daemon(Implementation.GO_NEWEST, branch);
        final Path file = directory.resolve("r1.conf");
        Files.writeString(file, CONFIGURATION.replace("PEER", device.publicKey()));
        r1 = RouterProcess.start(host, "r1", file, directory);
        final PeerSpec router = PeerSpec.of(r1.publicKey("wg-profile-1"), "0.0.0.0/0");
        device.configure(51820, router);
        device.up(1420, "10.10.10.2/24");
        branch.sh("ip route add 172.21.0.0/24 dev " + device.name());
        r1.standBehind("office", office, "172.21.0.7/24");
        Await.until("the uplink is there", RouterProcess.PATIENCE, () -> host.run("ip", "link", "show", "uplink").ok());
        host.sh("ip addr add 172.30.0.2/24 dev uplink; ip link set uplink mtu 1500 up");

        Ping.untilAnswered(office, "10.10.10.2", RouterProcess.PATIENCE);
        assertEquals("172.30.0.1:12800", branch.sh("wg show " + device.name() + " endpoints").strip().split("\t")[1]);
        try (CheckedStream stream = CheckedStream.between(branch, "10.10.10.2", office, "10.10.10.2", 7000)) {
            stream.goesOn(50);
        }
        boolean found = false;
        for (final JsonElement each : r1.show("sessions").getAsJsonArray()) {
            final JsonObject session = each.getAsJsonObject();
            found |= session.get("tenant").getAsString().equals("caller")
                    && session.get("service").getAsString().equals("endpoints")
                    && session.get("source").getAsString().equals("169.254.140.129")
                    && session.get("answers").getAsLong() > 0;
        }
        assertTrue(found, r1.ask("show", "sessions"));
    }
}
