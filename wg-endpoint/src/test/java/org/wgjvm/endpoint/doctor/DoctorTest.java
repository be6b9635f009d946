package org.wgjvm.endpoint.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.FakeDevice;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.text.InetReader;
import org.wgjvm.endpoint.uapi.PathListener;
import org.wgjvm.endpoint.uapi.UapiServer;
import org.wgjvm.endpoint.uapi.UapiSocket;

final class DoctorTest {
    @TempDir
    Path directory;

    private final List<UapiServer> servers = new ArrayList<>();

    private FakeDevice serve(String name) throws Exception {
        final FakeDevice device = new FakeDevice();
        servers.add(UapiServer.start(PathListener.open(UapiSocket.path(directory, name)), device, Log.silent()));
        return device;
    }

    @AfterEach
    void close() {
        servers.forEach(UapiServer::close);
    }

    private List<Finding> of(String only) {
        final List<Finding> findings = new ArrayList<>();
        new InterfaceChecks(directory, findings::add).run(only);
        return findings;
    }

    private static FakeDevice.Peer peer(FakeDevice device, int number, String... allowedIps) {
        final byte[] key = new byte[32];
        key[0] = (byte) number;
        final FakeDevice.Peer peer = new FakeDevice.Peer();
        for (final String ip : allowedIps) {
            peer.allowedIps.add(new InetReader().prefix(ip));
        }
        device.peers.put(PublicKey.of(key, 0), peer);
        return peer;
    }

    private static void expect(List<Finding> findings, Finding.Level level, String part) {
        assertTrue(findings.stream().anyMatch(f -> f.level() == level && f.text().contains(part)
                        && (level == Finding.Level.OK || !f.fix().isEmpty())),
                part + " is not in:\n" + findings.stream().map(Finding::toText).collect(Collectors.joining("\n")));
    }

    @Test
    void whatIsWrongWithAnInterfaceIsSaid() throws Exception {
        peer(serve("dr0"), 1).endpoint = Endpoint.v4(0x7f000001, 9);
        serve("dr1");
        final List<Finding> findings = of(null);
        expect(findings, Finding.Level.FAIL, "has no private key");
        expect(findings, Finding.Level.WARN, "has no allowed IPs");
        expect(findings, Finding.Level.WARN, "has never completed a handshake");
        expect(findings, Finding.Level.WARN, "has no peer");
        expect(of("dr2"), Finding.Level.FAIL, "no such interface");
        assertEquals(Set.of("dr1"), of("dr1").stream().map(Finding::name).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void anAllowedIpOnTwoInterfacesIsNoticed() throws Exception {
        peer(serve("dr0"), 1, "10.77.0.0/16", "10.78.0.0/16");
        peer(serve("dr1"), 2, "10.78.0.0/16");
        final List<Finding> findings = of(null);
        expect(findings, Finding.Level.WARN, "10.78.0.0/16 is allowed on");
        assertTrue(findings.stream().noneMatch(f -> f.text().contains("10.77.0.0/16 is allowed on")));
    }

    @Test
    void aSocketThatNobodyListensOnIsNoticed() throws Exception {
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(directory.resolve("old.sock")));
        }
        expect(of(null), Finding.Level.WARN, "nobody listens on");
    }

    @Test
    void theMachineIsLookedAtAndEveryFindingIsSoundJson() {
        final List<Finding> findings = new ArrayList<>();
        new MachineChecks(Path.of("/proc"), findings::add).run();
        assertEquals(Set.of("capabilities", "cipher", "clock", "io_uring", "java", "rmem_max", "tun", "udp4", "udp6", "wmem_max"),
                findings.stream().map(Finding::name).collect(Collectors.toCollection(TreeSet::new)));
        for (final Finding finding : findings) {
            assertTrue(finding.level() == Finding.Level.OK || !finding.fix().isEmpty(), finding.toText());
            final String string = "\"(?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\]|\\\\u[0-9a-f]{4})*\"";
            final String object =
                    "\\{\"level\":" + string + ",\"name\":" + string + ",\"text\":" + string + ",\"fix\":" + string + "\\}";
            assertTrue(finding.toJson().matches(object), finding.toJson());
        }
    }

    @Test
    void aSettingOfTheKernelIsReadWhole() throws Exception {
        final Process sysctl = new ProcessBuilder("cat", "/proc/sys/net/core/rmem_max").start();
        final String value = new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        final List<Finding> findings = new ArrayList<>();
        new MachineChecks(Path.of("/proc"), findings::add).run();
        final Finding found = findings.stream().filter(f -> f.name().equals("rmem_max")).findFirst().orElseThrow();
        assertTrue(found.text().startsWith(value.isEmpty() ? "" : value + " bytes"), found.text());
    }

    @Test
    void withoutProcNothingIsTakenForGranted() {
        final List<Finding> findings = new ArrayList<>();
        new MachineChecks(directory, findings::add).run();
        expect(findings, Finding.Level.FAIL, "no CAP_NET_ADMIN");
        expect(findings, Finding.Level.WARN, "bursts are lost");
    }
}
