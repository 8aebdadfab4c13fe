"""./run bench documents: what our documents take, beside other programs making the same, in one run on one machine.

Everything is measured in turn and several times; what counts is the median by the clock. Seconds of the processor
stand beside it, since a busy machine stretches the clock.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.archive import GOAL as ARCHIVE_GOAL
from tests.bench.server import ROOT, Site

DEPARTMENT = "信息中心"  # twelve points
SIZES = (150, 1000, 5000)


@dataclass
class Times:
    """One thing measured several times: seconds by the clock and of the processor; peak memory in MB, where known."""

    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def seconds(self) -> float:
        return statistics.median(self.clock)

    @property
    def processor(self) -> float:
        return statistics.median(self.cpu)

    def of(self, work: Callable[[], object]) -> None:
        """Measure work in this process."""
        clock, cpu = time.perf_counter(), time.process_time()
        work()
        self.clock.append(time.perf_counter() - clock)
        self.cpu.append(time.process_time() - cpu)

    def of_command(self, arguments: tuple[str, ...], environment: dict[str, str] | None = None) -> str:
        """Measure a command, and return what it prints."""
        clock = time.perf_counter()
        with tempfile.TemporaryFile() as printed:
            streams = {"stdin": subprocess.DEVNULL, "stdout": printed, "stderr": subprocess.DEVNULL}
            child = subprocess.Popen(arguments, cwd=ROOT, env=environment, **streams)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.clock.append(time.perf_counter() - clock)
            self.cpu.append(used.ru_utime + used.ru_stime)
            if child.returncode:
                raise RuntimeError(f"{arguments[0]} ended with {child.returncode}.")
            printed.seek(0)
            return printed.read().decode()

    def __str__(self) -> str:
        memory = f"   {self.memory:4} MB" if self.memory else ""
        return f"{self.seconds:8.3f} s   {self.processor:8.3f} s CPU{memory}"


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def this_year() -> int:
    """The current year of the sample school."""
    from django.utils import timezone

    return timezone.localdate().year


def own_peak() -> int:
    """The most memory that this process has had, in MB; what it had before exec (its parent's) does not count."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def judge(words: str, value: float, goal: float) -> bool:
    """Print a ratio with its goal."""
    is_met = value <= goal
    say(f"  {words}: {value:.3g} (goal: at most {goal:g}) {'reached' if is_met else 'MISSED'}")
    return is_met


def bench_form(site: Site, folder: Path, repeats: int) -> bool:
    """One department form of twelve points, by ours and by the others."""
    from django.conf import settings

    from riskpoints import documents
    from riskpoints.documents import build
    from riskpoints.documents.data import Mark
    from riskpoints.models import TableVersion
    from tests.bench import rivals
    from tests.riskpoints.documents.album import page_count

    versions = TableVersion.objects.select_related("table__cycle", "table__department")
    version = versions.get(table__department__name=DEPARTMENT, table__cycle__year=this_year())
    form = replace(build.department_form(version), mark=Mark.FINAL, content_code="2026-1120-0930")
    commands = [
        *rivals.typst_commands(form, folder, Path(settings.FONT_DIR)),
        rivals.chromium_command(standing_page(form), folder),
        rivals.libreoffice_command(documents.department_form_docx(form), folder),
    ]
    made = folder / "ours.pdf"
    export = (
        "manage.py",
        "export_table",
        "--year",
        str(version.table.cycle.year),
        "--department",
        DEPARTMENT,
        "--draft",
    )
    ours = {"ours: values to PDF, warm": lambda: documents.department_form_pdf(form)}
    ours["ours: database to PDF with .xlsx, warm"] = lambda: documents.version_document(version, "pdf")
    times = {name: Times() for name in (*ours, "ours: manage.py export_table", *(command.name for command in commands))}
    for work in ours.values():
        work()
    for command in commands:
        Times().of_command(command.arguments)
    for _ in range(repeats):
        for name, work in ours.items():
            times[name].of(work)
        times["ours: manage.py export_table"].of_command(
            (sys.executable, *export, "--output", str(made)), site.variables
        )
        for command in commands:
            times[command.name].of_command(command.arguments)
    pages = {"ours": page_count(documents.department_form_pdf(form))}
    pages |= {command.name: page_count(command.made.read_bytes()) for command in commands}
    say(f"A department form of {version.points.count()} points, median of {repeats}; pages: {pages}")
    for name, measured in times.items():
        say(f"  {name:42} {measured}")
    warm = times["ours: values to PDF, warm"]
    typst, chromium = times["Typst's command"], times["Chromium's print"]
    met = judge("ours, warm / Typst's command, by the clock", warm.seconds / typst.seconds, 1.0)
    say(f"    by the processor: {warm.processor / typst.processor:.2f}")
    met &= judge("ours, warm / Chromium's print, by the clock", warm.seconds / chromium.seconds, 0.1)
    office = times["LibreOffice's conversion"]
    command = times["ours: manage.py export_table"]
    say(f"  ours, warm / LibreOffice's conversion: {warm.seconds / office.seconds:.2f}")
    say(f"  our command / Typst's command: {command.seconds / typst.seconds:.2f}")
    return met


def standing_page(form) -> str:
    """The page that our PDF is laid out from, as a file that a browser opens: style sheet and faces inside."""
    from django.conf import settings
    from django.template.loader import render_to_string

    from riskcontrol.paper.fonts import font_set
    from riskpoints.documents import forms

    kept = []
    lay_out = forms.lay_out

    def keep(template, context, **metadata):
        kept.append((template, {**context, "title": metadata["title"], "language": "zh-CN"}))
        return lay_out(template, context, **metadata)

    forms.lay_out = keep
    try:
        forms.department_form_pdf(form)
    finally:
        forms.lay_out = lay_out
    styles = "* { margin: 0; padding: 0 }\n" + font_set(Path(settings.FONT_DIR)).css()
    styles += (ROOT / "static/css/print.css").read_text(encoding="utf-8")
    return str(render_to_string(*kept[-1])).replace("</head>", f"<style>{styles}</style></head>")


def register_of(count: int):
    """A register of so many points: those of the sample year again and again, each with a text of its own."""
    from riskpoints.documents import build_lists
    from riskpoints.models import TableVersion

    versions = TableVersion.objects.select_related("table__cycle", "table__department", "table__in_force")
    sample = build_lists.year_register(list(versions.filter(table__cycle__year=this_year(), number=1)))
    rows = []
    for number in range(count):
        row = sample.rows[number % len(sample.rows)]
        texts = {
            name: f"{getattr(row, name)}（第{number}例）" for name in ("point", "prevention") if getattr(row, name)
        }
        rows.append(replace(row, number=f"2026-{number:05}", **texts))
    return replace(sample, rows=tuple(rows))


def make_register(kind: str, count: int, made: Path) -> None:
    """In a child process: make the register and print how long that took without starting up."""
    from riskpoints import documents
    from tests.bench import rivals

    register = register_of(count)
    clock, cpu = time.perf_counter(), time.process_time()
    if kind == "XlsxWriter":
        rivals.xlsxwriter_register(register, made)
    else:
        made.write_bytes(documents.register_pdf(register) if kind == "PDF" else documents.register_xlsx(register))
    say(json.dumps({"clock": time.perf_counter() - clock, "cpu": time.process_time() - cpu, "memory": own_peak()}))


def bench_register(site: Site, folder: Path, sizes: tuple[int, ...], repeats: int) -> bool:
    """汇总表 as PDF and .xlsx, each in a process of its own, beside XlsxWriter."""
    found: dict[tuple[str, int], Times] = {}
    say("汇总表: making it (without start-up), and the peak memory of the process")
    for count in sizes:
        times = {kind: found.setdefault((kind, count), Times()) for kind in ("PDF", ".xlsx", "XlsxWriter")}
        for turn in range(repeats):
            for kind, measured in times.items():
                if kind == "PDF" and turn:
                    continue  # a long one once
                child = Times()
                arguments = ("--make", kind, str(count), str(folder / f"register{count}{kind.strip('.')}"))
                printed = child.of_command((sys.executable, "-m", "tests.bench.documents", *arguments), site.variables)
                facts = json.loads(printed.splitlines()[-1])
                measured.clock.append(facts["clock"])
                measured.cpu.append(facts["cpu"])
                measured.memory = max(measured.memory, facts["memory"])
        for kind, measured in times.items():
            size = (folder / f"register{count}{kind.strip('.')}").stat().st_size / 1e6
            say(f"  {count:5} points, {kind:10} {measured}   {size:6.2f} MB file")
    most = sizes[-1]
    ours, theirs = found[".xlsx", most], found["XlsxWriter", most]
    met = judge(f".xlsx of {most} points / XlsxWriter, by the clock", ours.seconds / theirs.seconds, 1.5)
    say(f"    by the processor: {ours.processor / theirs.processor:.2f}")
    return met & judge(f"peak memory of {most} points as PDF, in MB", found["PDF", most].memory, 400)


def bench_web_memory(count: int) -> bool:
    """How much the process that asks for a long register grows while it streams what its child made."""
    from riskcontrol.processes.child import in_child
    from riskpoints.documents import register_pdf

    register = register_of(count)
    before, size = own_peak(), 0
    with in_child(register_pdf, register, seconds=3600) as made:
        while block := made.read(65536):
            size += len(block)
    grown = own_peak() - before
    say(f"  the process that asks for it: {before} MB; it streamed {size / 1e6:.1f} MB")
    return judge("its memory grew by, in MB", grown, 50)


def bench_archive() -> bool:
    """The archives of the sample years, the first and the second time; the goal is for the one with departments."""
    from tests.bench.archive import measure

    say("The archive of a year, first and second time (median of 5)")
    for year in (2011, this_year()):
        times = measure(year)
        say(f"  {times}")
    say(f"    second / first by the processor: {1 / times.cpu_ratio:.3f}")
    return judge(f"{year}: second / first by the clock", 1 / times.ratio, 1 / ARCHIVE_GOAL)


@contextmanager
def sample_school():
    """A folder with the sample school in a database of its own; this process and its children work on it."""
    folder = Path(tempfile.mkdtemp(prefix="register-bench-"))
    try:
        site = Site(folder, f"sqlite:///{folder / 'db.sqlite3'}", variables={"DEMO": "1"})
        site.prepare()
        site.run("manage.py", "load_sample")
        os.environ.update(site.variables)
        import django

        django.setup()
        yield site, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Measure everything, or what is named; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="./run bench documents")
    parts = "form, register, archive; default: all"
    parser.add_argument("parts", nargs="*", choices=[[], "form", "register", "archive"], metavar="PART", help=parts)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--points", type=int, default=SIZES[-1], help="the size of the longest register")
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        import django

        django.setup()
        kind, count, made = options.make
        make_register(kind, int(count), Path(made))
        return 0
    parts = options.parts or ["form", "register", "archive"]
    met = True
    with sample_school() as (site, folder):
        say(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
        if "form" in parts:
            met &= bench_form(site, folder, options.repeats)
        if "register" in parts:
            sizes = (*(size for size in SIZES if size < options.points), options.points)
            met &= bench_register(site, folder, sizes, min(options.repeats, 3))
            met &= bench_web_memory(options.points)
        if "archive" in parts:
            met &= bench_archive()
    say("All goals are reached." if met else "A goal is missed.")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
