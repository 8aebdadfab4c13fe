"""风险点登记册: one row for each risk point, with its measures and what this person may see of it (R30)."""

from collections.abc import Iterable
from dataclasses import dataclass

from departments.models import User
from riskcontrol.kept import Kept, State
from riskpoints import wings
from riskpoints.content import today
from riskpoints.content.content import conceal_review
from riskpoints.enums import Stage, Status
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.permissions import RegisterAction, can
from riskpoints.register import numbers
from riskpoints.register.filters import STANDINGS
from riskpoints.register.measures import measures_of

WORDS = STANDINGS | dict(today.Standing.choices)


@dataclass(frozen=True)
class RegisterLine:
    """One row of the register: the point, the measures that answer it, and what this person may see of it."""

    number: str
    point: RiskPoint
    measures: list[Measure]
    shows_assessment: bool
    standing: str
    marks: list[wings.Mark]

    @property
    def version(self) -> TableVersion:
        return self.point.version

    @property
    def words(self) -> str:
        """Where the point's version stands today."""
        return WORDS[self.standing]

    @property
    def differs(self) -> bool:
        """Whether the discipline committee confirmed another level than the department proposed, and it may be seen."""
        given, proposed = self.point.confirmed_level, self.point.proposed_level
        return self.shows_assessment and None not in (given, proposed) and given != proposed

    def measures_at(self, stage: Stage) -> list[Measure]:
        """The measures of one stage; those without a stage count as 前期预防."""
        return [measure for measure in self.measures if (measure.stage or Stage.PREVENTION) == stage]


@dataclass(frozen=True)
class Told:
    """Some versions and what is said of them to a person: whether their assessment is shown, the points' numbers, where
    each stands today, the marks."""

    versions: dict[int, TableVersion]
    assessed: dict[int, bool]
    numbered: dict[int, str]
    signed: dict[int, today.Standing]
    marks: dict[int, list[wings.Mark]]


_told: Kept[Told] = Kept(most=500)


def lines_of(found: Iterable[RiskPoint], user: User, state: State | None = None) -> list[RegisterLine]:
    """Rows for these points, with their measures and numbers: a constant number of queries, fewer where the same
    versions were asked for in this state of the register."""
    rows = list(found)
    keys = sorted({point.version_id for point in rows})
    told = _told.value((user.pk, *keys), state, lambda: _telling(keys, user))
    for point in rows:
        point.version = told.versions[point.version_id]
    conceal_review(point for point in rows if point.version.status in Status.undecided())
    measures = measures_of(rows)
    return [
        RegisterLine(
            told.numbered.get(point.pk, ""),
            point,
            measures[point.pk],
            told.assessed[point.version_id],
            told.signed.get(point.version_id, point.version.status),
            [mark for mark in told.marks.get(point.version_id, []) if mark.point in (None, point.identity)],
        )
        for point in rows
    ]


def _telling(keys: list[int], user: User) -> Told:
    known = TableVersion.objects.select_related("table__cycle", "table__department").in_bulk(keys)
    versions = list(known.values())
    return Told(
        versions=known,
        assessed={version.pk: can(user, RegisterAction.VIEW_ASSESSMENT, version) for version in versions},
        numbered=numbers.of(versions),
        signed=today.standings(versions),
        marks=wings.marks(user, versions),
    )
