"""./run bench load: heads at their tables on the last day of filling, all at once: the pages a second, what the slowest
of twenty waits, the memory; nothing that was saved may be lost.

Each session asks without a pause: its sheet, a save in it, the register, or a document. The empty page is asked by as
many sessions first, so that the figures can be read as multiples of it on any machine.
"""

import argparse
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.cluster import children_of
from tests.bench.paging import FLOOR
from tests.bench.server import Server, Site, chosen_databases, offer_databases, throwaway
from tests.bench.visitor import SAVED, Answer, GoneError, Visitor

# Of a hundred requests: what people do on the last day.
MIX = {"sheet": 70, "save": 15, "register": 10, "document": 5}
SESSIONS = (8, 30)
PRINTS = 16
PATIENCE = 60.0


class Session(threading.Thread):
    """One head at the own table, and what he was told was saved."""

    def __init__(self, visitor: Visitor, table: dict[str, Any], *, seed: int) -> None:
        super().__init__(name=f"session-{visitor.number}", daemon=True)
        self.visitor, self.version = visitor, table["version"]
        self.locks = dict(table["points"])
        self.random = random.Random(seed)  # noqa: S311 - what comes next is no secret
        self.ending = threading.Event()
        self.answers: dict[str, list[float]] = defaultdict(list)
        self.attempts: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.only = ""

    def run(self) -> None:
        acts: dict[str, Callable[[], Answer]] = {
            "floor": lambda: self.visitor.get(FLOOR),
            "sheet": lambda: self.visitor.get(f"/versions/{self.version}/"),
            "save": self._save,
            "register": self._register,
            "document": self._document,
        }
        while not self.ending.is_set():
            kind = self.only or self.random.choices(list(MIX), list(MIX.values()))[0]
            try:
                answer = acts[kind]()
            except GoneError:
                self.errors.append(f"{kind}: no answer")
                continue
            self.answers[kind].append(answer.ended - answer.began)
            if answer.status not in (200, SAVED):
                self.errors.append(f"{kind}: {answer.status}")

    def _register(self) -> Answer:
        return self.visitor.get(f"/register/?page={self.random.randrange(1, 20)}")

    def _document(self) -> Answer:
        kind = self.random.choice(("pdf", "xlsx", "docx"))
        return self.visitor.get(f"/versions/{self.version}/print.{kind}")

    def _save(self) -> Answer:
        point, path = self.random.choice(list(self.locks)), f"/versions/{self.version}/points"
        lock = self.locks[point]
        text = f"验收不按合同逐项核对（{self.visitor.number} 第 {len(self.attempts) + 1} 次）"
        attempt = {"writer": self.visitor.number, "kind": "point", "version": self.version, "row": point, "lock": lock}
        self.attempts.append(attempt | {"text": text, "outcome": "unknown"})
        answer = self.visitor.post(f"{path}/{point}/cell/", {"text": text, "lock": str(lock)})
        if answer.status in (200, SAVED):
            self.attempts[-1]["outcome"] = "saved"
            self.locks[point] = lock + 1
        return answer


@dataclass
class Outcome:
    """What all sessions met in so many seconds: how long each kind of request took, the most memory (bytes, PSS of all
    the server's processes), what was lost."""

    seconds: float
    answers: dict[str, list[float]]
    memory: int = 0
    errors: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    printing: tuple[float, float] = (0.0, 0.0)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(map(len, self.answers.values())) / self.seconds

    def waited(self, kind: str, share: float) -> float:
        """The milliseconds that so many of a hundred requests of a kind didn't wait longer than."""
        taken = sorted(self.answers[kind])
        return taken[min(len(taken) - 1, int(len(taken) * share / 100))] * 1000 if taken else 0.0

    def report(self, floor: "Outcome") -> str:
        """The lines to print, each figure beside the floor's."""
        least = floor.waited("floor", 95)
        lines = [
            f"empty page  {floor.rate:7.1f} a second                  p95 {least:7.0f} ms",
            f"all         {self.rate:7.1f} a second, {self.rate / floor.rate:5.2f} floors",
        ]
        for kind in MIX:
            median, slow = self.waited(kind, 50), self.waited(kind, 95)
            lines.append(
                f"{kind:12}{len(self.answers[kind]):7} answers, median {median:7.0f} ms, "
                f"p95 {slow:7.0f} ms, {slow / least:5.1f} floors"
            )
        lines.append(f"memory      {self.memory / 1024**2:7.0f} MB at most (PSS of all processes)")
        alone, beside = self.printing
        lines.append(f"a sheet     {alone:7.0f} ms alone, {beside:7.0f} ms while one person asks for {PRINTS} PDFs")
        lines.append(f"lost        {len(self.lost):7}")
        return "\n".join(lines)


