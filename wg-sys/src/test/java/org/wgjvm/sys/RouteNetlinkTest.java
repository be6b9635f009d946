package org.wgjvm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** rtnetlink against ip(8), in a namespace of its own with a veth pair. */
final class RouteNetlinkTest {
    private final String namespace = "wgsys" + ProcessHandle.current().pid();
    private int namespaceFd = -1;

    @BeforeEach
    void createNamespace() throws Exception {
        if (new UnixSystem().getUid() != 0) {
            System.err.println("SKIPPED the rtnetlink tests: they need root, for network namespaces");
        }
        assumeTrue(new UnixSystem().getUid() == 0, "needs root, for network namespaces");
        run("ip", "netns", "add", namespace);
        run("ip", "-n", namespace, "link", "add", "left", "type", "veth", "peer", "name", "right");
        namespaceFd = FileDescriptors.open("/run/netns/" + namespace, FileDescriptors.O_RDONLY | FileDescriptors.O_CLOEXEC);
        assertTrue(namespaceFd >= 0, Errno.text(-namespaceFd));
    }

    @AfterEach
    void deleteNamespace() throws Exception {
        if (namespaceFd >= 0) {
            FileDescriptors.close(namespaceFd);
            run("ip", "netns", "del", namespace);
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        return output;
    }

    @Test
    void changesAnInterfaceOfTheNamespaceItWasOpenedIn() throws Exception {
        try (RouteNetlink netlink = NetworkNamespace.call(namespaceFd, RouteNetlink::openForRequests)) {
            final LinkState before = netlink.link(RouteNetlink.OWN_NAMESPACE, "left");
            assertEquals("left", before.name());
            assertEquals(1500, before.mtu());
            assertFalse(before.isUp());

            netlink.setMtu(before.index(), 1337);
            netlink.setUp(before.index(), true);
            netlink.addAddress(before.index(), InetAddress.getByName("192.0.2.1"), 24);
            netlink.addAddress(before.index(), InetAddress.getByName("192.0.2.1"), 24);
            netlink.addAddress(before.index(), InetAddress.getByName("2001:db8::1"), 64);
            netlink.addRoute(before.index(), InetAddress.getByName("198.51.100.0"), 24, 254);
            netlink.addRoute(before.index(), InetAddress.getByName("2001:db8:1::"), 48, 51820);
            final LinkState after = netlink.link(RouteNetlink.OWN_NAMESPACE, "left");
            assertEquals(1337, after.mtu());
            assertTrue(after.isUp());
            final String addresses = run("ip", "-n", namespace, "addr", "show", "left");
            assertTrue(addresses.contains("192.0.2.1/24") && addresses.contains("2001:db8::1/64"), addresses);
            assertTrue(run("ip", "-n", namespace, "route").contains("198.51.100.0/24 dev left"));
            assertTrue(run("ip", "-n", namespace, "-6", "route", "show", "table", "51820").contains("2001:db8:1::/48 dev left"));

            netlink.deleteLink(before.index());
            final IOException gone = assertThrows(IOException.class, () -> netlink.link(RouteNetlink.OWN_NAMESPACE, "left"));
            assertTrue(gone.getMessage().contains("ENODEV"), gone.getMessage());
        }
    }

    @Test
    void refusalsNameWhatWasAsked() throws Exception {
        try (RouteNetlink netlink = NetworkNamespace.call(namespaceFd, RouteNetlink::openForRequests)) {
            final int index = netlink.link(RouteNetlink.OWN_NAMESPACE, "left").index();
            final IOException refusal = assertThrows(IOException.class, () -> netlink.setMtu(index, 1 << 20));
            assertTrue(refusal.getMessage().contains("MTU") && refusal.getMessage().contains("EINVAL"), refusal.getMessage());
        }
    }

    @Test
    void hearsOfANumberedNamespace() throws Exception {
        try (RouteNetlink requests = RouteNetlink.openForRequests(); RouteNetlink events = RouteNetlink.openForLinkEvents()) {
            final int id = requests.namespaceId(namespaceFd);
            assertEquals(id, requests.namespaceId(namespaceFd));
            final int index = requests.link(id, "right").index();
            run("ip", "-n", namespace, "link", "set", "right", "mtu", "1400");
            final List<LinkState> heard = new ArrayList<>();
            while (heard.stream().noneMatch(s -> s.namespaceId() == id && s.index() == index && s.mtu() == 1400 && !s.deleted())) {
                assertTrue(FileDescriptors.poll(events.fd(), FileDescriptors.POLLIN, 10_000) > 0, "no event within 10 s");
                assertTrue(events.receiveLinkEvents(heard::add));
            }
        }
    }

    @Test
    void aTaskInANamespaceLeavesTheCallerWhereItWas() throws Exception {
        final String here = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
        final String there = NetworkNamespace.call(namespaceFd,
                () -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString());
        assertFalse(here.equals(there));
        assertEquals(here, Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString());
        final IOException thrown = assertThrows(IOException.class, () -> NetworkNamespace.call(namespaceFd, () -> {
            throw new IOException("from inside");
        }));
        assertEquals("from inside", thrown.getMessage());
    }
}
