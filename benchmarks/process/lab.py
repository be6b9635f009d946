"""Network namespaces, a veth between two of them, and a WireGuard daemon in each; everything made here is removed again, whatever happens.

What a run makes carries its process id in the name (wbPIDx..., base 36), so that sweep() can remove what a killed run left behind.
"""
import contextlib, json, os, re, shlex, signal, subprocess, tempfile, time

import uapi

SOCKETS = "/var/run/wireguard"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PREFIX = "wb"


class LabError(Exception):
    """Something of the lab did not start or did not answer; the text says what, with the end of its log."""


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def own_name(tail):
    return f"{PREFIX}{base36(os.getpid())}x{tail}"


def ip(*arguments, stdin=None, check=True):
    done = subprocess.run(["ip", *arguments], input=stdin, capture_output=True, text=True, start_new_session=True)
    if check and done.returncode:
        raise LabError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def ip_lines(netns, *lines):
    """Several ip commands in one process."""
    ip("-n", netns, "-batch", "-", stdin="\n".join(lines) + "\n")


def in_netns(netns, *command):
    return ["ip", "netns", "exec", netns, *command]


def sweep():
    """Removes the namespaces and sockets of runs that no longer live."""
    def orphan(name):
        match = re.fullmatch(PREFIX + "([0-9a-z]+)x[0-9a-z]+", name)
        return match and not os.path.exists(f"/proc/{int(match[1], 36)}")
    for name in filter(orphan, os.listdir("/run/netns") if os.path.isdir("/run/netns") else []):
        remove_netns(name)
    for file in os.listdir(SOCKETS) if os.path.isdir(SOCKETS) else []:
        if file.endswith(".sock") and orphan(file[:-5]):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{SOCKETS}/{file}")


def remove_netns(name):
    for pid in ip("netns", "pids", name, check=False).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    ip("netns", "delete", name, check=False)


@contextlib.contextmanager
def netns(tail):
    name = own_name(tail)
    try:
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        remove_netns(name)


def end(process, patience_s=2.0):
    """Ends a process that we started: asked first, then forced."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


@contextlib.contextmanager
def background(command, **options):
    """A process of ours for as long as the block runs; not in the terminal's foreground group, so that Ctrl-C reaches only us."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield process
    finally:
        end(process)


class Daemon:
    """A WireGuard daemon in a namespace. Use as a context; entering returns at once, await_ready() waits until its UAPI socket answers."""

    def __init__(self, command, namespace, interface, environment=None):
        self.namespace, self.interface, self.socket = namespace, interface, f"{SOCKETS}/{interface}.sock"
        words = shlex.split(command)
        self.command = [w.replace("{}", interface) for w in words] if "{}" in command else [*words, interface]
        self.environment = dict(os.environ, WG_PROCESS_FOREGROUND="1", LOG_LEVEL="error", **(environment or {}))

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.started = time.monotonic()
        self.process = subprocess.Popen(in_netns(self.namespace, *self.command), env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        return self

    def __exit__(self, *_):
        end(self.process)
        self.log.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)

    def await_ready(self, timeout_s=60.0):
        deadline = time.monotonic() + timeout_s
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"{' '.join(self.command)} did not start: {self.log_tail()}")
            with contextlib.suppress(OSError):
                uapi.get(self.socket)
                return self
            time.sleep(0.002)

    def log_tail(self):
        self.log.seek(0)
        return self.log.read()[-800:].strip() or "(it said nothing)"

    def alive(self):
        return self.process.poll() is None

    # ip netns exec and the daemon's own launcher end in exec: the process we started is the daemon.
    def cpu_s(self):
        """User and system time of all its threads, those that have ended too."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def threads_cpu_s(self):
        """The same of the threads there are, to the nanosecond, as the scheduler counts it."""
        total = 0
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with contextlib.suppress(FileNotFoundError), open(f"/proc/{self.process.pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def memory_mib(self, field):
        """VmHWM: the peak of its resident memory; VmRSS: now."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(rf"^{field}:\s+(\d+) kB", file.read(), re.M)[1]) / 1024

    def flags(self):
        """The command line that it runs with, where a JVM's configuration shows: without class path, directories and files of logs."""
        with open(f"/proc/{self.process.pid}/cmdline") as file:
            words = re.sub("\0-cp\0[^\0]*", "", file.read()).split("\0")
        return " ".join([os.path.basename(words[0]), *(w for w in words[1:] if w and "=/" not in w)])


class Tunnel:
    """Two namespaces joined by a veth, a daemon of the same kind in each: 10.78.0.1 (near) to 10.78.0.2 (far), MTU 1420.

    The far end is up and waiting when the near one starts; cold_start_s is the time from the near daemon's start to its first echo reply,
    cold_start_cpu_s its CPU time until then.
    """
    NEAR, FAR = "10.78.0.1", "10.78.0.2"

    def __init__(self, command, environment=None):
        self.command, self.environment = command, environment
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        try:
            return self.build()
        except BaseException:
            self.stack.close()
            raise

    def __exit__(self, *_):
        self.stack.close()

    def build(self):
        self.near_ns, self.far_ns = self.stack.enter_context(netns("a")), self.stack.enter_context(netns("b"))
        ip("-n", self.near_ns, "link", "add", "out0", "type", "veth", "peer", "name", "out0", "netns", self.far_ns)
        ip_lines(self.near_ns, "address add 10.77.0.1/24 dev out0", "link set out0 up")
        ip_lines(self.far_ns, "address add 10.77.0.2/24 dev out0", "link set out0 up")
        near_key, far_key = uapi.private_key(), uapi.private_key()
        self.far = self.stack.enter_context(Daemon(self.command, self.far_ns, own_name("b"), self.environment)).await_ready()
        self.configure(self.far, far_key, 51872, near_key, f"10.77.0.1:{51871}", self.NEAR, self.FAR)
        self.near = self.stack.enter_context(Daemon(self.command, self.near_ns, own_name("a"), self.environment)).await_ready()
        self.configure(self.near, near_key, 51871, far_key, f"10.77.0.2:{51872}", self.FAR, self.NEAR)
        self.await_ping()
        self.cold_start_s, self.cold_start_cpu_s = time.monotonic() - self.near.started, self.near.cpu_s()
        return self

    @staticmethod
    def configure(daemon, key, port, peer_key, endpoint, peer_address, own_address):
        uapi.set_device(daemon.socket, f"private_key={key.hex()}\nlisten_port={port}\nreplace_peers=true\n"
                        f"public_key={uapi.public_key(peer_key).hex()}\nendpoint={endpoint}\nallowed_ip={peer_address}/32\n")
        ip_lines(daemon.namespace, f"address add {own_address}/24 dev {daemon.interface}", f"link set {daemon.interface} mtu 1420 up")

    def await_ping(self, timeout_s=10.0):
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if subprocess.run(in_netns(self.near_ns, "ping", "-q", "-c", "1", "-W", "1", self.FAR), capture_output=True).returncode == 0:
                return
        raise LabError(f"no echo reply through the tunnel of {self.command}: {self.near.log_tail()} / {self.far.log_tail()}")

    def received_bytes(self):
        """By the far end's TUN."""
        shown = ip("-n", self.far_ns, "-j", "-s", "link", "show", "dev", self.far.interface)
        return json.loads(shown)[0]["stats64"]["rx"]["bytes"]

    def check_alive(self):
        for daemon in (self.near, self.far):
            if not daemon.alive():
                raise LabError(f"{' '.join(daemon.command)} ended: {daemon.log_tail()}")
