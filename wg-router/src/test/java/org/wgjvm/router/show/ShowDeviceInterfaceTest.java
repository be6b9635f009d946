package org.wgjvm.router.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wgjvm.router.config.Documents;
import org.wgjvm.router.show.ProfileView.PeerView;

/**
 * The layouts of the document, byte for byte. Put in place of the document's own: what no tunnel in user space has (a MAC address, a
 * speed, a
 * duplex) is {@code n/a}; the number of peers is that of the peers that are listed; and there is a space after {@code latest handshake:},
 * which the document sometimes leaves out.
 */
final class ShowDeviceInterfaceTest {
    private static final String P1 = "cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=";
    private static final String P2 = "4uXibv7XeeTxYhc5clp0G4cIYicvY03RQGxLwDNCCEY=";
    private static final String P3 = "lqvXPuopoYfVcVgpUEtF8Y6BXn8n6YXXAhRGhS50vU8=";
    private static final String IOT = "Jihom426SSceUCPpS1147NSNzZcY1wl40Sf+OQ1rjGU=";

    private static PeerView peer(String name, String key, String... allowedIps) {
        return new PeerView(name, List.of(allowedIps), null, null, key, 0, 0);
    }

    private static long kib(double value) {
        return Math.round(value * 1024);
    }

    private static ProfileView view(String router, long in, long inPackets, long out, long outPackets, PeerView... peers) {
        return new ProfileView(
                "node1", router, "wg-profile-1", true, "up", null, in, inPackets, 0, out, outPackets, 0, 12800, List.of("1.1.1.1"), 0,
                        "wg0",
                "lV8egtiC8AKNh+DawkSM6G8t4x6BMFCsz8m48ToxHyA=", List.of(peers));
    }

    /** What the document shows after its prompt. */
    private static String document(String name, int peers) {
        final String text = Documents.text(name);
        return text.substring(text.indexOf("Wed ") >= 0 ? text.indexOf("Wed ") : text.indexOf("Fri "))
                .replaceFirst("MAC Address: {9}6a:ca:96:7b:e3:4c", "MAC Address:         n/a")
                .replaceFirst("Speed: {15}1 Gb/s", "Speed:               n/a")
                .replaceFirst("Duplex: {14}full", "Duplex:              n/a")
                .replaceFirst("number of peers:   [0-9]", "number of peers:   " + peers)
                .replace("latest handshake:1", "latest handshake: 1");
    }

    @Test
    void peersThatHaveNeverConnected() {
        final ProfileView view = view("dc1", 99768, 1653, 67788, 1614, peer("p1", P1, "10.10.10.2/32"), peer("p2", P2, "10.10.10.3/32"),
                peer("p3", P3, "10.10.10.4/32"));
        final ShowTime time = new ShowTime(Instant.parse("2020-08-05T16:46:41Z"), 270_000_000);
        assertEquals(document("show-dc1.txt", 3), time.around(ShowDeviceInterface.text(view)));
    }

    @Test
    void aPeerThatKeepsTheConnectionAlive() {
        final PeerView iot = new PeerView(
                "iot-dev-1", List.of("10.10.10.2/32"), "192.168.128.222:42948", 21L, IOT, kib(17.96), kib(67.58));
        final ShowTime time = new ShowTime(Instant.parse("2020-08-05T23:33:02Z"), 250_000_000);
        assertEquals(document("show-r1.txt", 1), time.around(ShowDeviceInterface.text(view("r1", 493467, 7115, 356373, 7218, iot))));
    }

    @Test
    void peersOfEveryKind() {
        final ProfileView view = view("r1", 4349806, 50978, 4793736, 63193,
                new PeerView("iot-dev-1", List.of("10.10.10.5/32"), "192.168.128.222:42948", 62L, IOT, kib(368.22), kib(177.72)),
                new PeerView("p1", List.of("10.10.10.2/32", "192.168.8.0/24"), "192.168.128.30:58608", 11 * 3600 + 35 * 60 + 38L, P1,
                        kib(775.50), kib(771.83)),
                peer("p2", P2, "10.10.10.3/32"), peer("p3", P3, "10.10.10.4/32"));
        final ShowTime time = new ShowTime(Instant.parse("2020-08-07T13:35:22Z"), 250_000_000);
        assertEquals(document("show-r1-troubleshooting.txt", 4) + "Completed in 0.25 seconds\n",
                time.around(ShowDeviceInterface.text(view)));
    }

    @Test
    void timesAndSizesAreThoseOfWg() {
        assertEquals("now", WgText.ago(0));
        assertEquals("1 second ago", WgText.ago(1));
        assertEquals("1 day, 1 minute ago", WgText.ago(86_460));
        assertEquals("1023 B", WgText.bytes(1023));
        assertEquals("1.00 KiB", WgText.bytes(1024));
        assertEquals("1.50 GiB", WgText.bytes(3L << 29));
    }
}
