"""./run bench pages: what pages cost beside an empty page of the same server: processor, queries, bytes.

Each page is asked many times, in turn with the empty one, and the processor's time of all the server's processes is
read from the kernel. `--points` are those in force, in tables of twenty, a hundred tables a year.
"""

import argparse
import gzip
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from tests.bench.paging import FLOOR, RARE
from tests.bench.server import Server, Site, chosen_databases, offer_databases, throwaway
from tests.bench.visitor import Answer, Visitor

TICK = 1000 / os.sysconf("SC_CLK_TCK")
SAVE = "存一格"
EVERYTHING = "?standing=of_year&year=all"
SEARCHES = {"1 字，常见": "购", "2 字，常见": "采购", "4 字，常见": "招标采购", "4 字，罕见": RARE, "没有": "毫无踪迹"}


@dataclass(frozen=True)
class Page:
    """A page and who asks for it."""

    name: str
    number: str
    path: str


class Saving:
    """Saves the text of one point again and again, each time another text."""

    def __init__(self, visitor: Visitor, path: str, lock: int) -> None:
        self.visitor, self.path, self.lock = visitor, path, lock

    def __call__(self) -> Answer:
        answer = self.visitor.post(self.path, {"text": f"采购不询价（第{self.lock}次写）", "lock": str(self.lock)})
        self.lock += 1
        return answer


@dataclass(frozen=True)
class Cost:
    """What one page took: ms of the processor and of the clock (median), and what a second call sends and asks."""

    page: Page
    processor: float
    clock: float
    queries: int | None
    size: int
    packed: int

    def line(self, floor: "Cost") -> str:
        """One line of the table."""
        queries = "" if self.queries is None else str(self.queries)
        return (
            f"{self.page.name:　<14}{self.processor:8.1f} ms {self.processor / floor.processor:6.1f}  "
            f"{self.clock:8.1f} ms {self.clock / floor.clock:6.1f}  {queries:>4}  "
            f"{self.size / 1024:7.1f} KB {self.packed / 1024:6.1f} KB"
        )


def pages_of(school: dict[str, Any]) -> list[Page]:
    """All pages that are measured."""
    reader = school["reviewer"]
    of_18, of_50 = school["of_18"], school["of_50"]
    sheet = f"/versions/{of_18['version']}/"
    register = [Page("登记册", reader, "/register/"), Page("登记册，历年", reader, f"/register/{EVERYTHING}")]
    register += [
        Page(f"搜索 {name}", reader, f"/register/{EVERYTHING}&q={quote(word)}") for name, word in SEARCHES.items()
    ]
    return [
        *register,
        Page("填报 18 点", of_18["head"], sheet),
        Page("填报 50 点", of_50["head"], f"/versions/{of_50['version']}/"),
        Page("打开一点", of_18["head"], f"{sheet}?open=point-{of_18['point']}"),
        Page("生效表 20 点", reader, f"/versions/{school['in_force']}/"),
        Page("全校进度", school["office"], "/years/progress/"),
        Page("历史", reader, f"/tables/{school['pattern']}/history/"),
        Page("公示", reader, "/publication/"),
        Page("待办", of_18["head"], "/inbox/"),
        Page("待办（办公室）", school["office"], "/inbox/"),
    ]


def processor_of(pids: list[int]) -> float:
    """What these processes have used of the processor, ms."""
    used = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) * TICK
    return used


def measure(server: Server, page: Page, ask: Callable[[], Answer], rounds: int, queries: int | None) -> Cost:
    """Ask several times; the first answers warm what is kept, and aren't counted."""
    for _ in range(4):
        answer = ask()
    if answer.status not in (200, 302):
        raise RuntimeError(f"{page.path}: {answer.status}")
    before, clocks = processor_of(server.workers()), []
    for _ in range(rounds):
        answer = ask()
        clocks.append((answer.ended - answer.began) * 1000)
    used = (processor_of(server.workers()) - before) / rounds
    return Cost(page, used, median(clocks), queries, len(answer.content), len(gzip.compress(answer.content)))


def costs(site: Site, school: dict[str, Any], rounds: int, only: str) -> Iterator[Cost]:
    """The floor first, then each page."""
    server = Server(site, site.folder / "server.log")
    visitors: dict[str, Visitor] = {}
    try:
        server.start()
        floor = Page("空页", school["reviewer"], FLOOR)
        pages = [floor, *[page for page in pages_of(school) if only in page.name]]
        asked = [{"number": page.number, "path": page.path} for page in pages]
        queries = site.call("tests.bench.paged_school", "queries_of", asked=asked)
        for page, count in zip(pages, queries, strict=True):
            visitor = visitors.get(page.number)
            if visitor is None:
                visitor = visitors[page.number] = Visitor(page.number, school["password"], server.port)
                visitor.log_in()
            yield measure(server, page, partial(visitor.get, page.path), rounds * 4 if page is floor else rounds, count)
        of_18 = school["of_18"]
        if only in SAVE and of_18["head"] in visitors:
            page = Page(SAVE, of_18["head"], f"/versions/{of_18['version']}/points/{of_18['point']}/cell/")
            yield measure(server, page, Saving(visitors[page.number], page.path, of_18["lock"]), rounds, None)
    finally:
        server.stop()


def run(site: Site, *, points: int, rounds: int, only: str = "") -> None:
    """Make the school, start the server, print what each page costs."""
    site.prepare()
    school = site.call("tests.bench.paged_school", "make", points=points)
    print(f"  {school['points']} points in force; each page {rounds} times", flush=True)
    heads = f"{'processor':>11} {'floors':>6}  {'clock':>11} {'floors':>6}  {'SQL':>4}  {'bytes':>10} {'gzip':>9}"
    print(f"  {'':　<14}{heads}", flush=True)
    floor: Cost | None = None
    for cost in costs(site, school, rounds, only):
        floor = floor or cost
        print(f"  {cost.line(floor)}", flush=True)


def main() -> int:
    """Read the arguments, run on each database."""
    parser = argparse.ArgumentParser(prog="./run bench pages", description=__doc__)
    parser.add_argument("--points", type=int, default=2000, help="points in force (2000)")
    parser.add_argument("--rounds", type=int, default=30, help="how often each page is asked for (30)")
    parser.add_argument("--only", default="", help="only the pages whose name has this in it")
    offer_databases(parser)
    options = parser.parse_args()
    for database in chosen_databases(options):
        print(f"· {database}", flush=True)
        with throwaway(database, variables={"DJANGO_SETTINGS_MODULE": "tests.bench.floor_settings"}) as site:
            run(site, points=options.points, rounds=options.rounds, only=options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
