"""分级管理: points in force under those who answer for them (R40, 分组管理、分级负责)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from departments.enums import Level
from departments.models import User
from riskpoints.content.duty import LADDER, Holder, duties
from riskpoints.content.today import in_force_today
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.permissions import visible_versions
from riskpoints.register import numbers


@dataclass(frozen=True)
class DutyLine:
    """One point in force, its number, and who answers for it: the names, the account holders where known, and how high
    their duty is (for the order)."""

    number: str
    point: RiskPoint
    level: Level
    answers: str
    holder: Holder | None = None

    @property
    def department(self) -> str:
        return self.point.version.owner_name

    @property
    def post(self) -> str:
        return self.point.post_name or "部门层面"

    @property
    def place(self) -> tuple[int, int, str, str]:
        """The highest level first, then from the head of the school down, then as the register has them."""
        acting = self.holder.acting if self.holder else None
        return self.level, -LADDER.index(acting) if acting else 0, self.answers, self.number


@dataclass(frozen=True)
class DutyGroup:
    """What one holder answers for at one level: the lines on a page, and how many there are on all of them."""

    level: Level
    words: str
    lines: Sequence[DutyLine]
    count: int


def lines_for(user: User, *, own: bool = False) -> list[DutyLine]:
    """The points with a level that this person sees in force today, in order; `own` keeps those that the person answers
    for. The number of queries doesn't grow with the points."""
    versions = visible_versions(user).filter(in_force_today(), table__department__isnull=False)
    found = list(versions.select_related("table__cycle", "table__department"))
    known = duties({version.table.department_id for version in found})

    def holder(department: int | None, level: int) -> tuple[str, Holder]:
        who = known.of(department, level)
        return who.words, who

    lines = lines_of(found, numbers.of(found), holder)
    return [line for line in lines if line.holder and line.holder.includes(user)] if own else lines


def lines_of(
    versions: Sequence[TableVersion],
    numbered: Mapping[int, str],
    answering: Callable[[int | None, int], tuple[str, Holder | None]],
) -> list[DutyLine]:
    """The points of these versions as lines, in order; `answering` says who does for a level of a department."""
    by_key = {version.pk: version for version in versions if version.table.department_id}
    found = []
    for point in RiskPoint.objects.filter(version__in=list(by_key)):
        if point.level is not None:
            point.version = by_key[point.version_id]
            words, holder = answering(point.version.table.department_id, point.level)
            found.append(DutyLine(numbered.get(point.pk, ""), point, Level(point.level), words, holder))
    return sorted(found, key=lambda line: line.place)


def grouped(lines: Sequence[DutyLine], every: Sequence[DutyLine] | None = None) -> list[DutyGroup]:
    """The lines under who answers for them at which level; `every` are those of all pages, which are counted."""
    counts = Counter((line.level, line.answers) for line in (lines if every is None else every))
    found: dict[tuple[Level, str], list[DutyLine]] = {}
    for line in lines:
        found.setdefault((line.level, line.answers), []).append(line)
    return [DutyGroup(level, words, rows, counts[level, words]) for (level, words), rows in found.items()]
