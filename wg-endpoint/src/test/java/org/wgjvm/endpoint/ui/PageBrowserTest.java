package org.wgjvm.endpoint.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.sim.Packets;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.Tunnel;
import org.wgjvm.dataplane.page.Browser;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.web.ListenAddress;

/** The page of a tunnel that carries packets, clicked through in a real browser. The screenshots are left in target/. */
@Timeout(240)
final class PageBrowserTest {
    @TempDir(cleanup = CleanupMode.NEVER) // A browser that was killed may still write.
    Path directory;

    private static PublicKey key(int b) {
        final byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) b);
        return PublicKey.of(bytes, 0);
    }

    private static PeerChange peer(PublicKey key, String endpoint, String... prefixes) {
        return new PeerChange(
                key, false, false, null, endpoint == null ? null : Packets.endpoint(endpoint, 51820), null, false,
                List.of(prefixes).stream().map(p -> new PeerChange.AllowedIp(Packets.prefix(p), false)).toList());
    }

    @Test
    void thePageShowsTheTunnelAndAConfigurationForAPeer() throws Exception {
        final AtomicBoolean running = new AtomicBoolean(true);
        try (Tunnel tunnel = new Tunnel()) {
            final Map<PublicKey, String> names =
                    Map.of(tunnel.right.key.publicKey(), "Branch office", key(7), "Alice’s laptop", key(8), "Build server");
            final List<PeerChange> others =
                    List.of(peer(key(7), "203.0.113.7", "10.0.0.7/32", "fd00::7/128"), peer(key(8), null, "10.0.0.8/32"));
            tunnel.left.plane.apply(new DeviceChange(null, null, null, false, others)).toCompletableFuture().join();
            try (PageServer server = PageServer.start(
                    ListenAddress.of("0"), "wg0", tunnel.left.plane::statistics, () -> names, 1000, Log.silent())) {
                tunnel.left.plane.tell(server.events()).toCompletableFuture().join();
                final Thread traffic = Thread.ofPlatform().start(() -> drive(tunnel, running));
                try (Browser browser = new Browser(directory)) {
                    clickThrough(browser, server, tunnel);
                    assertEquals(List.of(), browser.complaints());
                } finally {
                    running.set(false);
                    traffic.join();
                }
            }
        }
    }

    /** Packets of every kind until it is enough. */
    private static void drive(Tunnel tunnel, AtomicBoolean running) {
        try {
            for (int i = 0; running.get(); i++) {
                tunnel.cross(20 + (int) (15 * Math.sin(i / 40.0)));
                tunnel.left.send(Packets.udp("10.0.0.1", i % 3 == 0 ? "203.0.113.9" : "10.0.0.8", i, 100));
                if (i == 0) {
                    tunnel.left.send(Packets.udp("10.0.0.1", "10.0.0.7", i, 100));
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void clickThrough(Browser browser, PageServer server, Tunnel tunnel) throws Exception {
        browser.size(1280, 1000, "light");
        browser.open(server.address());
        final String right = tunnel.right.key.publicKey().toBase64();
        Browser.await("peers", () -> browser.text("#rows").contains("Branch office"));
        Browser.await("throughput", () -> browser.text("#rx").contains("bit/s") && !browser.text("#tx").startsWith("0 "));
        Browser.await("drops", () -> browser.text("#reasons").contains("no-peer"));
        Browser.await("handshakes", () -> browser.text("#events").contains("completed, begun here"));
        assertEquals("wg0", browser.text("#interface"));
        assertTrue(browser.text("#facts").contains(tunnel.left.key.publicKey().toBase64()));
        assertEquals("3", browser.value("document.querySelectorAll('#rows tr').length").getAsString());
        assertFalse(browser.value("location.href").getAsString().contains("token"), "the token is not left in the address");
        assertEquals("", browser.value("document.cookie").getAsString(), "scripts do not see the cookie");
        assertTrue(browser.holds("document.querySelector('#throughput').getContext('2d')"
                + ".getImageData(0, 0, 2000, 400).data.some(v => v !== 0)"), "something is drawn");

        browser.screenshot(Path.of("target/ui-light.png"));

        browser.value("document.querySelector('#by-name button').click()");
        assertTrue(browser.text("#rows tr").contains("Alice"), browser.text("#rows tr"));
        assertEquals("ascending", browser.value("document.querySelector('#by-name').getAttribute('aria-sort')").getAsString());
        browser.value("document.querySelector('#filter').value = '203.0.113.7'; document.querySelector('#filter').oninput()");
        assertEquals("1", browser.value("document.querySelectorAll('#rows tr').length").getAsString());
        browser.value("document.querySelector('#filter').value = ''; document.querySelector('#filter').oninput()");
        browser.value("document.querySelector('#theme').click()");
        assertEquals("dark", browser.value("document.documentElement.dataset.theme").getAsString());
        browser.screenshot(Path.of("target/ui-dark.png"));

        browser.value("document.querySelector('tr[data-key=\"" + right + "\"] button').click()");
        Browser.await("the configuration", () -> browser.text("#config").contains("[Peer]"));
        final String drawn = "document.querySelector('#qr').complete && document.querySelector('#qr').naturalWidth";
        Browser.await("the QR code", () -> browser.holds(drawn));
        final String config = browser.text("#config");
        assertTrue(config.contains("PrivateKey = " + PeerConfiguration.PLACEHOLDER + "\nAddress = 10.0.0.2/32\n"), config);
        assertTrue(config.contains("PublicKey = " + tunnel.left.key.publicKey().toBase64()), config);
        browser.value("document.querySelector('#endpoint').value = 'vpn.example.org:51820'");
        browser.value("document.querySelector('#endpoint').onchange()");
        Browser.await("the endpoint", () -> browser.text("#config").contains("Endpoint = vpn.example.org:51820"));
        Browser.await("the QR code again", () -> browser.holds("document.querySelector('#qr').src.includes('vpn.example.org')"
                + " && " + drawn));
        final Path shot = Path.of("target/ui-peer.png");
        Browser.await("the screen shows the code", () -> browser.text("#config").equals(browser.qrCode("#qr", shot)));
        browser.value("document.querySelector('dialog .close').click()");
        assertFalse(browser.holds("document.querySelector('dialog').open"));

        browser.size(390, 800, "dark");
        assertTrue(browser.holds("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a narrow screen");
        browser.screenshot(Path.of("target/ui-narrow.png"));
    }
}
