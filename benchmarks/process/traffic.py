"""Traffic through a tunnel, and what became of it: iperf3 for TCP, our paced UDP, ping for round trips."""
import contextlib, json, math, os, re, subprocess, sys, time
from dataclasses import dataclass

from lab import LabError, background, in_netns

PORT = 5001
LOSS_LIMIT = 0.01
DRAIN_S = 0.1
UDP_PROGRAM = [sys.executable, "-B", os.path.join(os.path.dirname(os.path.abspath(__file__)), "udp.py")]


@dataclass(frozen=True)
class Cost:
    """What a transfer took: bytes of payload that arrived, and the CPU seconds of the two daemons meanwhile."""
    bytes: float
    near_cpu_s: float
    far_cpu_s: float

    def cpu_s_per_gb(self):
        return (self.near_cpu_s + self.far_cpu_s) / (self.bytes / 1e9)


@contextlib.contextmanager
def iperf_server(tunnel):
    with background(in_netns(tunnel.far_ns, "iperf3", "-s"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(200):
            if "LISTEN" in subprocess.run(in_netns(tunnel.far_ns, "ss", "-Hltn", "sport = :5201"), capture_output=True, text=True).stdout:
                yield server
                return
            time.sleep(0.02)
        raise LabError("iperf3 -s does not listen")


def output(tunnel, timeout_s, *command):
    """Runs a program at the near end."""
    try:
        run = subprocess.run(in_netns(tunnel.near_ns, *command), capture_output=True, text=True, timeout=timeout_s)
    except subprocess.TimeoutExpired as slow:
        raise LabError(f"{' '.join(command)} did not end within {timeout_s} s") from slow
    tunnel.check_alive()
    return run


def iperf(tunnel, seconds, *options):
    """The "end" of iperf3's report. A server still busy with the end of the run before is asked again."""
    for _ in range(20):
        run = output(tunnel, seconds + 60, "iperf3", "-c", tunnel.FAR, "-t", str(seconds), "-J", *options)
        report = json.loads(run.stdout or "{}")
        if not re.search("busy|reset by peer|refused", report.get("error", "")):
            break
        time.sleep(0.1)
    if "error" in report or not report.get("end"):
        raise LabError(f"iperf3 {' '.join(options)}: {report.get('error', run.stderr)}")
    return report["end"]


def tcp(tunnel, seconds, *options):
    """(bits per second received, Cost) of an iperf3 run from the near end, or to it with -R."""
    near, far = tunnel.near.cpu_s(), tunnel.far.cpu_s()
    received = iperf(tunnel, seconds, *options)["sum_received"]
    return received["bits_per_second"], Cost(received["bytes"], tunnel.near.cpu_s() - near, tunnel.far.cpu_s() - far)


def iperf_udp_loss(tunnel, bits_per_s, size, seconds):
    """Percent lost of what iperf3 offered, as anyone can repeat it: iperf3 -u -b RATE -l SIZE."""
    return iperf(tunnel, seconds, "-u", "-b", str(int(bits_per_s)), "-l", str(size))["sum"]["lost_percent"]


class UdpPath:
    """A source at the near end and a sink at the far one, for as long as the context lasts."""

    def __init__(self, tunnel):
        self.tunnel, self.stack = tunnel, contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.sink = self.start(stack, self.tunnel.far_ns, "sink")
            self.source = self.start(stack, self.tunnel.near_ns, "source")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, stack, namespace, role):
        command = in_netns(namespace, *UDP_PROGRAM, role, self.tunnel.FAR, str(PORT))
        process = stack.enter_context(background(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        stack.callback(process.stdin.close)
        if process.stdout.readline().strip() != "ready":
            raise LabError(f"the UDP {role} did not start")
        return process

    @staticmethod
    def ask(process, command):
        process.stdin.write(command + "\n")
        process.stdin.flush()
        return process.stdout.readline().split()

    def offer(self, size, datagrams_per_s, seconds, segments=1):
        """(datagrams per second that were really offered, the share of them that was lost, Cost)."""
        near, far = self.tunnel.near.cpu_s(), self.tunnel.far.cpu_s()
        self.ask(self.sink, "reset")
        sent, took_s = self.ask(self.source, f"{size} {datagrams_per_s} {seconds} {segments}")
        received = -1
        while True:  # until what is still on its way has arrived
            time.sleep(DRAIN_S)
            before, received = received, int(self.ask(self.sink, "count")[0]) / size
            if received == before or not received:
                break
        self.tunnel.check_alive()
        return (float(sent) / float(took_s), max(0.0, 1 - received / float(sent)),
                Cost(max(received * size, 1), self.tunnel.near.cpu_s() - near, self.tunnel.far.cpu_s() - far))

    def highest_rate(self, size, start, seconds, segments=1, ceiling=4e6, max_probes=14, precision=1.06):
        """Datagrams per second of the highest offered rate that lost less than 1%: doubled from START (or halved) to a rate that loses,
        then bisected on the logarithm. A rate that loses a little is tried once more before it counts. A source that cannot keep up ends
        the search: its own rate is then the answer, a lower bound."""
        low, high, probe = 0.0, math.inf, float(start)
        for _ in range(max_probes):
            offered, lost, _ = self.offer(size, probe, seconds, segments)
            if LOSS_LIMIT <= lost < 5 * LOSS_LIMIT:
                offered, lost, _ = self.offer(size, probe, seconds, segments)
            if lost < LOSS_LIMIT:
                low = max(low, offered)
                if offered < 0.9 * probe or low >= ceiling:
                    break
            else:
                high = min(high, probe)
            if low and high / low < precision:
                break
            if low >= high:  # the noise of the machine: what was lost at one rate wasn't at a higher one
                break
            probe = low * 2 if math.isinf(high) else math.sqrt(low * high) if low else high / 2
        return low


def round_trips(tunnel, seconds, interval_s=0.002):
    """Round trip times in ms, sorted, of ping from the near end."""
    run = output(tunnel, seconds + 60, "ping", "-n", "-i", str(interval_s), "-w", str(seconds), tunnel.FAR)
    times = sorted(float(t) for t in re.findall(r"time=([\d.]+) ms", run.stdout))
    sent = re.search(r"(\d+) packets transmitted", run.stdout)
    if not sent or len(times) < max(10, int(sent[1]) / 2):
        raise LabError(f"only {len(times)} of {sent and sent[1]} echo requests were answered: {run.stderr.strip()}")
    return times


def round_trips_under_load(tunnel, seconds, *iperf_options):
    """The same, and the bits per second that arrived meanwhile, while iperf3 fills the tunnel in the direction of the requests."""
    load = in_netns(tunnel.near_ns, "iperf3", "-c", tunnel.FAR, "-t", str(seconds + 10), *iperf_options)
    for _ in range(10):  # as long as the server is busy with the end of the run before
        with background(load, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            time.sleep(0.7)
            if running.poll() is None:
                before, begun = tunnel.received_bytes(), time.monotonic()
                times = round_trips(tunnel, seconds)
                rate = (tunnel.received_bytes() - before) * 8 / (time.monotonic() - begun)
                if running.poll() is None:
                    return times, rate
    raise LabError("iperf3 did not last as long as ping beside it")


def percentile(ordered, percent):
    """Nearest rank."""
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
