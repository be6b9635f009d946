"""python3 -B -m unittest discover benchmarks/process: what of the comparisons can be tested without root and without a tunnel."""
import os, socket, subprocess, sys, tempfile, threading, unittest, xml.etree.ElementTree

import handshakes, lab, report, scale, traffic, uapi


class HandshakesTest(unittest.TestCase):
    def test_only_a_daemon_that_is_to_begin_knows_endpoints(self):
        wire = handshakes.Wire("nowhere", bytes(32))
        wire.peers = [("aa" * 32, "1000"), ("bb" * 32, "1001")]
        self.assertNotIn("endpoint", wire.configuration(endpoints=False))
        self.assertIn(f"public_key={'bb' * 32}\nallowed_ip=10.9.0.1/32\nendpoint=127.0.0.1:1001\n", wire.configuration(endpoints=True))


class UapiTest(unittest.TestCase):
    def test_public_keys_of_rfc_7748_section_6_1(self):
        for private, public in (("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                                 "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
                                ("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                                 "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")):
            self.assertEqual(public, uapi.public_key(bytes.fromhex(private)).hex())

    def answered(self, *pieces):
        """What uapi.get makes of a daemon that answers in these pieces and hangs up."""
        with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as server:
            path = os.path.join(directory, "test.sock")
            server.bind(path)
            server.listen()

            def serve():
                connection, _ = server.accept()
                with connection:
                    self.request = connection.recv(100)
                    for piece in pieces:
                        connection.sendall(piece)
            thread = threading.Thread(target=serve)
            thread.start()
            try:
                return uapi.get(path)
            finally:
                thread.join()

    def test_an_answer_ends_at_the_empty_line_wherever_it_is_cut(self):
        self.assertEqual(b"listen_port=1\nerrno=0\n\n", self.answered(b"listen_port=1\nerrno=0\n", b"\n"))
        self.assertEqual(b"get=1\n\n", self.request)

    def test_an_errno_and_a_hang_up_are_errors(self):
        with self.assertRaisesRegex(uapi.UapiError, "errno=-22"):
            self.answered(b"errno=-22\n\n")
        with self.assertRaisesRegex(uapi.UapiError, "hung up after 3 bytes"):
            self.answered(b"abc")


class Path(traffic.UdpPath):
    """A path that loses what is beyond its capacity, and a source that offers at most its own."""

    def __init__(self, capacity, source=1e9, hiccups=()):
        self.capacity, self.source_rate, self.hiccups, self.probes = capacity, source, set(hiccups), 0

    def offer(self, size, datagrams_per_s, seconds, segments=1):
        self.probes += 1
        offered = min(datagrams_per_s, self.source_rate)
        lost = 0.02 if self.probes in self.hiccups else max(0.0, 1 - self.capacity / offered)
        return offered, lost, None


class SearchTest(unittest.TestCase):
    def test_finds_the_capacity_from_below_and_from_above(self):
        for capacity in (900.0, 20_000.0, 31_415.0, 250_000.0):
            for start in (1_000.0, 20_000.0, 300_000.0):
                path = Path(capacity)
                found = path.highest_rate(64, start, 1)
                self.assertLessEqual(found, capacity / 0.99)
                self.assertGreater(found, capacity / 1.07, f"{capacity} from {start}")

    def test_is_bounded(self):
        for capacity in (1e-9, 100.0, 3e6):
            path = Path(capacity)
            path.highest_rate(64, 20_000, 1)
            self.assertLessEqual(path.probes, 28)

    def test_a_hiccup_is_tried_again(self):
        self.assertGreater(Path(50_000.0, hiccups={1, 4}).highest_rate(64, 20_000, 1), 46_000)

    def test_ends_with_the_source(self):
        path = Path(1e9, source=30_000.0)
        self.assertEqual(30_000, path.highest_rate(64, 20_000, 1))
        self.assertEqual(2, path.probes)


class UdpTest(unittest.TestCase):
    def test_counts_what_was_sent_over_loopback(self):
        for size, segments in ((64, 1), (1372, 1), (1372, 44)):
            with self.subTest(size=size, segments=segments):
                ends = [subprocess.Popen([*traffic.UDP_PROGRAM, role, "127.0.0.1", "39517"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True) for role in ("sink", "source")]
                try:
                    self.assertEqual(["ready", "ready"], [end.stdout.readline().strip() for end in ends])
                    sink, source = ends
                    self.assertEqual(["0"], traffic.UdpPath.ask(sink, "reset"))
                    sent, took_s = traffic.UdpPath.ask(source, f"{size} 4400 0.2 {segments}")
                    self.assertEqual([str(int(sent) * size)], traffic.UdpPath.ask(sink, "count"))
                    self.assertTrue(0 < int(sent) <= 4400 * float(took_s), sent)
                finally:
                    for end in ends:
                        end.stdin.close()
                        end.wait(5)
                        end.stdout.close()


class ReportTest(unittest.TestCase):
    def rows(self):
        rows = report.Rows()
        for ours, theirs in ((2.0, 1.0), (9.0, 3.0), (4.0, 4.0)):
            rows.record("ours", ours, "TCP <&>", "Gbit/s", report.HIGHER, batch=4)
            rows.record("theirs", theirs, "TCP <&>", "Gbit/s", report.HIGHER, batch=4)
        rows.record("ours", 0.0, "loss", "%", report.LOWER, size=64)
        return rows

    def test_the_ratio_is_the_median_of_the_rounds(self):
        row, alone = (r.as_json("a / b") for r in self.rows())
        self.assertEqual((4.0, 3.0, 2.0, "a / b", 4, None), tuple(row[k] for k in ("ours", "theirs", "ratio", "impl", "batch", "size")))
        self.assertEqual((0.0, None, None), tuple(alone[k] for k in ("ours", "theirs", "ratio")))

    def test_numbers_have_three_digits(self):
        self.assertEqual(["-", "0", "0.0123", "1.23", "123", "12,346", "inf"],
                         [report.number(v) for v in (None, 0, 0.01234, 1.2345, 123.4, 12345.6, float("inf"))])

    def test_the_plot_is_well_formed_and_the_longest_bar_is_full(self):
        root = xml.etree.ElementTree.fromstring(report.svg("a & b", self.rows()))
        widths = [r.get("width") for r in root.iter("{http://www.w3.org/2000/svg}rect")]
        self.assertEqual(["100%", "12", "12", "330", "248", "1"], widths)

    def test_percentiles_are_of_the_nearest_rank(self):
        self.assertEqual([50, 99, 1], [traffic.percentile(range(1, 101), p) for p in (50, 99, 0)])


class ScaleTest(unittest.TestCase):
    def test_every_peer_has_its_own_key_and_prefixes(self):
        lines = scale.peers(300, prefixes_each=2, keepalive_s=25).decode().splitlines()
        for key, count in (("public_key", 300), ("allowed_ip", 600)):
            self.assertEqual(count, len({line for line in lines if line.startswith(key + "=")}))
        self.assertIn("allowed_ip=10.0.2.87/32", lines)
        self.assertEqual(300, lines.count("persistent_keepalive_interval=25"))


class LabTest(unittest.TestCase):
    def test_names_of_our_own_fit_an_interface_and_tell_the_process(self):
        name = lab.own_name("b")
        self.assertLessEqual(len(name), 15)
        self.assertEqual(os.getpid(), int(name[2:-2], 36))

    def test_the_interface_name_comes_last_or_where_it_is_asked_for(self):
        self.assertEqual(["d", "-f", "wb0"], lab.Daemon("d -f", "ns", "wb0").command)
        self.assertEqual(["d", "--tun=wb0", "-v"], lab.Daemon("d --tun={} -v", "ns", "wb0").command)

    def test_a_process_that_ignores_the_request_to_end_is_forced(self):
        deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
        process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
        with process.stdout:
            process.stdout.readline()
            lab.end(process, patience_s=0.1)
        self.assertEqual(-9, process.returncode)


if __name__ == "__main__":
    unittest.main()
