"""bin/bench tunnel | scale | handshakes: whole-process comparisons of our daemon with another WireGuard. Root, Linux, Python 3.10 or newer."""
import argparse, os, re, shlex, shutil, signal, subprocess, sys

import handshakes, lab, report, scale, tunnel

PROGRAMS = ("ip", "ss", "ping", "iperf3")


def options():
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    tunnels = commands.add_parser("tunnel", help="throughput, loss, round trips, CPU and memory", description=tunnel.__doc__)
    tunnels.add_argument("--rounds", type=positive, help="rounds, each with both pairs in turn (7; quick: 1)")
    tunnels.add_argument("--secs", type=positive, help="seconds of one transfer (4; quick: 1)")
    tunnels.add_argument("--warm", type=positive, help="seconds of warming up each way after the cold second (4; quick: 1)")
    tunnels.add_argument("--tests", type=tests, default=tunnel.TESTS, help="names, comma separated: " + ",".join(tunnel.TESTS))
    tunnels.add_argument("--gc", action="store_true", help="log the garbage collections of ours and report the pauses")
    scales = commands.add_parser("scale", help="many peers through the UAPI: times, memory, idle CPU", description=scale.__doc__)
    scales.add_argument("--sizes", type=sizes, help="numbers of peers, comma separated (1000,10000,100000; quick: 1000,10000)")
    scales.add_argument("--million", action="store_true", help="also 1,000 peers with 1,000 prefixes each")
    scales.add_argument("--rounds", type=positive, help="rounds (3; quick: 1)")
    shakes = commands.add_parser("handshakes", help="handshakes a second of a core, both roles", description=handshakes.__doc__)
    shakes.add_argument("--rounds", type=positive, help="rounds, each with both daemons in turn (5; quick: 1)")
    shakes.add_argument("--bursts", type=positive, help="bursts that count in each role (20; quick: 8)")
    shakes.add_argument("--warm", type=positive, help="bursts before those (20; quick: 12)")
    for each in (tunnels, scales, shakes):
        each.add_argument("--quick", action="store_true", help="a run under 90 s, to see that all is well; its figures are rough")
        each.add_argument("--json", metavar="FILE", help="the rows as JSON objects")
        each.add_argument("--ours", metavar="CMD", help="our daemon: the interface name is added last, or put where {} stands (bin/wg-jvm)")
        each.add_argument("--theirs", metavar="CMD", help="the daemon to compare with (the newest wireguard-go, brought when missing)")
        each.add_argument("--out", metavar="DIR", default=os.path.join(report.ROOT, "docs", "benchmarks"),
                          help="where table and plot go (docs/benchmarks)")
    chosen = parser.parse_args()
    defaults = {"tunnel": {"rounds": (7, 1), "secs": (4, 1), "warm": (4, 1)},
                "handshakes": {"rounds": (5, 1), "bursts": (20, 8), "warm": (20, 12)},
                "scale": {"rounds": (3, 1), "sizes": ([1_000, 10_000, 100_000], [1_000, 10_000])}}[chosen.command]
    for name, (full, quick) in defaults.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, quick if chosen.quick else full)
    chosen.probe = 0.3 if chosen.quick else 0.8
    chosen.idle_s = 4 if chosen.quick else 20
    return chosen


def positive(text):
    if int(text) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return int(text)


def sizes(text):
    return [positive(word) for word in text.split(",")]


def tests(text):
    chosen = text.replace(",", " ").split()
    for name in chosen:
        if name not in tunnel.TESTS:
            raise argparse.ArgumentTypeError(f"no test {name}: {', '.join(tunnel.TESTS)}")
    return chosen


def wireguard_go():
    """(command, what it is) of the newest wireguard-go, brought into the cache of the interop tests when it isn't there."""
    cache = os.environ.get("WGJVM_LAB") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "wg-jvm")
    directory = os.path.join(cache, "wireguard-go-newest")
    if not os.access(os.path.join(directory, "wireguard-go"), os.X_OK):
        print("bringing wireguard-go ...", flush=True)
        subprocess.run([os.path.join(report.ROOT, "interop-tests", "lab", "get-peers.sh"), "wireguard-go"], check=True)
    with open(os.path.join(directory, "origin")) as file:
        version = file.read().split("_")[1]
    return os.path.join(directory, "wireguard-go"), f"wireguard-go {version}"


def choose_daemons(chosen):
    """Fills in ours and theirs; what they are called in the report."""
    names = []
    if chosen.theirs:
        names.append(os.path.basename(shlex.split(chosen.theirs)[0]))
    else:
        chosen.theirs, name = wireguard_go()
        names.append(name)
    if chosen.ours:
        names.insert(0, os.path.basename(shlex.split(chosen.ours)[0]))
    else:
        chosen.ours = os.path.join(report.ROOT, "bin", "wg-jvm")
        subprocess.run([chosen.ours, "version"], check=True, stdout=subprocess.DEVNULL)  # builds it when it isn't built
        names.insert(0, "wg-jvm")
    return names


def command_line(words):
    """As given, but where the results go, which is no part of what was measured, and without the directories of this machine."""
    kept = re.sub(r" --(json|out)[ =]('[^']*'|\S*)", "", " " + " ".join(map(shlex.quote, words)))
    return kept.strip().replace(report.ROOT + "/", "").replace(os.path.expanduser("~") + "/", "~/")


def stop(*_):
    """Unwinds, which removes everything; a second Ctrl-C does not disturb that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    chosen = options()
    if os.geteuid() != 0:
        sys.exit("bin/bench: root is needed, for network namespaces and TUN devices")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        sys.exit(f"bin/bench: missing: {' '.join(missing)} (interop-tests/lab/get-peers.sh install brings them on Debian)")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    lab.sweep()
    ours, theirs = choose_daemons(chosen)
    description, warning = report.machine(), report.busy_warning()
    if warning:
        print(warning, flush=True)
    bench = {"tunnel": tunnel.Bench, "scale": scale.Bench, "handshakes": handshakes.Bench}[chosen.command](chosen)
    try:
        bench.run()
    except KeyboardInterrupt:
        sys.exit("\ninterrupted: everything is removed, nothing is written")
    print(report.text_table(bench.rows))
    command = "bin/bench " + command_line(sys.argv[1:])
    title = f"{chosen.command.capitalize()}: {ours} beside {theirs}"
    introduction = f"Made by `{command}`" + (", a quick run whose figures are rough." if chosen.quick else ".")
    notes = bench.notes() + ([warning] if warning else [])
    document = report.markdown(title, introduction, description, bench.rows, f"{chosen.command}.svg", notes)
    report.write(chosen.out, chosen.command, document, report.svg(title, bench.rows))
    if chosen.json:
        report.write_json(chosen.json, bench.rows, f"{ours} / {theirs}")
    if bench.failures:
        sys.exit(f"{len(bench.failures)} part(s) failed: see above")


main()
