"""bin/bench pauses: a tunnel of ours at full speed for a minute, and what the JVM's flight recorder saw of both daemons: pauses and garbage."""
import argparse, collections, datetime, json, os, re, subprocess, sys, tempfile, time

import lab, report, traffic

EVENTS = ("jdk.GCPhasePause", "jdk.ObjectAllocationSample")
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?><configuration version="2.0">
<event name="jdk.GCPhasePause"><setting name="enabled">true</setting><setting name="threshold">0 ms</setting></event>
<event name="jdk.ObjectAllocationSample"><setting name="enabled">true</setting><setting name="throttle">300/s</setting>
<setting name="stackTrace">true</setting></event></configuration>"""


def options():
    parser = argparse.ArgumentParser(prog="bin/bench pauses", description=__doc__)
    parser.add_argument("--secs", type=int, help="seconds that are recorded (60; quick: 10)")
    parser.add_argument("--warm", type=int, help="seconds of traffic each way before (20; quick: 10)")
    parser.add_argument("--streams", type=int, default=4, help="of TCP (4)")
    parser.add_argument("--quick", action="store_true", help="to see that all is well")
    parser.add_argument("--json", metavar="FILE", help="the figures as a JSON object for each daemon")
    chosen = parser.parse_args()
    chosen.secs = chosen.secs or (10 if chosen.quick else 60)
    chosen.warm = chosen.warm or (10 if chosen.quick else 20)
    return chosen


class Recorder:
    def __init__(self, jdk, daemon, directory):
        self.tools, self.pid = os.path.join(jdk, "bin"), str(daemon.process.pid)
        self.file = os.path.join(directory, f"{self.pid}.jfr")

    def command(self, *words):
        done = subprocess.run([os.path.join(self.tools, "jcmd"), self.pid, *words], capture_output=True, text=True)
        if done.returncode:
            raise lab.LabError(f"jcmd {' '.join(words)}: {done.stdout}{done.stderr}")

    def start(self, settings):
        """Also collects what the recorder's own start has left, so that it is no pause of the minute that counts."""
        self.command("JFR.start", "name=pauses", f"settings={settings}")
        time.sleep(1)
        self.command("GC.run")

    def stop(self):
        self.command("JFR.stop", "name=pauses", f"filename={self.file}")

    def events(self, since):
        command = [os.path.join(self.tools, "jfr"), "print", "--json", "--events", ",".join(EVENTS), "--stack-depth", "12", self.file]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        events = json.loads(shown)["recording"]["events"]
        return [event for event in events if when(event) >= since]


def when(event):
    """Seconds since 1970."""
    text = re.sub(r"(\.\d{6})\d*", r"\1", event["values"]["startTime"]).replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(text).timestamp()


def milliseconds(duration):
    """Of ISO 8601, as jfr prints it."""
    return float(re.fullmatch(r"PT([\d.E-]+)S", duration)[1]) * 1e3


def who(event):
    """The class of ours nearest to the allocation, or the nearest of all."""
    frames = [f"{frame['method']['type']['name']}.{frame['method']['name']}" for frame in (event["stackTrace"] or {"frames": []})["frames"]]
    ours = [name for name in frames if name.startswith("org/wgjvm") or name.startswith("org.wgjvm")]
    return (ours or frames or ["?"])[0].replace("/", ".")


def figures(events):
    pauses = [milliseconds(e["values"]["duration"]) for e in events if e["type"] == "jdk.GCPhasePause"]
    garbage = collections.Counter()
    for event in events:
        if event["type"] == "jdk.ObjectAllocationSample":
            values = event["values"]
            garbage[f"{who(values)}: {values['objectClass']['name'].replace('/', '.')}"] += values["weight"]
    return pauses, garbage


def main():
    chosen = options()
    if os.geteuid() != 0:
        sys.exit("bin/bench: root is needed, for network namespaces and TUN devices")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    lab.sweep()
    ours = os.path.join(report.ROOT, "bin", "wg-jvm")
    subprocess.run([ours, "version"], check=True, stdout=subprocess.DEVNULL)  # builds it when it isn't built
    jdk = subprocess.run([os.path.join(report.ROOT, "bin", "find-jdk")], capture_output=True, text=True, check=True).stdout.strip()
    warning = report.busy_warning()
    if warning:
        print(warning, flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as directory, lab.Tunnel(ours) as tunnel, traffic.iperf_server(tunnel):
        settings = os.path.join(directory, "pauses.jfc")
        with open(settings, "w") as file:
            file.write(SETTINGS)
        print(f"warming up, {chosen.warm} s each way ...", flush=True)
        for way in ((), ("-R",)):
            traffic.tcp(tunnel, chosen.warm, "-P", str(chosen.streams), *way)
        recorders = {end: Recorder(jdk, daemon, directory) for end, daemon in (("sending", tunnel.near), ("receiving", tunnel.far))}
        for recorder in recorders.values():
            recorder.start(settings)
        # A thread's first sample speaks for all that it has allocated in its life: a second of traffic takes those.
        traffic.tcp(tunnel, 1, "-P", str(chosen.streams))
        print(f"recording, {chosen.secs} s ...", flush=True)
        since = time.time()
        rate, _ = traffic.tcp(tunnel, chosen.secs, "-P", str(chosen.streams))
        for recorder in recorders.values():
            recorder.stop()
        print(f"TCP, {chosen.streams} stream(s), {chosen.secs} s: {rate / 1e9:.2f} Gbit/s")
        for end, recorder in recorders.items():
            pauses, garbage = figures(recorder.events(since))
            print(f"{end} daemon: {len(pauses)} pauses for garbage collection, longest {max(pauses, default=0):.2f} ms, "
                  f"{sum(each > 1 for each in pauses)} over 1 ms; about {sum(garbage.values()) / 1e6 / chosen.secs:.2f} MB of garbage a second")
            for name, weight in garbage.most_common(8):
                print(f"    {weight / 1e6 / chosen.secs:7.3f} MB/s  {name}")
            rows.append({"daemon": end, "gbits": rate / 1e9, "seconds": chosen.secs, "pauses": len(pauses), "longest_ms": max(pauses, default=0),
                         "over_1_ms": sum(each > 1 for each in pauses), "garbage_mb_s": sum(garbage.values()) / 1e6 / chosen.secs})
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
