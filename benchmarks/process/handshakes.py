"""bin/bench handshakes: handshakes a second of one core, as responder and as initiator, of our daemon and of another, counted on the wire."""
import os, subprocess, time

import report, uapi
from lab import Daemon, LabError, end, in_netns, ip_lines, netns, own_name
from report import HIGHER

PEERS = 250
PORT = 51873
PAUSE_S = 0.4


class Wire:
    """The many peers: HandshakeWire, in the daemon's namespace."""

    def __init__(self, namespace, daemon_key):
        self.command = in_netns(namespace, os.path.join(report.ROOT, "benchmarks", "run"), "handshake-wire", str(PEERS), str(PORT),
                                uapi.public_key(daemon_key).hex())
        self.peers = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        while (line := self.line()) != "ready":
            self.peers.append(line.split())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        end(self.process)

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise LabError("the peers ended")
        return line.strip()

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def finish(self):
        """Waits for the end of what was told; every peer must have shaken hands."""
        answer = self.line()
        if answer != f"done {PEERS}":
            raise LabError(f"{answer} of {PEERS} handshakes")

    def configuration(self, endpoints):
        """Lines for all peers: with their endpoints and a keepalive, or without."""
        lines = []
        for number, (key, port) in enumerate(self.peers):
            lines.append(f"public_key={key}\nallowed_ip=10.9.{number >> 8}.{number & 255}/32\n")
            if endpoints:
                lines.append(f"endpoint=127.0.0.1:{port}\npersistent_keepalive_interval=3600\n")
        return "".join(lines)


class Bench:
    def __init__(self, options):
        self.options, self.rows, self.failures, self.begun = options, report.Rows(), [], time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.0f} s] {text}", flush=True)

    def run(self):
        o = self.options
        for number in range(o.rounds):
            for side in ("ours", "theirs") if number % 2 == 0 else ("theirs", "ours"):
                where = f"round {number + 1}/{o.rounds}, {side}"
                try:
                    with netns("h") as namespace, Daemon(getattr(o, side), namespace, own_name("h")) as daemon:
                        daemon.await_ready()
                        key = uapi.private_key()
                        uapi.set_device(daemon.socket, f"private_key={key.hex()}\nlisten_port={PORT}\n")
                        with Wire(namespace, key) as wire:
                            self.measure(where, side, daemon, wire)
                except (LabError, uapi.UapiError, OSError) as failure:
                    self.failures.append(f"{where}: {failure}")
                    self.say(f"{where}: FAILED: {failure}")

    def measure(self, where, side, daemon, wire):
        for role, burst in (("responder", self.responder), ("initiator", self.initiator)):
            for _ in range(self.options.warm):
                burst(daemon, wire)
            spent_s = sum(burst(daemon, wire) for _ in range(self.options.bursts))
            rate = self.options.bursts * PEERS / spent_s
            self.rows.record(side, rate, f"handshakes as {role}", "/s of a core", HIGHER, PEERS)
            self.say(f"{where}: {rate:,.0f} handshakes a second of a core as {role} ({1e6 / rate:.0f} us each)")

    def responder(self, daemon, wire):
        """CPU time of the daemon for one handshake with each peer that the peer began."""
        ip_lines(daemon.namespace, f"link set {daemon.interface} up")
        self.strangers(daemon, wire, endpoints=False)
        wire.tell("prepare")
        wire.line()
        return self.cost(daemon, wire, "initiate", lambda: None)

    def initiator(self, daemon, wire):
        """The same, begun by the daemon when its link comes up."""
        ip_lines(daemon.namespace, f"link set {daemon.interface} down")
        self.strangers(daemon, wire, endpoints=True)
        return self.cost(daemon, wire, "respond", lambda: ip_lines(daemon.namespace, f"link set {daemon.interface} up"))

    @staticmethod
    def strangers(daemon, wire, endpoints):
        """The peers anew, without the sessions that they had."""
        uapi.set_device(daemon.socket, "replace_peers=true\n")
        uapi.set_device(daemon.socket, wire.configuration(endpoints))

    @staticmethod
    def cost(daemon, wire, command, begin):
        # Below the rate at which a daemon asks for cookies, and with nothing left to do for it from before.
        time.sleep(PAUSE_S)
        before_s = daemon.cpu_s()
        wire.tell(command)
        begin()
        wire.finish()
        return daemon.cpu_s() - before_s

    def notes(self):
        o = self.options
        return [f"Medians of {o.rounds} round(s), each a daemon of its own with {PEERS} peers on the same host: {o.bursts} bursts after "
                f"{o.warm} to warm up, a handshake with every peer in each.",
                "A handshake counts when its response has come (responder), or when the peer has had the first transport message "
                "(initiator). The rate is handshakes by user and system time of the daemon, all its threads, system calls included; the "
                f"bursts are {PAUSE_S} s apart, below the rate at which a daemon asks for cookies.",
                *(f"FAILED: {failure}" for failure in self.failures)]
