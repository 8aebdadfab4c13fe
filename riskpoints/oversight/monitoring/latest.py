"""What the last check said of each measure, beside the points of tables in force and in the register's filter (R35)."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Q, Window
from django.db.models.functions import FirstValue, RowNumber

from departments.models import User
from riskpoints.models import ControlTable, Measure, TableVersion
from riskpoints.oversight.enums import FAULTS, Period, Result, State
from riskpoints.oversight.models import CheckMeasure
from riskpoints.oversight.permissions import OversightAction, can, seen_departments
from riskpoints.wings import Mark, PointFilter


@dataclass(frozen=True)
class Latest:
    """The last result of one measure at one point of a department, and of which check."""

    department: int
    point: uuid.UUID
    measure: uuid.UUID
    result: str
    when: str


def latest(departments: Collection[int] | None, results: Collection[str]) -> list[Latest]:
    """Of the checks that were handed in, the last word on each measure at each point where it is one of these results,
    the latest check last; one query, whose rows do not grow with the years."""
    rows = CheckMeasure.objects.filter(line__sheet__state__in=[State.SUBMITTED, State.REVIEWED]).exclude(result="")
    if departments is not None:
        rows = rows.filter(line__sheet__department__in=departments)
    sheet = "line__sheet__"
    newest_first = partial(
        Window,
        partition_by=[f"{sheet}department", "line__identity", "identity"],
        order_by=[f"-{sheet}submitted_at", "-pk"],
    )
    # The word is asked of the window: a filter by `result` itself would leave out later checks that found otherwise.
    said = rows.annotate(place=newest_first(RowNumber()), word=newest_first(FirstValue("result")))
    last = said.filter(place=1, word__in=results)
    values = last.order_by(f"{sheet}submitted_at", "pk").values_list(
        f"{sheet}department", "line__identity", "identity", "word", f"{sheet}cycle__year", f"{sheet}period"
    )
    return [
        Latest(department, point, measure, word, f"{year}年{Period(period).label}")
        for department, point, measure, word, year, period in values
    ]


def marks(user: User, versions: Sequence[TableVersion]) -> Mapping[int, Sequence[Mark]]:
    """Beside a point of a table in force: how many of its measures were last found 未落实 or 部分落实."""
    shown = {version.table_id: version.pk for version in versions if version.is_in_force}
    departments = seen_departments(user) if shown else []
    if departments == []:
        return {}
    faults = list(latest(departments, FAULTS))
    if not faults:
        return {}
    owners = dict(ControlTable.objects.filter(pk__in=shown).values_list("department", "pk"))
    measures = Measure.objects.filter(version__in=shown.values(), identity__in={one.measure for one in faults})
    still = set(measures.values_list("version", "identity"))
    points: dict[tuple[int, uuid.UUID], list[Latest]] = defaultdict(list)
    for one in faults:
        version = shown.get(owners.get(one.department, 0), 0)
        if (version, one.measure) in still:
            points[version, one.point].append(one)
    found: dict[int, list[Mark]] = defaultdict(list)
    for (version, point), faults in points.items():
        found[version].append(Mark(_words(faults), point))
    return found


def filters(user: User) -> list[PointFilter]:
    """措施落实 in the register: points one of whose measures was last found not, or partly, carried out."""
    if not can(user, OversightAction.READ):
        return []
    choices = [(result.value, f"有{result.label}的措施") for result in FAULTS]
    return [PointFilter("result", "最近检查", choices, lambda chosen: _points(user, chosen))]


def _points(user: User, chosen: str) -> Q:
    found: dict[int, set[uuid.UUID]] = defaultdict(set)
    for one in latest(seen_departments(user), [chosen]):
        found[one.department].add(one.point)
    asked = Q(pk__in=[])
    for department, identities in found.items():
        asked |= Q(version__table__department=department, identity__in=identities)
    return asked


def _words(faults: Sequence[Latest]) -> str:
    counts = Counter(one.result for one in faults)
    said = "，".join(f"{Result(result).label} {counts[result]} 项" for result in FAULTS if counts[result])
    return f"检查：{said}（{faults[-1].when}）"
