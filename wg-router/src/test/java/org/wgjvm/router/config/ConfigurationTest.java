package org.wgjvm.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidate, validate, commit, compare, rollback, export and import, and what of it is on disk. */
final class ConfigurationTest {
    @TempDir
    private Path directory;

    private Path state;
    private Configuration configuration;

    @BeforeEach
    void open() throws Exception {
        state = directory.resolve("state");
        configuration = reopened();
    }

    private Configuration reopened() throws Exception {
        return new Configuration(new StateDirectory(state), CommitSurroundings.NONE);
    }

    private CommitReport commit(String text) throws Exception {
        configuration.replace(new StringReader(text));
        return configuration.commit("test");
    }

    /** Two routers, each with a profile on an address. */
    static String twoRouters(String inProfileOfR1) {
        return "config\nauthority\n" + router("r1", "192.0.2.1", inProfileOfR1) + router("r2", "192.0.2.2", "") + "exit\nexit\n";
    }

    private static String router(String name, String address, String inProfile) {
        return """
                router %s
                  wireguard-profile wg0
                    private-network
                      neighborhood remote
                      address 10.10.10.1/24
                    exit
                    %s
                  exit
                  node node1
                    device-interface eth1
                      network-interface eth1-net
                        address %s
                          wireguard-profile wg0
                        exit
                      exit
                    exit
                  exit
                exit
                """.formatted(name, inProfile, address);
    }

    @Test
    void aCandidateIsNothingUntilItIsCommitted() throws Exception {
        configuration.replace(new StringReader(twoRouters("")));
        assertEquals(Authority.EMPTY, configuration.running());
        assertTrue(configuration.validate().isClean());
        assertEquals(Authority.EMPTY, configuration.running());
        assertEquals(1, configuration.commit("first").number());
        assertNotNull(configuration.running().router("r1"));
        assertEquals("first", configuration.history().getFirst().comment());
    }

    @Test
    void committingAgainWithoutAChangeMakesNoVersion() throws Exception {
        assertEquals(1, commit(twoRouters("")).number());
        assertEquals(0, commit(twoRouters("")).number());
        assertEquals(1, configuration.history().size());
    }

    @Test
    void whatIsCommittedAndTheCandidateSurviveARestart() throws Exception {
        commit(twoRouters(""));
        configuration.replace(new StringReader(twoRouters("port 13000")));
        final Authority before = configuration.running();
        final String difference = configuration.compare();
        configuration = reopened();
        assertEquals(before, configuration.running());
        assertEquals(difference, configuration.compare());
        assertEquals(2, configuration.commit("").number());
    }

    @Test
    void compareShowsWhatWouldChangeUnderItsBlocksAndNoSecret() throws Exception {
        commit(twoRouters("peer a\npublic-key cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=\nallowed-ip 10.10.10.2/32\nexit"));
        configuration.replace(new StringReader(twoRouters("""
                port 13000
                peer a
                  public-key cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=
                  preshared-key kLbzfaAMMn1Nen3zZ+LreKCglYJuBgdvy/fFNgIZxHk=
                  allowed-ip 10.10.10.3/32
                exit
                """)));
        assertEquals("""
                  config
                    authority
                      router r1
                        wireguard-profile wg0
                +         port 13000
                          peer a
                +           preshared-key (secret)
                -           allowed-ip 10.10.10.2/32
                +           allowed-ip 10.10.10.3/32
                """, configuration.compare());
        configuration.discard();
        assertEquals("", configuration.compare());
    }

    @Test
    void rollbackBringsAnOldVersionBackAsANewOne() throws Exception {
        commit(twoRouters(""));
        final String first = configuration.export(1);
        commit(twoRouters("port 13000"));
        assertEquals(13000, configuration.running().router("r1").profile("wg0").listenPort());
        assertEquals(3, configuration.rollback(1).number());
        assertEquals(first, configuration.export(0));
        assertEquals(first, reopened().export(0));
        assertEquals("rollback 1", configuration.history().getLast().comment());
        assertEquals(
                "'7': there is no such version",
                assertThrows(ConfigException.class, () -> configuration.rollback(7)).getMessage().substring("config: ".length()));
    }

    @Test
    void whatIsExportedIsImportedAsTheSame() throws Exception {
        commit(twoRouters(""));
        final String exported = configuration.export(0);
        assertTrue(exported.contains("generated            true"), exported);
        configuration.replace(new StringReader(exported));
        assertEquals("", configuration.compare());
        assertEquals(0, configuration.commit("").number());
    }

    @Test
    void onlyTheOwnerReadsTheStateAndNoTemporaryFileIsLeft() throws Exception {
        commit(twoRouters(""));
        configuration.replace(new StringReader(twoRouters("port 13000")));
        try (Stream<Path> all = Files.walk(state)) {
            for (final Path each : all.toList()) {
                final String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
                assertEquals(Files.isDirectory(each) ? "rwx------" : "rw-------", mode, each.toString());
                assertFalse(each.toString().endsWith(".new"), each.toString());
            }
        }
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-x---"));
        assertThrows(IOException.class, this::reopened, "a state directory that others may read is refused");
    }

