"""bin/bench scale: many peers and prefixes through the UAPI of our daemon and of another; memory per peer, and the cost of being idle."""
import ipaddress, os, time

import report, uapi
from lab import Daemon, LabError, ip_lines, netns, own_name
from report import LOWER

IDLE_PEERS = 10_000
SETTLE_S = 60
LEAST_SETTLE_S = 6.0
ENOUGH_MEMORY_MIB = 4_000
PEERS_OF_MILLION, PREFIXES_EACH = 1_000, 1_000
PREFIX_BASE = int(ipaddress.ip_address("10.0.0.0"))


def peers(count, prefixes_each=1, keepalive_s=None, endpoint=None):
    """The configuration of that many peers with random public keys, each with its own run of /32s from 10.0.0.0 on."""
    keys, tail = os.urandom(32 * count).hex(), ""
    if endpoint:
        tail += f"endpoint={endpoint}\n"
    if keepalive_s is not None:
        tail += f"persistent_keepalive_interval={keepalive_s}\n"
    lines, address = [f"private_key={uapi.private_key().hex()}\nreplace_peers=true\n"], PREFIX_BASE
    for peer in range(count):
        lines.append(f"public_key={keys[64 * peer:64 * peer + 64]}\n{tail}")
        for _ in range(prefixes_each):
            lines.append(f"allowed_ip={address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/32\n")
            address += 1
    return "".join(lines).encode()


def available_mib():
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("MemAvailable")) / 1024


class Bench:
    def __init__(self, options):
        self.options, self.rows, self.flags, self.begun = options, report.Rows(), {}, time.monotonic()
        self.failures, self.refusals = [], []

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.0f} s] {text}", flush=True)

    def run(self):
        o = self.options
        cases = [(f"{n:,} peers", self.configure, (n, 1)) for n in o.sizes]
        if o.million:
            cases.append(("1,000,000 prefixes", self.configure, (PEERS_OF_MILLION, PREFIXES_EACH)))
        cases += [("idle, keepalive off", self.idle, ("keepalive off", 0, "127.0.0.1:9")),
                  ("idle, keepalive 25 s, no endpoint yet", self.idle, ("keepalive 25 s, no endpoint yet", 25, None))]
        for number in range(o.rounds):
            for label, case, arguments in cases:
                for side in ("ours", "theirs") if number % 2 == 0 else ("theirs", "ours"):
                    where = f"round {number + 1}/{o.rounds} {label}, {side}"
                    try:
                        if available_mib() < ENOUGH_MEMORY_MIB:
                            raise LabError("less than 4 GB of memory is left")
                        with netns("s") as namespace, Daemon(getattr(o, side), namespace, own_name("s")) as daemon:
                            daemon.await_ready()
                            self.flags[side] = daemon.flags()
                            self.say(f"{where}: {case(side, daemon, *arguments)}")
                    except (LabError, uapi.UapiError, OSError) as failure:
                        # What the other cannot do is a result.
                        (self.failures if side == "ours" else self.refusals).append(f"{where}: {failure}")
                        self.say(f"{where}: FAILED: {failure}")

    def configure(self, side, daemon, count, prefixes_each):
        """A first set, a get of everything, the memory that it took, and the removal of all peers."""
        request, before_mib = peers(count, prefixes_each), daemon.memory_mib("VmRSS")
        set_s = self.timed(side, "set", count, prefixes_each, lambda: uapi.set_device(daemon.socket, request))
        after_mib = daemon.memory_mib("VmRSS")
        answers = []
        get_s = self.timed(side, "get", count, prefixes_each, lambda: answers.append(uapi.get(daemon.socket)))
        found = answers[0].count(b"allowed_ip=")
        if found != count * prefixes_each:
            raise LabError(f"{count * prefixes_each} prefixes were set, {found} are there")
        batch = prefixes_each if prefixes_each > 1 else None
        self.rows.record(side, (after_mib - before_mib) * 1024 / count, "resident memory a peer", "KiB", LOWER, count, batch)
        self.rows.record(side, daemon.memory_mib("VmHWM"), "peak resident memory, set and get", "MiB", LOWER, count, batch)
        clear_s = self.timed(side, "removal of all", count, prefixes_each, lambda: uapi.set_device(daemon.socket, "replace_peers=true\n"))
        return f"set {set_s:.2f} s, get {get_s:.2f} s, removed {clear_s:.2f} s, {(after_mib - before_mib) * 1024 / count:.1f} KiB a peer"

    def timed(self, side, what, count, prefixes_each, action):
        begun = time.monotonic()
        action()
        took_s = time.monotonic() - begun
        self.rows.record(side, took_s, f"{what} through UAPI", "s", LOWER, count, prefixes_each if prefixes_each > 1 else None)
        return took_s

    def idle(self, side, daemon, label, keepalive_s, endpoint):
        """CPU of an interface that is up with silent peers, once it has settled: two seconds with less than 0.5% of a core, six after it
        came up at the earliest, for ours compiles what handshakes need when it has had a quiet second."""
        ip_lines(daemon.namespace, f"link set {daemon.interface} up")
        uapi.set_device(daemon.socket, peers(IDLE_PEERS, 1, keepalive_s, endpoint))
        begun, window_s = time.monotonic(), 2.0
        while time.monotonic() - begun < SETTLE_S:
            before_s = daemon.threads_cpu_s()
            time.sleep(window_s)
            if daemon.threads_cpu_s() - before_s < 0.005 * window_s and time.monotonic() - begun >= LEAST_SETTLE_S:
                break
        settled_s = time.monotonic() - begun
        before_s, begun = daemon.threads_cpu_s(), time.monotonic()
        time.sleep(self.options.idle_s)
        percent = 100 * (daemon.threads_cpu_s() - before_s) / (time.monotonic() - begun)
        self.rows.record(side, percent, f"idle, {label}", "% of a core", LOWER, IDLE_PEERS)
        self.rows.record(side, settled_s, f"settling before idle, {label}", "s", LOWER, IDLE_PEERS)
        return f"{percent:.3f}% of a core, after {settled_s:.0f} s of settling"

    def notes(self):
        o = self.options
        return [f"Medians of {o.rounds} round(s), lowest .. highest. Size: peers, each with one /32, or with \"batch\" of them. A daemon "
                "of its own for every measurement, in a network namespace of its own.",
                "Times are those of a client that has its request ready and reads the answer as fast as it comes. Resident memory a peer: "
                "what the set added to VmRSS (a JVM's heap may also have grown for garbage not yet collected).",
                f"Idle: what the daemon's threads ran over {o.idle_s} s (schedstat), after two seconds with "
                f"less than 0.5% of a core, or {SETTLE_S} s; the interface is up, and nothing is sent to or by the peers; "
                "without an endpoint, a keepalive can only be tried.",
                *(f"{side.capitalize()} ran as `{flags}`" for side, flags in self.flags.items()),
                *(f"FAILED: {failure}" for failure in self.failures + self.refusals)]
