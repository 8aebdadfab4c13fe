"""./run bench workbooks: thousands of broken and hostile workbooks through the child that reads them.

Each gives rows or a clear message in Chinese; none takes more than the child's memory and time, and none does anything
to the process that asked. Most are read in forks (see reading_server.py), the first through the true path.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import django

CHINESE = re.compile("[\u4e00-\u9fff]{2}.*。$")


@dataclass
class Tally:
    """What was read and what should not have happened."""

    files: int = 0
    true_path: int = 0
    with_rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    mutations: Counter[str] = field(default_factory=Counter)
    peak: int = 0  # KB
    peak_of: str = ""
    longest: float = 0.0
    longest_of: str = ""
    faults: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def measure(self, name: str, seconds: float, memory: int) -> None:
        """Note what one took."""
        if seconds > self.longest:
            self.longest, self.longest_of = seconds, name
        if memory > self.peak:
            self.peak, self.peak_of = memory, name

    def report(self) -> str:
        """Return the counts as lines to print."""
        refused = [f"    {count:5} {words}" for words, count in self.refused.most_common()]
        return "\n".join(
            [
                f"{self.files} workbooks, {self.true_path} of them through the true path, "
                f"{time.monotonic() - self.began:.0f} s",
                f"  with rows  {self.with_rows}",
                f"  refused    {sum(self.refused.values())}",
                *refused,
                f"  peak       {self.peak / 1024:.0f} MB ({self.peak_of})",
                f"  longest    {self.longest:.1f} s ({self.longest_of})",
                f"  kinds      {', '.join(f'{count} {name}' for name, count in sorted(self.mutations.items()))}",
                f"  faults     {len(self.faults)}",
            ]
        )


def run(*, files: int, true_path: int, number: int) -> Tally:
    """Read so many; the same number gives the same files."""
    from riskcontrol.processes.confined import LIMITS
    from tests.bench.broken_workbooks import mutant, originals

    tally, random, begin_with = Tally(), Random(number), originals()  # noqa: S311 - a run can be repeated
    command = [sys.executable, "-m", "tests.bench.reading_server", str(LIMITS.memory), str(LIMITS.seconds)]
    environment = os.environ | {"OPENPYXL_LXML": "False"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as server:
        for place in range(files):
            name, content = mutant(begin_with, random)
            tally.files += 1
            tally.mutations[name.partition(" ")[0]] += 1
            if place < true_path:
                _by_true_path(name, content, tally)
            else:
                _by_fork(server, name, content, tally)
            if files > 1000 and tally.files % 1000 == 0:
                print(f"  {tally.files} workbooks, {len(tally.faults)} faults", flush=True)
        assert server.stdin is not None
        server.stdin.close()
    return tally


def _by_true_path(name: str, content: bytes, tally: Tally) -> None:
    """As an upload is read."""
    from riskcontrol.processes.confined import RefusedError
    from riskpoints.importing import reading

    tally.true_path += 1
    begin = time.monotonic()
    try:
        found = reading.read(content)
        _judge_content(name, found, tally)
    except RefusedError as error:
        _judge_words(name, str(error), tally)
    except Exception as error:
        tally.faults.append(f"{name}: {error!r}")
    tally.measure(name, time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _by_fork(server: Any, name: str, content: bytes, tally: Tally) -> None:
    """In a fork with the limits of the child; what it answers is judged as confined() does."""
    import json

    from riskcontrol.processes.confined import BROKEN, LIMITS, TOO_LARGE, TOO_SLOW, RefusedError
    from riskcontrol.processes.confinement import OUT_OF_MEMORY, REFUSED
    from riskpoints.importing import reading
    from tests.bench.reading_server import receive, send

    send(server.stdin, content)
    status, said, seconds, memory = receive(server.stdout)
    tally.measure(name, seconds, memory)
    words = {REFUSED: said.decode(errors="replace"), OUT_OF_MEMORY: TOO_LARGE}.get(status, BROKEN)
    if seconds >= LIMITS.seconds:
        words = TOO_SLOW.format(seconds=LIMITS.seconds)
    if memory > LIMITS.memory // 1024 or seconds > LIMITS.seconds + 1:
        tally.faults.append(f"{name}: {memory // 1024} MB, {seconds:.1f} s")
    if status:
        _judge_words(name, words, tally)
        if status == 1:
            tally.faults.append(f"{name}: an error that nobody foresaw")
        return
    try:
        _judge_content(name, reading.read_sheets(json.loads(said)), tally)
    except RefusedError as error:
        _judge_words(name, str(error), tally)
    except Exception as error:
        tally.faults.append(f"{name}: {error!r}")


def _judge_content(name: str, found: Any, tally: Tally) -> None:
    from riskpoints.importing.content import restored

    tally.with_rows += 1
    if restored(found.plain()) != found:
        tally.faults.append(f"{name}: the content does not come through the page")


def _judge_words(name: str, words: str, tally: Tally) -> None:
    tally.refused[words] += 1
    if not CHINESE.search(words):
        tally.faults.append(f"{name}: “{words[:80]}” is no clear message")


def main() -> int:
    """Read the arguments, run, print the counts."""
    parser = argparse.ArgumentParser(prog="./run bench workbooks", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--true-path", type=int, default=400, help="so many in interpreters of their own (400)")
    parser.add_argument("--seed", type=int, default=2011)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    tally = run(files=options.files, true_path=options.true_path, number=options.seed)
    print(tally.report())
    for fault in tally.faults[:50]:
        print(f"  {fault}")
    return int(bool(tally.faults))


if __name__ == "__main__":
    sys.exit(main())
