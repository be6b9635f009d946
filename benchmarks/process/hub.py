"""bin/bench hub: many hubs and spokes on one agent of wg-hub: time to a full state, time for one change, memory. Root, Linux."""
import argparse, base64, http.client, json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, uuid

import report
from lab import netns

CHANGES = 50


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("agent", timeout=3600)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent:
    def __init__(self, namespace, directory):
        self.socket = os.path.join(directory, "agent.sock")
        self.log = os.path.join(directory, "log")
        self.words = ["nsenter", f"--net=/run/netns/{namespace}", os.path.join(report.ROOT, "bin", "wg-hub"), "agent", "--state",
                      os.path.join(directory, "state"), "--socket", self.socket, "--host", "bench", "--public-address", "192.0.2.1",
                      "--up-at-once", "--resync", "3600"]
        self.process = None

    def start(self):
        """Seconds until it answers."""
        begun = time.monotonic()
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.words, stdout=log, stderr=log, preexec_fn=os.setsid)
        while True:
            if self.process.poll() is not None:
                sys.exit("bench: the agent has ended:\n" + open(self.log).read())
            try:
                self.ask("GET", "/healthz")
                return time.monotonic() - begun
            except OSError:
                time.sleep(0.05)

    def ask(self, method, path, body=None):
        """(answer, seconds)"""
        connection = Unix(self.socket)
        begun = time.monotonic()
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        answer = response.read()
        seconds = time.monotonic() - begun
        connection.close()
        if response.status >= 400 and response.status != 503:
            sys.exit(f"bench: {method} {path}: {response.status} {answer[:500]}")
        return json.loads(answer) if answer else None, seconds

    def memory_mib(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def port(kind, network, number, address, project):
    body = {"id": f"{(0xA0000000 if kind == 'hub' else 0xB0000000) + number:08x}-0000-4000-8000-000000000000",
            "network_id": str(uuid.UUID(int=network + 1)), "project_id": project, "device_owner": "channel:wireguard:" + kind,
            "fixed_ips": [{"subnet_id": "s", "ip_address": address}], "subnets": [{"id": "s", "cidr": "10.0.0.0/8"}]}
    if kind == "hub":
        body["binding:host_id"] = "bench"
    else:
        body["binding:profile"] = {"public_key": base64.b64encode(os.urandom(31) + b"\x01").decode(), "persistent_keepalive": 25}
    return body


def address(hub, number):
    return f"10.{hub % 250}.{hub // 250}.{number}"


def document(options, hubs, spokes, machine, rows):
    words = " ".join(["bin/bench hub"] + (["--quick"] if options.quick else [])
                     + ([f"--hubs {options.hubs}"] if options.hubs else []) + ([f"--spokes {options.spokes}"] if options.spokes else []))
    lines = ["# Hubs and spokes by the thousand", "",
             f"Written by `{words}`. One agent of `bin/wg-hub` with {hubs} hubs and {spokes} spokes in {options.projects} projects, asked through",
             "its API, on a node of its own; interfaces, namespaces, files and history are real. Nothing passes through the tunnels.", "",
             "| | |", "|---|---|"]
    lines += [f"| {what} | {value} |" for what, value in machine if what != "iperf3"]
    lines += ["", "| what | | |", "|---|--:|---|"] + [f"| {r['name']} | {r['value']:.1f} | {r['unit']} |" for r in rows]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="bin/bench hub", description=__doc__)
    parser.add_argument("--hubs", type=int, help="(500; quick: 20)")
    parser.add_argument("--spokes", type=int, help="of all hubs together (20000; quick: 400)")
    parser.add_argument("--projects", type=int, default=20, help="namespaces that the hubs are in (20)")
    parser.add_argument("--quick", action="store_true", help="to see that all is well; its figures are rough")
    parser.add_argument("--out", metavar="DIR", default=os.path.join(report.ROOT, "docs", "benchmarks"), help="where hub.md goes")
    parser.add_argument("--json", metavar="FILE", help="the rows as JSON objects")
    options = parser.parse_args()
    hubs = options.hubs or (20 if options.quick else 500)
    spokes = options.spokes or (400 if options.quick else 20_000)
    if os.getuid() != 0:
        sys.exit("bench: root is needed, for network namespaces")
    directory = tempfile.mkdtemp(prefix="wghub-bench-")
    prefix = f"wb{os.getpid()}p"
    rows = []
    machine = report.machine()
    if report.busy_warning():
        machine.append(("warning", report.busy_warning()))
        print(report.busy_warning())

    def row(name, value, unit):
        rows.append({"name": name, "value": value, "unit": unit})
        print(f"{name:55} {value:10.1f} {unit}", flush=True)

    each = spokes // hubs
    wanted = [port("hub", h, h, address(h, 1), prefix + str(h % options.projects)) for h in range(hubs)]
    wanted += [port("spoke", s % hubs, s, address(s % hubs, 2 + s // hubs), "p") for s in range(each * hubs)]
    with netns("s") as namespace:
        agent = Agent(namespace, directory)
        try:
            row("start of an empty agent", agent.start(), "s")
            row("memory of an empty agent", agent.memory_mib(), "MiB")
            print(f"{hubs} hubs, {each * hubs} spokes, {options.projects} projects", flush=True)
            answer, seconds = agent.ask("PUT", "/v1/sync", {"revision": 1, "ports": wanted})
            if answer["refused"] or answer["ports"] != len(wanted):
                sys.exit(f"bench: {answer['ports']} ports, refused: {answer['refused'][:3]}")
            row("full state, all of it new, until all is realised", seconds, "s")
            health, _ = agent.ask("GET", "/healthz")
            if health["status"] != "ok":
                sys.exit(f"bench: {health['failing'][:3]}")
            row("the same full state again", agent.ask("PUT", "/v1/sync", {"revision": 2, "ports": wanted})[1], "s")
            changes = []
            for number in range(CHANGES):
                one = dict(wanted[hubs + number])
                one["binding:profile"] = dict(one["binding:profile"], persistent_keepalive=17)
                changes.append(agent.ask("PUT", "/v1/ports/" + one["id"], one)[1] * 1000)
            row("one change of a spoke, median", statistics.median(changes), "ms")
            row("one change of a spoke, slowest of 50", max(changes), "ms")
            row("memory", agent.memory_mib(), "MiB")
            agent.stop()
            row("start with all of it kept, until all is realised", agent.start(), "s")
            row("memory after that", agent.memory_mib(), "MiB")
            row("full state with nothing in it, until all is gone", agent.ask("PUT", "/v1/sync", {"revision": 3, "ports": []})[1], "s")
        finally:
            if agent.process and agent.process.poll() is None:
                agent.stop()
            for number in range(options.projects):
                subprocess.run(["ip", "netns", "delete", f"tun-{prefix}{number}"], stderr=subprocess.DEVNULL)
            shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(options.out, exist_ok=True)
    with open(os.path.join(options.out, "hub.md"), "w") as file:
        file.write(document(options, hubs, each * hubs, machine, rows))
    print(f"written: {os.path.join(options.out, 'hub.md')}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
