"""Rows of a comparison as a Markdown table, a bar plot in SVG and JSON, with the description of the machine they were measured on."""
import datetime, html, json, math, os, platform, re, statistics, subprocess
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HIGHER, LOWER = "higher", "lower"


@dataclass
class Row:
    """One quantity on both sides, a value each round. size: bytes of a datagram, or how many peers; batch: streams or segments."""
    name: str
    unit: str
    better: str
    size: int | None = None
    batch: int | None = None
    ours: list = field(default_factory=list)
    theirs: list = field(default_factory=list)

    @staticmethod
    def median(values):
        return statistics.median(values) if values else None

    def ratio(self):
        """Ours by theirs: the median of the ratios round by round where both have a value each round, else of the medians."""
        if len(self.ours) == len(self.theirs):
            ratios = [o / t for o, t in zip(self.ours, self.theirs) if t]
            return statistics.median(ratios) if ratios else None
        return self.median(self.ours) / self.median(self.theirs) if self.ours and self.theirs and self.median(self.theirs) else None

    def as_json(self, impl):
        return {"name": self.name, "size": self.size, "batch": self.batch, "impl": impl, "ours": self.median(self.ours),
                "theirs": self.median(self.theirs), "unit": self.unit, "ratio": self.ratio(), "better": self.better,
                "oursRounds": self.ours, "theirsRounds": self.theirs}


class Rows:
    """In the order in which they were first recorded."""

    def __init__(self):
        self.by_key = {}

    def record(self, side, value, name, unit, better, size=None, batch=None):
        """side: "ours" or "theirs"."""
        row = self.by_key.setdefault((name, unit, size, batch), Row(name, unit, better, size, batch))
        getattr(row, side).append(value)

    def __iter__(self):
        return iter(self.by_key.values())


def number(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return "-"
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:,.{max(0, min(4, 2 - math.floor(math.log10(abs(value)))))}f}"


def spread(values):
    return number(Row.median(values)) + (f" ({number(min(values))} .. {number(max(values))})" if len(values) > 1 else "")


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return (done.stdout or done.stderr or "unknown").strip().splitlines()[0]


def machine():
    """(what, value) pairs: the processor, its caches aside, kernel, memory, programs, the date, and how busy the machine was beforehand."""
    with open("/proc/cpuinfo") as file:
        cpuinfo = file.read()
    with open("/proc/meminfo") as file:
        memory_kib = int(re.search(r"MemTotal:\s+(\d+)", file.read())[1])
    vector = [f for f in ("avx2", "avx512f", "avx512ifma", "vaes") if re.search(rf"^flags\s*:.*\b{f}\b", cpuinfo, re.M)]
    model = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.M)
    jdk = first_line(os.path.join(ROOT, "bin", "find-jdk"))
    return [("processor", f"{model[1] if model else platform.machine()} ({', '.join(vector)})"), ("cores", str(os.cpu_count())),
            ("memory", f"{memory_kib / 2**20:.0f} GiB"), ("kernel", platform.release()),
            ("JDK", first_line(os.path.join(jdk, "bin", "java"), "-version") if os.path.isdir(jdk) else "none found"),
            ("iperf3", first_line("iperf3", "--version")),
            ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
            ("revision", first_line("git", "-C", ROOT, "describe", "--always", "--dirty")),
            ("load average before", f"{os.getloadavg()[0]:.1f}")]


def busy_warning():
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load < 0.5 * cores:
        return None
    return f"The machine was busy with other work (load {load:.1f} on {cores} cores) when the run began: don't trust the absolute figures."


def markdown(title, introduction, description, rows, plot, notes):
    lines = [f"# {title}", "", introduction, "", "| | |", "|---|---|"]
    lines += [f"| {what} | {value} |" for what, value in description]
    lines += ["", f"![{title}]({plot})", "", "| what | size | batch | unit | ours | theirs | ours / theirs | better |",
              "|---|--:|--:|---|--:|--:|--:|---|"]
    for row in rows:
        lines.append(f"| {row.name} | {row.size or ''} | {row.batch or ''} | {row.unit} | {spread(row.ours)} | {spread(row.theirs)} "
                     f"| {number(row.ratio())} | {row.better} |")
    return "\n".join(lines + [""] + [f"- {note}" for note in notes]) + "\n"


def svg(title, rows):
    """A pair of bars a row, as long as their share of the larger one, with the values beside them."""
    rows = [r for r in rows if r.ours or r.theirs]
    left, width, step, top = 300, 330, 34, 56
    height = top + step * len(rows) + 10
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>', f'<text x="12" y="22" font-size="15">{html.escape(title)}</text>']
    for i, (label, colour) in enumerate((("ours", "#2a6fb0"), ("theirs", "#c9a227"))):
        x = left + 90 * i
        out.append(f'<rect x="{x}" y="32" width="12" height="12" fill="{colour}"/><text x="{x + 17}" y="42">{label}</text>')
    for i, row in enumerate(rows):
        y, values = top + step * i, (Row.median(row.ours), Row.median(row.theirs))
        largest = max(v for v in values if v is not None) or 1
        extent = ", ".join(str(x) for x in (row.size, f"x{row.batch}" if row.batch else None) if x)
        label = f"{row.name}{' ' + extent if extent else ''}: {row.unit}, {row.better}"
        out.append(f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{html.escape(label)}</text>')
        for j, (value, colour) in enumerate(zip(values, ("#2a6fb0", "#c9a227"))):
            if value is not None:
                length = max(1, round(width * value / largest))
                out.append(f'<rect x="{left}" y="{y + 13 * j}" width="{length}" height="11" fill="{colour}"/>'
                           f'<text x="{left + length + 5}" y="{y + 13 * j + 10}">{number(value)}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def text_table(rows):
    lines = [f"{'':52}{'ours':>12}{'theirs':>12}{'ratio':>8}  better"]
    for row in rows:
        extent = " ".join(str(x) for x in (row.size, f"x{row.batch}" if row.batch else None) if x)
        lines.append(f"{row.name + (' ' + extent if extent else '') + ', ' + row.unit:52}{number(Row.median(row.ours)):>12}"
                     f"{number(Row.median(row.theirs)):>12}{number(row.ratio()):>8}  {row.better}")
    return "\n".join(lines)


def write(directory, name, document, plot):
    os.makedirs(directory, exist_ok=True)
    for suffix, text in ((".md", document), (".svg", plot)):
        with open(os.path.join(directory, name + suffix), "w") as file:
            file.write(text)
    print(f"written: {os.path.join(directory, name)}.md and .svg")


def write_json(path, rows, impl):
    with open(path, "w") as file:
        json.dump([row.as_json(impl) for row in rows], file, indent=1)
        file.write("\n")
    print(f"written: {path}")
