package org.wgjvm.hub.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.wgjvm.dataplane.page.Browser;
import org.wgjvm.hub.Ports;

/** The page of an agent, clicked through in a real browser: one with very many ports, and one with few. Screenshots are left in target/. */
@Timeout(240)
final class AgentPageBrowserTest {
    private static final int HUBS = 500;
    private static final int EACH = 40;

    @TempDir(cleanup = CleanupMode.NEVER) // A browser that was killed may still write.
    Path directory;

    private static void type(Browser browser, String selector, String text) throws Exception {
        browser.value("document.querySelector('" + selector + "').value = '" + text + "'; document.querySelector('" + selector
                + "').oninput()");
    }

    @Test
    void fiveHundredHubsAndTwentyThousandSpokesAreLookedThrough() throws Exception {
        try (Node node = new Node(directory, HUBS, EACH, true); Browser browser = new Browser(directory)) {
            final long begunMs = System.currentTimeMillis();
            // Of every ten: six are there and busy, three were, and one never came.
            node.machine.count(peer -> {
                final int n = Node.number(peer);
                final long passed = (System.currentTimeMillis() - begunMs) * (n % 97) / 100;
                return n % 10 < 6 ? Node.peer(peer, System.currentTimeMillis() - n % 120 * 1000L, 3 * passed, passed)
                        : n % 10 < 9 ? Node.peer(peer, begunMs - 600_000 - n * 100L, 5000, 700) : Node.peer(peer, 0, 0, 148);
            });
            node.attach(Ports.hubId(17), "qrouter-gone");
            browser.size(1280, 1100, "light");
            browser.open(node.page.address());
            look(browser);
            search(browser);
            assertEquals(List.of(), browser.complaints());
        }
    }

    private static void look(Browser browser) throws Exception {
        Browser.await("spokes", () -> browser.count("#spoke-rows tr") == 50);
        Browser.await("throughput", () -> browser.text("#rx").contains("bit/s") && !browser.text("#rx").startsWith("0 "));
        assertFalse(browser.value("location.href").getAsString().contains("token"), "the token is not left in the address");
        assertEquals("", browser.value("document.cookie").getAsString(), "scripts do not see the cookie");
        // Those of the hub that fails are none of these.
        assertEquals("11,976", browser.text("#connected"));
        assertEquals("5,988", browser.text("#stale"));
        assertEquals("1,996", browser.text("#never"));
        assertEquals("499", browser.text("#active"));
        assertEquals(Ports.HOST, browser.text("#host"));
        assertTrue(browser.text("#facts").contains("1 hub fails · revision 7"), browser.text("#facts"));
        assertEquals(25, browser.count("#hub-rows tr"));
        assertTrue(browser.count("*") < 2500, "what is not shown is not there");
        assertTrue(browser.text("#spoke-rows").contains("<img src=x"), "a name is text");
        assertTrue(browser.holds("document.querySelector('#throughput').getContext('2d')"
                + ".getImageData(0, 0, 2000, 400).data.some(v => v !== 0)"), "something is drawn");
        browser.screenshot(Path.of("target/page-light.png"));
    }

    private static void search(Browser browser) throws Exception {
        browser.click("#hub-by-state button");
        Browser.await("what fails comes first", () -> browser.text("#hub-rows tr").contains("no network namespace qrouter-gone"));
        browser.click("#spoke-pager button:last-child");
        Browser.await("the next page", () -> browser.text("#spoke-pager span").equals("51–100 of 20,000"));
        browser.click("#spoke-by-rxRate button");
        Browser.await("the busiest first", () -> browser.text("#spoke-pager span").equals("1–50 of 20,000")
                && browser.holds("document.querySelector('#spoke-by-rxRate').getAttribute('aria-sort') === 'descending'"));
        browser.click("[data-state=stale]");
        Browser.await("those that are stale", () -> browser.text("#spoke-pager span").equals("1–50 of 5,988")
                && browser.count("#spoke-rows .state.stale") == 50);
        assertTrue(browser.holds("[...document.querySelectorAll('#spoke-rows tr')].every(r => r.textContent.includes(' min '))"));
        browser.click("[data-state=stale]");
        type(browser, "#hub-filter", "hub 123");
        Browser.await("one hub", () -> browser.count("#hub-rows tr") == 1 && browser.text("#hub-rows").contains("24 of 40"));
        browser.click("#hub-rows tr td:last-child button");
        Browser.await("its spokes", () -> browser.count("#spoke-rows tr") == 40);
        browser.click("#chosen button");
        type(browser, "#spoke-filter", "spoke 19999");
        Browser.await("one spoke", () -> browser.count("#spoke-rows tr") == 1 && browser.text("#spoke-rows").contains("spoke 19999"));
        type(browser, "#spoke-filter", "nobody");
        Browser.await("none", () -> browser.text("#no-spokes").equals("There are none that match."));
        type(browser, "#spoke-filter", "");
        Browser.await("all again", () -> browser.count("#spoke-rows tr") == 50);
        browser.click("#theme");
        assertEquals("dark", browser.value("document.documentElement.dataset.theme").getAsString());
        browser.screenshot(Path.of("target/page-dark.png"));
    }

    @Test
    void aDeviceIsConfiguredFromItsCode() throws Exception {
        try (Node node = new Node(directory, 1, 3, false); Browser browser = new Browser(directory)) {
            node.machine.count(peer -> Node.peer(peer, Node.number(peer) == 1 ? System.currentTimeMillis() : 0, 10, 10));
            browser.size(1280, 1000, "light");
            browser.open(node.page.address());
            Browser.await("spokes", () -> browser.count("#spoke-rows tr") == 3);
            assertEquals(1, browser.count("#spoke-rows .state.connected"));
            browser.click("tr[data-id=\"" + Ports.spokeId(1) + "\"] button");
            Browser.await("the configuration", () -> browser.text("#config").contains("[Peer]"));
            Browser.await("the QR code", () -> browser.holds("document.querySelector('#qr').complete"
                    + " && document.querySelector('#qr').naturalWidth"));
            assertEquals(node.agent.peerFile(Ports.spokeId(1)), browser.text("#config"));
            assertEquals("spoke 1", browser.text("#device-title"));
            final Path shot = Path.of("target/page-device.png");
            Browser.await("the screen shows the code", () -> browser.text("#config").equals(browser.qrCode("#qr", shot)));
            browser.size(390, 800, "dark");
            assertTrue(browser.holds("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a narrow screen");
            browser.screenshot(Path.of("target/page-narrow-device.png"));
            browser.click("dialog .close");
            assertFalse(browser.holds("document.querySelector('dialog').open"));
            assertTrue(browser.holds("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out on a narrow screen");
            browser.screenshot(Path.of("target/page-narrow.png"));
            assertEquals(List.of(), browser.complaints());
            node.page.close();
            Browser.await("it says that nobody answers", () -> browser.holds("!document.querySelector('#silent').hidden"));
        }
    }
}
