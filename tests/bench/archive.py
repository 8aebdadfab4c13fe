"""How long the archive of a year takes the first time, and the second, when nothing has changed."""

import argparse
import os
import shutil
import statistics
import time
from dataclasses import dataclass

GOAL = 20.0


@dataclass(frozen=True)
class ArchiveTimes:
    """Seconds by the clock and of the processor; `files` in the archive, `printed` the first time."""

    year: int
    files: int
    size: int
    printed: int
    first: float
    first_cpu: float
    second: float
    second_cpu: float

    @property
    def ratio(self) -> float:
        """How many times faster the second archive was, by the clock."""
        return self.first / self.second

    @property
    def cpu_ratio(self) -> float:
        """The same by the processor's time, which a busy machine and a slow disk leave alone."""
        return self.first_cpu / self.second_cpu

    def __str__(self) -> str:
        return (
            f"{self.year}: {self.files} files, {self.size / 1e6:.1f} MB, {self.printed} printed; "
            f"first {self.first:.2f} s ({self.first_cpu:.2f} s CPU), "
            f"second {self.second:.3f} s ({self.second_cpu:.3f} s CPU): {self.ratio:.0f} times faster "
            f"({self.cpu_ratio:.0f} by CPU)"
        )


def measure(year: int, *, repeats: int = 5) -> ArchiveTimes:
    """Build the archive of a year without anything printed before, then again, as the page and the command do.

    Django is set up and the database holds the year. The second time is the median of so many.
    """
    from riskcontrol.models import AuditEntry
    from riskpoints.archives import shelf

    shutil.rmtree(shelf.folder() / f"{year}.parts", ignore_errors=True)
    first, first_cpu, archive = _build(year)
    entry = AuditEntry.objects.filter(object_id=str(archive.pk), detail__has_key="新打印").get()
    again = [_build(year)[:2] for _ in range(repeats)]
    return ArchiveTimes(
        year=year,
        files=archive.total,
        size=archive.size,
        printed=entry.detail["新打印"],
        first=first,
        first_cpu=first_cpu,
        second=statistics.median(clock for clock, _ in again),
        second_cpu=statistics.median(cpu for _, cpu in again),
    )


def _build(year: int) -> tuple:
    from riskpoints.archives import jobs

    clock, cpu = time.perf_counter(), time.process_time()
    archive = jobs.run(jobs.open_build(year))
    return time.perf_counter() - clock, time.process_time() - cpu, archive


def main() -> None:
    """Measure the years named on the command line in the configured database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("years", type=int, nargs="+")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskcontrol.settings")
    import django

    django.setup()
    for year in parser.parse_args().years:
        times = measure(year)
        print(f"{times} (goal: {GOAL:.0f})")


if __name__ == "__main__":
    main()
