"""bin/bench tunnel: our pair of daemons and another pair, in turn, round by round, with the same traffic through both."""
import os, re, tempfile, time

import report, traffic
from lab import LabError, Tunnel
from report import HIGHER, LOWER

TESTS = ("tcp1", "tcp1r", "tcp4", "tcp4r", "udp", "udpmax64", "udpmax512", "udpmax1372", "gso", "rtt", "rttload")
UDP_SIZE = 1372
GSO_SEGMENTS = 44
# Where a search begins in the first round: datagrams per second.
FIRST_RATE = {64: 20_000, 512: 20_000, UDP_SIZE: 15_000}


class Bench:
    """One side's values go to the rows under "ours" or "theirs"; what a search found is where the next round's begins."""

    def __init__(self, options):
        self.options, self.rows, self.found, self.pauses = options, report.Rows(), {}, []
        self.flags, self.failures, self.begun = {}, [], time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.0f} s] {text}", flush=True)

    def run(self):
        o = self.options
        for number in range(o.rounds):
            for side in ("ours", "theirs") if number % 2 == 0 else ("theirs", "ours"):
                label = f"round {number + 1}/{o.rounds} {side}"
                try:
                    self.round(side, label)
                except (LabError, OSError, ValueError, KeyError) as failure:
                    # One that dies under a test is a result: the rest of its round is missing, and the report says so.
                    self.failures.append(f"{label}: {failure}")
                    self.say(f"{label}: FAILED: {failure}")
            if number == 0 and o.rounds > 1:
                self.say(f"the remaining rounds will take about {(o.rounds - 1) * (time.monotonic() - self.begun) / 60:.0f} minutes")

    def round(self, side, label):
        o = self.options
        with tempfile.TemporaryDirectory() as directory:
            log = os.path.join(directory, "gc%p.log") if o.gc and side == "ours" else None
            environment = {"WGJVM_JAVA_OPTS": f"{os.environ.get('WGJVM_JAVA_OPTS', '')} -Xlog:gc:file={log}:uptime"} if log else None
            with Tunnel(getattr(o, side), environment) as tunnel, traffic.iperf_server(tunnel):
                self.flags[side] = tunnel.near.flags()
                ping_ms = tunnel.cold_start_s * 1e3
                self.rows.record(side, ping_ms, "start to first ping", "ms", LOWER)
                self.rows.record(side, tunnel.cold_start_cpu_s, "start to first ping, the daemon's", "CPU s", LOWER)
                first = self.cold_second(tunnel, side)
                self.say(f"{label}: first ping after {ping_ms:.0f} ms, first second {first / 1e9:.2f} Gbit/s")
                warm = time.monotonic()
                steady_from_s = {f"gc{daemon.process.pid}.log": warm - daemon.started for daemon in (tunnel.near, tunnel.far)}
                for test in o.tests:
                    self.test(tunnel, side, label, test)
                for end, daemon in (("near", tunnel.near), ("far", tunnel.far)):
                    self.rows.record(side, daemon.memory_mib("VmHWM"), f"peak resident memory, {end} end", "MiB", LOWER)
            if log:
                self.read_gc_logs(directory, steady_from_s)

    def test(self, tunnel, side, label, test):
        try:
            summary = getattr(self, re.match("[a-z]+", test)[0])(tunnel, side, test)
        except (LabError, ValueError, KeyError) as failure:
            tunnel.check_alive()  # raises when it was the end of a daemon: then there is nothing more to test
            self.failures.append(f"{label}: {test}: {failure}")
            summary = f"FAILED: {failure}"
        self.say(f"{label}: {test:10} {summary}")

    def cold_second(self, tunnel, side):
        """The second right after the first ping, then the same once warm."""
        first, _ = traffic.tcp(tunnel, 1)
        for options in ((), ("-R",)):
            traffic.tcp(tunnel, self.options.warm, *options)
        steady, _ = traffic.tcp(tunnel, 1)
        self.rows.record(side, first / 1e9, "TCP in the first second", "Gbit/s", HIGHER, batch=1)
        self.rows.record(side, 100 * first / steady, "first second by a later one", "%", HIGHER, batch=1)
        return first

    # Each test: (tunnel, side, its name) -> what to say in the progress line.

    def tcp(self, tunnel, side, test):
        streams, back = int(test[3]), test.endswith("r")
        rate, cost = traffic.tcp(tunnel, self.options.secs, *(["-P", str(streams)] if streams > 1 else []), *(["-R"] if back else []))
        name = "TCP" + (" back" if back else "")
        sending, receiving = (cost.far_cpu_s, cost.near_cpu_s) if back else (cost.near_cpu_s, cost.far_cpu_s)
        self.rows.record(side, rate / 1e9, name, "Gbit/s", HIGHER, batch=streams)
        self.rows.record(side, sending / (cost.bytes / 1e9), f"{name}, sending daemon", "CPU s/GB", LOWER, batch=streams)
        self.rows.record(side, receiving / (cost.bytes / 1e9), f"{name}, receiving daemon", "CPU s/GB", LOWER, batch=streams)
        self.rows.record(side, cost.cpu_s_per_gb(), f"{name}, both daemons", "CPU s/GB", LOWER, batch=streams)
        return f"{rate / 1e9:.2f} Gbit/s, {cost.cpu_s_per_gb():.2f} CPU s/GB"

    def udp(self, tunnel, side, test):
        losses = []
        for megabits in (500, 1000):
            lost = traffic.iperf_udp_loss(tunnel, megabits * 1e6, UDP_SIZE, self.options.secs)
            self.rows.record(side, lost, f"UDP loss at {megabits} Mbit/s, iperf3", "%", LOWER, size=UDP_SIZE)
            losses.append(f"{lost:.1f}%")
        with traffic.UdpPath(tunnel) as path:
            per_s = 1e9 / 8 / UDP_SIZE
            offered, lost, cost = path.offer(UDP_SIZE, per_s, self.options.secs)
        self.rows.record(side, 100 * lost, "UDP loss at 1000 Mbit/s, paced", "%", LOWER, size=UDP_SIZE)
        self.rows.record(side, cost.cpu_s_per_gb(), "UDP at 1000 Mbit/s, both daemons", "CPU s/GB", LOWER, size=UDP_SIZE)
        short = "" if offered > 0.95 * per_s else f" (the source managed only {offered / per_s:.0%} of it)"
        return f"lost {losses[0]} of 0.5, {losses[1]} of 1 Gbit/s by iperf3; {100 * lost:.1f}% of 1 Gbit/s paced{short}"

    def udpmax(self, tunnel, side, test):
        size = int(test[len("udpmax"):])
        rate = self.search(tunnel, side, size, FIRST_RATE[size], 1)
        self.rows.record(side, rate / 1e3, "UDP with < 1% loss", "1000 packets/s", HIGHER, size=size)
        return f"{rate / 1e3:.0f} thousand packets/s ({rate * size * 8 / 1e9:.2f} Gbit/s) with < 1% loss"

    def gso(self, tunnel, side, test):
        rate = self.search(tunnel, side, UDP_SIZE, 4 * FIRST_RATE[UDP_SIZE], GSO_SEGMENTS) * UDP_SIZE * 8 / 1e9
        self.rows.record(side, rate, "UDP with GSO and < 1% loss", "Gbit/s", HIGHER, size=UDP_SIZE, batch=GSO_SEGMENTS)
        return f"{rate:.2f} Gbit/s with < 1% loss"

    def search(self, tunnel, side, size, first, segments):
        key = side, size, segments
        with traffic.UdpPath(tunnel) as path:
            rate = path.highest_rate(size, 0.8 * self.found.get(key, 0) or first, self.options.probe, segments)
        if rate:
            self.found[key] = rate
        return rate

    def rtt(self, tunnel, side, test):
        return self.percentiles(side, "idle", traffic.round_trips(tunnel, self.options.secs))

    def rttload(self, tunnel, side, test):
        said = []
        for when, options in (("beside 500 Mbit/s of TCP", ("-b", "500M")), ("beside TCP at full speed", ())):
            times_ms, rate = traffic.round_trips_under_load(tunnel, self.options.secs, *options)
            said.append(f"{self.percentiles(side, when, times_ms)} ({rate / 1e9:.2f} Gbit/s)")
            self.rows.record(side, rate / 1e9, f"round trip {when}: that TCP", "Gbit/s", HIGHER)
        return "; ".join(said)

    def percentiles(self, side, when, times_ms):
        p50, p99 = (traffic.percentile(times_ms, p) for p in (50, 99))
        self.rows.record(side, p50, f"round trip {when}, p50", "ms", LOWER)
        self.rows.record(side, p99, f"round trip {when}, p99", "ms", LOWER)
        return f"{when}: p50 {p50:.3f}, p99 {p99:.3f} ms"

    def read_gc_logs(self, directory, steady_from_s):
        for name in os.listdir(directory):
            with open(os.path.join(directory, name)) as file:
                for at_s, pause_ms in re.findall(r"^\[([\d.]+)s\].*Pause.* ([\d.]+)ms$", file.read(), re.M):
                    self.pauses.append((float(at_s) >= steady_from_s[name], float(pause_ms)))

    def gc_note(self):
        if not self.options.gc:
            return []
        steady = [ms for is_steady, ms in self.pauses if is_steady]
        longest = max((ms for _, ms in self.pauses), default=0)
        return [f"Garbage collection of ours (-Xlog:gc, both daemons, all rounds): {len(self.pauses)} pauses, longest {longest:.2f} ms; "
                f"after the warm-up {len(steady)}, of them {sum(ms > 1 for ms in steady)} over 1 ms, longest "
                f"{max(steady, default=0):.2f} ms."]

    def notes(self):
        o = self.options
        notes = [f"Medians of {o.rounds} round(s), lowest .. highest; the ratio is the median of the rounds' ratios. In each round both "
                 "pairs of daemons are started anew, in turn; which one begins alternates.",
                 "The lab: two network namespaces joined by a veth (MTU 1500), a daemon in each (MTU 1420), the traffic's programs beside "
                 "them on the same cores. Near sends to far; \"back\" is the other way. After the cold second, "
                 f"{o.warm} s of TCP each way before anything else is measured.",
                 f"TCP, and UDP \"iperf3\": iperf3 for {o.secs} s a run. UDP \"paced\" and the searches: a source of plain datagrams "
                 "(sendmmsg, what is due every 0.5 ms) and a sink with a 4 MiB buffer, both with a real-time priority, in place of other "
                 f"machines; a search doubles, then bisects the offered rate, {o.probe} s a probe. With GSO: "
                 f"{GSO_SEGMENTS} datagrams a send (UDP_SEGMENT).",
                 f"Round trips: ping every 2 ms for {o.secs} s; the load is a TCP stream in the direction of the requests.",
                 "CPU seconds: user and system time of the daemons by GB (10^9 bytes) of received payload, from /proc. Memory: VmHWM. "
                 "Start to first ping: from the start of the near daemon's command, configuration included, with the far one waiting.",
                 *(f"{side.capitalize()} ran as `{flags}`" for side, flags in self.flags.items())]
        return notes + self.gc_note() + [f"FAILED: {failure}" for failure in self.failures]
