"""./run bench crowd: many people save in one table at once; nothing is lost, and nobody sees an error.

Who saves a row that somebody else changed meanwhile gets the conflict page with both texts, and saves again.
"""

import argparse
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.bench.server import Server, Site, chosen_databases, offer_databases, throwaway
from tests.bench.visitor import Visitor
from tests.bench.writers import Tally, Writer, attempts_of, tally

WRITERS = 8
LIMIT = 3600.0


@dataclass
class Outcome:
    """What the writers met, what the judge found, how long it took in all."""

    tally: Tally
    verdict: dict[str, Any]
    seconds: float

    @property
    def faults(self) -> list[str]:
        """Everything that must not happen, one line each."""
        found = [f"{kind}: {line}" for kind in ("lost", "doubled", "torn", "chain") for line in self.verdict[kind]]
        found += [f"error: {line}" for line in self.tally.errors]
        unanswered = self.tally.refused + self.tally.unknown + self.tally.unreachable
        return found + ([f"error: {unanswered} saves were refused or not answered"] if unanswered else [])

    def report(self) -> str:
        """Return the counts as lines to print."""
        rate = self.tally.saves / self.seconds
        counts = {
            "saves acknowledged": f"{self.tally.saves} in {self.seconds:.0f} s ({rate:.1f} a second)",
            "conflict pages": self.tally.conflicts,
            "slowest answer": f"{self.tally.slowest:.2f} s",
            "acknowledged changes lost": len(self.verdict["lost"]),
            "torn rows": len(self.verdict["torn"]),
            "breaks of the audit chain": len(self.verdict["chain"]),
            "errors": len(self.tally.errors) + self.tally.refused + self.tally.unknown + self.tally.unreachable,
        }
        return "\n".join(f"{name:28}{value}" for name, value in counts.items())


def work(site: Site, servers: list[Server], table: dict[str, Any], password: str, *, saves: int) -> Outcome:
    """Let everybody of a table save so many times, spread over the servers, and judge what is stored then."""
    writers = []
    for place, number in enumerate(table["people"]):
        visitor = Visitor(number, password, servers[place % len(servers)].port)
        visitor.log_in()
        writers.append(Writer(visitor, table["version"], seed=place, most=saves))
    begin = time.monotonic()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=LIMIT)
    seconds = time.monotonic() - begin
    verdict = site.call("tests.bench.judging", "judge", attempts=attempts_of(writers))
    return Outcome(tally(writers), verdict, seconds)


def run(site: Site, *, saves: int) -> Outcome:
    """Start a server and let eight people work on one table."""
    site.prepare()
    school = site.call("tests.bench.school", "make", departments=1, writers=WRITERS)
    server = Server(site, site.folder / "server.log")
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        return work(site, [server], school["tables"][0], school["password"], saves=saves)


def main() -> int:
    """Read the arguments, run on each database, print the counts."""
    parser = argparse.ArgumentParser(prog="./run bench crowd", description=__doc__)
    parser.add_argument("--saves", type=int, default=100, help=f"of each of the {WRITERS} people (100)")
    offer_databases(parser)
    options = parser.parse_args()
    status = 0
    for database in chosen_databases(options):
        print(f"· {database}: {WRITERS} people, {options.saves} saves each, one table", flush=True)
        with throwaway(database, is_short=False) as site:
            outcome = run(site, saves=options.saves)
        print(outcome.report(), flush=True)
        for line in outcome.faults[:50]:
            print(f"  {line}")
        status |= bool(outcome.faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