    /** PLUGIN-1771. */
    @Test
    void anInvalidRouterKeepsWhatItHadAndTheOthersAreCommitted() throws Exception {
        commit(twoRouters(""));
        final Router r1 = configuration.running().router("r1");
        final String broken = twoRouters("port 13000").replaceFirst(" *neighborhood remote\n", "").replace("192.0.2.2", "192.0.2.3");
        final CommitReport report = commit(broken);
        assertEquals(2, report.number());
        assertEquals(Set.of("r1"), report.rejected());
        assertEquals(
                List.of("line 5: authority > router r1 > wireguard-profile wg0 > private-network: "
                        + "neighborhood is missing: without it nothing that peers send has a tenant"),
                report.errors().stream().map(ConfigError::toString).toList());
        assertEquals(r1, configuration.running().router("r1"), "as it was, its port too");
        assertEquals(
                IpAddress.parse("192.0.2.3"),
                configuration.running().router("r2").attachments().getFirst().address().ip());
        assertTrue(configuration.compare().contains("port 13000"), "the candidate waits to be put right");
        configuration = reopened();
        assertEquals(r1, configuration.running().router("r1"));
    }

    @Test
    void aNewRouterThatIsInvalidIsLeftOutAndTheOthersAreCommitted() throws Exception {
        final CommitReport report = commit(twoRouters("port nonsense"));
        assertEquals(Set.of("r1"), report.rejected());
        assertNull(report.committed().router("r1"));
        assertNotNull(report.committed().router("r2"));
    }

    @Test
    void anErrorInWhatAllShareCommitsNothing() throws Exception {
        final CommitReport report = commit(twoRouters("").replace("config\nauthority\n", "config\nauthority\nservice s\nexit\n"));
        assertEquals(0, report.number());
        assertEquals("line 3: authority > service s: address is missing", report.errors().getFirst().toString());
        assertEquals(Authority.EMPTY, configuration.running());
    }

    @Test
    void followersSeeEachCommitWhole() throws Exception {
        final List<Authority> seen = new ArrayList<>();
        configuration.follow(seen::add);
        commit(twoRouters(""));
        commit(twoRouters("port 13000"));
        commit(twoRouters("port nonsense"));
        assertEquals(2, seen.size());
        assertEquals(configuration.running(), seen.getLast());
    }

    @Test
    void generatedElementsAreMadeAfreshAtEachCommitAndAProfileKeepsItsLoopback() throws Exception {
        final String added = """
                wireguard-profile a
                  private-network
                    neighborhood n
                    address 10.9.9.1/24
                    tenant-name t
                  exit
                  inactivity-timeout 5000
                exit
                wireguard-profile wg0
                """;
        final String two = twoRouters("").replaceFirst("wireguard-profile wg0\n", added);
        commit(twoRouters(""));
        final Authority authority = commit(two.replaceFirst("address 192.0.2.1\n",
                "address 192.0.2.9\nwireguard-profile a\nexit\naddress 192.0.2.1\n"))
                .committed();
        final Node node = authority.router("r1").node("node1");
        assertEquals(
                IpAddress.parse("169.254.140.129"),
                Named.find(node.deviceInterfaces(), "wg0").networkInterfaces().getFirst().addresses().getFirst().gateway());
        assertEquals(
                IpAddress.parse("169.254.140.133"),
                Named.find(node.deviceInterfaces(), "a").networkInterfaces().getFirst().addresses().getFirst().gateway());
        assertTrue(authority.tenant("t").generated());
        assertEquals("10.9.9.0/24", authority.tenant("t").members().getFirst().addresses().getFirst().toString());
        final SessionType type = authority.sessionTypes().getFirst();
        assertEquals("r1-a", type.name());
        assertEquals(5000L, type.timeoutMs());
        assertTrue(type.generated());
        final Authority without = commit(twoRouters("")).committed();
        assertNull(without.tenant("t"));
        assertEquals(List.of(), without.sessionTypes());
        assertEquals(2, without.router("r1").node("node1").deviceInterfaces().size());
    }

    /** PLUGIN-1505. */
    @Test
    void aProfileMayNameATenantThatExists() throws Exception {
        final String text = twoRouters("").replaceFirst("neighborhood remote", "tenant-name worker\nneighborhood remote")
                .replace("config\nauthority\n", """
                        config
                        authority
                        tenant worker
                        description mine
                        member office
                        address 10.1.0.0/16
                        exit
                        exit
                        """);
        final CommitReport report = commit(text);
        assertEquals(List.of(), report.errors());
        final Tenant worker = report.committed().tenant("worker");
        assertFalse(worker.generated());
        assertEquals(List.of("office", "remote"), worker.members().stream().map(TenantMember::neighborhood).toList());
        assertTrue(worker.members().get(1).generated());
    }
}
