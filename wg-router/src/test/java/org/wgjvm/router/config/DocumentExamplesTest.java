package org.wgjvm.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.routing.IpPrefix;

/** Every configuration example of the document commits verbatim, in the order in which the document has an operator enter them. */
final class DocumentExamplesTest {
    @TempDir
    private Path directory;

    private Configuration configuration;

    @BeforeEach
    void open() throws Exception {
        configuration = new Configuration(new StateDirectory(directory.resolve("state")), CommitSurroundings.NONE);
    }

    private CommitReport enter(String... examples) throws Exception {
        CommitReport report = null;
        for (final String example : examples) {
            configuration.merge(Documents.reader(example));
            report = configuration.commit(example);
            assertEquals(List.of(), report.errors(), example);
            assertTrue(report.number() > 0, example);
        }
        return report;
    }

    @Test
    void aProfileAloneCommits() throws Exception {
        final Router r1 = enter("profile.conf").committed().router("r1");
        final WireguardProfile profile = r1.profile("wg-profile-1");
        assertEquals("remote", profile.privateNetwork().neighborhood());
        assertEquals(HostPrefix.parse("10.10.10.1/24"), profile.privateNetwork().address());
        assertEquals(12800, profile.listenPort());
        assertEquals(180_000, profile.timeoutMs());
        assertTrue(r1.nodes().isEmpty(), "without an interface nothing is generated");
    }

    @Test
    void aProfileOnAnAddressMakesItsInterface() throws Exception {
        final Router r1 = enter("profile.conf", "attach.conf").committed().router("r1");
        assertEquals("eth1-net", r1.attachments().getFirst().network().name());
        assertEquals(IpAddress.parse("192.168.128.1"), r1.attachments().getFirst().address().ip());
        final DeviceInterface made = r1.node("node1").deviceInterfaces().get(1);
        assertEquals("wg-profile-1", made.name());
        assertTrue(made.generated());
        assertEquals(DeviceInterface.Type.HOST, made.type());
        final NetworkInterface network = made.networkInterfaces().getFirst();
        assertEquals("wg-profile-1-intf", network.name());
        assertEquals(List.of("remote"), network.neighborhoods());
        assertEquals(IpAddress.parse("169.254.140.129"), network.addresses().getFirst().gateway());
        assertEquals(HostPrefix.parse("169.254.140.130/30"), network.addresses().getFirst().prefix());
    }

    @Test
    void aProfileOnADhcpInterface() throws Exception {
        final Router r1 = enter("profile.conf", "attach-dhcp.conf").committed().router("r1");
        assertTrue(r1.attachments().getFirst().network().dhcp());
        assertNull(r1.attachments().getFirst().address());
    }

    @Test
    void remoteEndpointsAtDc1() throws Exception {
        final WireguardProfile profile = enter("dc1.conf").committed().router("dc1").profile("wg-profile-1");
        assertEquals(List.of("p1", "p2", "p3"), profile.peers().stream().map(PeerEntry::name).toList());
        assertEquals("lqvXPuopoYfVcVgpUEtF8Y6BXn8n6YXXAhRGhS50vU8=", profile.peer("p3").publicKey().toBase64());
        assertEquals(List.of(IpPrefix.v4(0x0a0a0a04, 32)), profile.peer("p3").allowedIps());
    }

    @Test
    void theMisnestedExampleOfDc2IsRefusedWithTheLineAndTheCause() throws Exception {
        final ConfigException refused = assertThrows(ConfigException.class, () -> configuration.merge(Documents.reader("dc2.conf")));
        final ConfigError error = refused.errors().getFirst();
        assertEquals(32, error.line());
        assertEquals("authority", error.path().toString());
        assertEquals("node", error.value());
        assertEquals(
                "is not an element of authority, but of router: the exit on line 30 has closed router dc2 before this line",
                        error.reason());
        assertEquals(Authority.EMPTY, configuration.validate().committed(), "nothing of it was taken");
    }

    @Test
    void dc2CommitsWithTheExitWhereItBelongs() throws Exception {
        configuration.merge(new StringReader(Documents.dc2Nested()));
        final CommitReport report = configuration.commit("");
        assertEquals(List.of(), report.errors());
        assertEquals(
                IpAddress.parse("2.2.2.2"), report.committed().router("dc2").attachments().getFirst().address().ip());
    }

    @Test
    void tenantsOfTheNeighborhood() throws Exception {
        final Authority authority = enter("dc1.conf", "tenants.conf").committed();
        assertEquals(
                List.of(IpPrefix.v4(0x0a0a0a00, 24)), authority.tenant("remote-worker").members().getFirst().addresses());
        assertEquals(
                List.of(IpPrefix.v4(0x0a0a0a04, 32)), authority.tenant("engineering").members().getFirst().addresses());
    }

    @Test
    void theRemoteServiceAgent() throws Exception {
        final CommitReport report = enter("thing-profile.conf", "thing-service.conf", "thing-route.conf");
        final Service thing = report.committed().service("thing");
        assertEquals("IoT sensor data service", thing.description());
        assertEquals("technician", thing.accessPolicies().getFirst().tenant());
        assertEquals(
                List.of("there is no such tenant yet"), report.warnings().stream().map(ConfigError::reason).toList(),
                        "the document never defines it");
        final ServiceRoute route = report.committed().router("r1").serviceRoutes().getFirst();
        assertEquals(IpAddress.parse("10.10.10.2"), route.natTarget());
        assertEquals("wg-profile-1-intf", route.nextHops().getFirst().interfaceName());
        assertEquals(IpAddress.parse("169.254.140.129"), route.nextHops().getFirst().gatewayIp());
    }
}
