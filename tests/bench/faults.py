"""./run bench faults: kills workers, the server and PostgreSQL while people save, then counts what was lost.

Each kill is a SIGKILL at a random moment. At the end the database is compared with every save that the server
acknowledged; the exit status is 0 only where nothing was lost, torn or answered with an error.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.cluster import Cluster, kill
from tests.bench.server import Server, Site
from tests.bench.visitor import Visitor
from tests.bench.writers import Tally, Writer, attempts_of, tally

# The next kill comes after so many more saves, and then at a random moment; or after PATIENCE seconds in any case.
SAVES = (2, 8)
MOMENT = 0.4
PATIENCE = 20.0
# PostgreSQL answers again before every worker has found its lost connection.
AFTERMATH = 5.0


@dataclass
class Outcome:
    """What a run did and what it found."""

    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    tally: Tally | None = None
    verdict: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that must not happen, one line each."""
        assert self.tally is not None
        found = [f"failure: {line}" for line in self.failures]
        found += [f"{kind}: {line}" for kind in ("lost", "doubled", "torn", "chain") for line in self.verdict[kind]]
        found += [f"error: {line}" for line in self.tally.errors]
        if self.tally.refused:
            found.append(f"error: {self.tally.refused} saves were refused without a reason")
        if not self.verdict["acknowledged"]:
            found.append("error: nothing was saved at all, so nothing was tried")
        return found

    def report(self) -> str:
        """Return the counts as lines to print."""
        assert self.tally is not None
        kills = ", ".join(f"{count} {what}" for what, count in sorted(self.kills.items()))
        counts = {
            "kills": f"{self.kills.total()} ({kills}) in {self.seconds:.0f} s",
            "saves acknowledged": self.verdict["acknowledged"],
            "saves without an answer": self.verdict["unanswered"],
            "of these stored": self.verdict["unanswered_saved"],
            "new rows sent once more": self.verdict["resent"],
            "of these saved twice": len(self.verdict["doubled"]),
            "conflict pages": self.tally.conflicts,
            "answers “database away”": self.tally.unavailable,
            "acknowledged changes lost": len(self.verdict["lost"]),
            "torn rows": len(self.verdict["torn"]),
            "breaks of the audit chain": len(self.verdict["chain"]),
            "unexpected errors": len(self.tally.errors) + self.tally.refused,
        }
        return "\n".join(f"{name:28}{value}" for name, value in counts.items())


class Run:
    """One run: the writers, the server, the kills."""

    def __init__(self, site: Site, server: Server, cluster: Cluster | None, seed: int) -> None:
        self.site, self.server, self.cluster = site, server, cluster
        self.random = random.Random(seed)  # noqa: S311 - a run can be repeated by its seed
        self.outages: list[tuple[float, float]] = []
        self.ways: dict[str, Callable[[], None]] = {
            "worker": self._kill_worker,
            "master": self._kill_master,
            "server": self._kill_server,
        }
        if cluster is not None:
            self.ways |= {"backend": self._kill_backend, "postmaster": self._kill_postmaster}

    def __call__(self, kills: int, say: Callable[[str], None]) -> Outcome:
        school = self.site.call("tests.bench.school", "make", departments=3, writers=2)
        self.server.start()
        writers = self._writers(school)
        outcome, begin = Outcome(), time.monotonic()
        for writer in writers:
            writer.start()
        # Each way comes about equally often, and each at least once where there are enough kills.
        order = [list(self.ways)[place % len(self.ways)] for place in range(kills)]
        self.random.shuffle(order)
        for place, way in enumerate(order, start=1):
            self._let_work(writers)
            self.ways[way]()
            outcome.kills[way] += 1
            if place % 10 == 0:
                say(f"{place} kills, {_saves(writers)} saves acknowledged")
        self._let_work(writers)
        outcome.seconds = time.monotonic() - begin
        for writer in writers:
            writer.ending.set()
        for writer in writers:
            writer.join(timeout=90)
        self.server.stop()
        outcome.failures = self.server.failures()
        outcome.tally = tally(writers, outages=self.outages)
        outcome.verdict = self.site.call("tests.bench.judging", "judge", attempts=attempts_of(writers))
        return outcome

    def _let_work(self, writers: list[Writer]) -> None:
        enough, deadline = _saves(writers) + self.random.randint(*SAVES), time.monotonic() + PATIENCE
        while _saves(writers) < enough and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, MOMENT))

    def _writers(self, school: dict[str, Any]) -> list[Writer]:
        writers = []
        for table in school["tables"]:
            for number in table["people"]:
                visitor = Visitor(number, school["password"], self.server.port)
                visitor.log_in()
                writers.append(Writer(visitor, table["version"], seed=self.random.randrange(10**6)))
        return writers

    # ---- ways to kill ------------------------------------------------------------------------------------------------

    def _kill_worker(self) -> None:
        self.server.kill_worker(self.random.randrange(8))
        self.server.wait()

    def _kill_master(self) -> None:
        self.server.kill_master()
        self.server.start()

    def _kill_server(self) -> None:
        self.server.kill_all()
        self.server.start()

    def _kill_backend(self) -> None:
        """PostgreSQL then throws every connection out and recovers, since shared memory may be damaged."""
        assert self.cluster is not None
        backends, begin = self.cluster.backends("postgres"), time.monotonic()
        if backends:
            kill(self.random.choice(backends))
        self.cluster.wait()
        self.outages.append((begin, time.monotonic() + AFTERMATH))

    def _kill_postmaster(self) -> None:
        assert self.cluster is not None
        begin = time.monotonic()
        self.cluster.kill()
        self.cluster.start()
        self.outages.append((begin, time.monotonic() + AFTERMATH))


def _saves(writers: list[Writer]) -> int:
    return sum(attempt["outcome"] == "saved" for writer in writers for attempt in list(writer.attempts))


def run(
    database: str, kills: int, *, folder: Path, is_short: bool, seed: int, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Run on a database of its own (sqlite or postgresql) with all data in `folder`."""
    with ExitStack() as stack:
        cluster = None
        if database == "postgresql":
            cluster = Cluster()
            stack.callback(cluster.stop)
            cluster.start()
        url = cluster.url() if cluster is not None else f"sqlite:///{folder / 'register.sqlite3'}"
        site = Site(folder, url, is_short=is_short)
        site.prepare()
        server = Server(site, folder / "server.log")
        stack.callback(server.stop)
        return Run(site, server, cluster, seed)(kills, say)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def main() -> int:
    """Read the arguments, run on each database, print the counts."""
    parser = argparse.ArgumentParser(prog="./run bench faults", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--kills", type=int, default=200, help="how many on each database (200)")
    parser.add_argument("--seed", type=int, default=None, help="repeats the order of kills of an earlier run")
    parser.add_argument("--postgres", action="store_true", help="only PostgreSQL")
    parser.add_argument("--sqlite", action="store_true", help="only SQLite")
    options = parser.parse_args()
    chosen = [name for name, is_chosen in (("sqlite", options.sqlite), ("postgresql", options.postgres)) if is_chosen]
    status = 0
    for database in chosen or ["sqlite", "postgresql"]:
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
        print(f"· {database}: {options.kills} kills, seed {seed}", flush=True)
        folder = Path(tempfile.mkdtemp(prefix="register-faults-"))
        try:
            outcome = run(database, options.kills, folder=folder, is_short=False, seed=seed, say=_say)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(outcome.report(), flush=True)
        for line in outcome.faults[:50]:
            print(f"  {line}")
        status |= bool(outcome.faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
