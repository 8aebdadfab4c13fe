"""What the archive panel shows: each year with its build under way, and the builds there are."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from riskpoints.archives import jobs, shelf
from riskpoints.models import AnnualArchive, ControlTable, Cycle
from riskpoints.models.archive import ArchiveState

SHOWN_BUILDS = 50


@dataclass(frozen=True)
class YearBuilds:
    """One year: whether there is anything to archive, what is being built, what was built or failed last."""

    cycle: Cycle
    has_content: bool
    under_way: AnnualArchive | None
    latest: AnnualArchive | None

    @property
    def failure(self) -> AnnualArchive | None:
        """The last build, if it failed and nothing was started since."""
        failed = self.latest is not None and self.latest.state == ArchiveState.FAILED
        return self.latest if failed and self.under_way is None else None

    @property
    def was_built(self) -> bool:
        return self.latest is not None and self.latest.state == ArchiveState.DONE

    @property
    def is_out_of_date(self) -> bool:
        """Whether the last archive was made before the year was closed: it does not tell of the closing."""
        built, closed_at = self.latest, self.cycle.closed_at
        return self.was_built and built is not None and closed_at is not None and built.requested_at < closed_at

    @property
    def is_wanted(self) -> bool:
        """Whether making an archive is what comes next."""
        return not self.was_built or self.is_out_of_date

    @property
    def seconds_left(self) -> int | None:
        """Seconds until the build under way is likely to end; None while it can't be told."""
        return jobs.seconds_left(self.under_way) if self.under_way else None


@dataclass(frozen=True)
class Overview:
    """All years, and the finished archives, newest first; `missing` are those whose file is gone."""

    years: list[YearBuilds]
    builds: list[AnnualArchive]
    missing: frozenset[int]

    @property
    def newest(self) -> frozenset[int]:
        """The last archive of each year: the one to be kept and handed on."""
        return frozenset({build.cycle_id: build.pk for build in reversed(self.builds)}.values())


def overview() -> Overview:
    """Read the panel: a constant number of queries."""
    jobs.fail_dead_builds()
    content = ControlTable.objects.filter(cycle=OuterRef("pk"), in_force__isnull=False)
    builds = list(AnnualArchive.objects.select_related("cycle", "requested_by"))
    years = []
    for cycle in Cycle.objects.annotate(has_content=Exists(content)):
        own = [build for build in builds if build.cycle_id == cycle.pk]
        under_way = next((build for build in own if build.state in jobs.UNDER_WAY), None)
        latest = next((build for build in own if build.state not in jobs.UNDER_WAY), None)
        years.append(YearBuilds(cycle, cycle.has_content, under_way, latest))
    done = [build for build in builds if build.state == ArchiveState.DONE]
    # An unchanged archive built again is the same file: its newest build stands for it.
    finished = list({build.sha256: build for build in reversed(done)}.values())
    finished = sorted(finished, key=lambda build: (build.requested_at, build.pk), reverse=True)[:SHOWN_BUILDS]
    return Overview(years, finished, frozenset(build.pk for build in finished if shelf.file_of(build) is None))