def family_of(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(below for child in children_of(pid) for below in family_of(child))]


def memory_of(pids: list[int]) -> int:
    """What these processes hold, bytes; shared pages are counted once."""
    held = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):  # it ended just now
            continue
        held += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return held


def visit(server: Server, sessions: list[Session], *, seconds: float) -> Outcome:
    """Let all sessions ask for so long."""
    assert server.process is not None
    begin, memory = time.monotonic(), 0
    for session in sessions:
        session.start()
    while time.monotonic() - begin < seconds:
        memory = max(memory, memory_of(family_of(server.process.pid)))
        time.sleep(0.5)
    for session in sessions:
        session.ending.set()
    for session in sessions:
        session.join(timeout=PATIENCE)
    answers: dict[str, list[float]] = defaultdict(list)
    for session in sessions:
        for kind, taken in session.answers.items():
            answers[kind] += taken
    errors = [line for session in sessions for line in session.errors]
    return Outcome(time.monotonic() - begin, answers, memory, errors + server.failures())


def beside_printing(reader: Visitor, other: Visitor, version: int, *, seconds: float) -> tuple[float, float]:
    """How long somebody waits for a sheet alone, and while another person asks for sixteen PDFs of the register at
    once: medians, ms. What of them isn't made yet goes on behind it."""

    def waited() -> float:
        taken, begin = [], time.monotonic()
        while time.monotonic() - begin < seconds:
            answer = other.get(f"/versions/{version}/")
            taken.append(answer.ended - answer.began)
        return median(taken) * 1000

    alone = waited()
    pages = [f"/register/export.pdf?year=all&standing=of_year&q={place}" for place in range(PRINTS - 1)]
    pages.append("/register/export.pdf?year=all&standing=of_year")
    asking = [threading.Thread(target=reader.get, args=(page,), daemon=True) for page in pages]
    for thread in asking:
        thread.start()
    beside = waited()
    for thread in asking:
        thread.join(timeout=PATIENCE)
    return alone, beside


def run(site: Site, *, sessions: int, points: int, seconds: float) -> tuple[Outcome, Outcome]:
    """Make the school, log everybody in, ask for the empty page and then as people do; the two outcomes."""
    site.prepare()
    school = site.call("tests.bench.loaded_school", "make", points=points, sessions=sessions)
    server = Server(site, site.folder / "server.log")
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        visitors = [Visitor(table["head"], school["password"], server.port) for table in school["filling"]]
        for visitor in visitors:
            visitor.log_in()
        outcomes = []
        for only in ("floor", ""):
            people = [
                Session(visitor, table, seed=place)
                for place, (visitor, table) in enumerate(zip(visitors, school["filling"], strict=True))
            ]
            for person in people:
                person.only = only
            outcomes.append(visit(server, people, seconds=seconds if not only else seconds / 4))
        floor, outcome = outcomes
        reader = Visitor(school["reviewer"], school["password"], server.port)
        reader.log_in()
        outcome.printing = beside_printing(reader, visitors[0], people[0].version, seconds=seconds / 4)
        attempts = [attempt for person in people for attempt in person.attempts]
        verdict = site.call("tests.bench.judging", "judge", attempts=attempts)
        # Most tables are copies past the trail, which the judge holds against them: only these are about the saves.
        outcome.lost = [*verdict["lost"], *verdict["chain"]]
    return floor, outcome


def main() -> int:
    """Read the arguments, run on each database with each number of sessions, print the figures."""
    parser = argparse.ArgumentParser(prog="./run bench load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=0, help=f"people at once ({' and '.join(map(str, SESSIONS))})")
    parser.add_argument("--points", type=int, default=2000, help="points in force (2000)")
    parser.add_argument("--seconds", type=float, default=30, help="how long they ask (30)")
    offer_databases(parser)
    options = parser.parse_args()
    status = 0
    for database in chosen_databases(options):
        for sessions in (options.sessions,) if options.sessions else SESSIONS:
            print(f"· {database}: {sessions} sessions, {options.points} points in force", flush=True)
            # All come from one address here, more in a minute than a school's people would.
            settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.floor_settings", "LOGIN_RATE": "0"}
            with throwaway(database, variables=settings) as site:
                floor, outcome = run(site, sessions=sessions, points=options.points, seconds=options.seconds)
            print(outcome.report(floor), flush=True)
            for line in (outcome.errors + outcome.lost)[:20]:
                print(f"  {line}")
            status |= bool(outcome.errors or outcome.lost)
    return status


if __name__ == "__main__":
    sys.exit(main())
