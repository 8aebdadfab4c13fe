"""R16 and R18 in numbers: who takes part in finding risks, department by department, and how points were found."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from departments.enums import Role
from departments.models import Department, RoleGrant
from departments.permissions import department_ids
from riskpoints.enums import FindingMethod
from riskpoints.evidence.record import kept_year
from riskpoints.evidence.year_facts import PARTS
from riskpoints.models import Cycle, RiskPoint, TableVersion
from riskpoints.participation.enums import FeedbackState, Outcome, ProposalState
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.permissions import PROPOSERS, ParticipationAction, can
from riskpoints.participation.queries import time_of
from riskpoints.wings import Row

# Under this name the rows stand in a year's record.
PART = "participation_figures"
WHOLE, SCHOOL = "全校", "学校表"
# An account belongs to the departments for which it has one of these; a 分管领导 is no member of those in charge.
MEMBERS = (Role.STAFF, Role.HEAD, Role.CLERK)


@dataclass(frozen=True)
class FigureRow:
    """One department's year, the school's table, or all of it (`is_total`; people are counted once there).

    `proposed` and `points` say how many by finding method: proposals to the department, points in force (one point may
    have several methods, so they add up to more than `point_count`).
    """

    department: int | None
    name: str
    is_total: bool = False
    proposed: dict[str, int] = field(default_factory=dict)
    accepted: int = 0
    declined: int = 0
    waiting: int = 0
    opinions: int = 0
    participants: int = 0
    accounts: int = 0
    points: dict[str, int] = field(default_factory=dict)
    point_count: int = 0
    unsaid: int = 0
    from_proposals: int = 0

    @property
    def proposals(self) -> int:
        """How many proposals there were, without those taken back."""
        return self.accepted + self.declined + self.waiting

    @property
    def rate(self) -> str:
        """参与率: people who proposed at least once, of the active accounts, in whole per cent; nothing without any."""
        return f"{round(100 * self.participants / self.accounts)}%" if self.accounts else "—"

    @property
    def by_method(self) -> list[int]:
        """Proposals in the order of the document's methods."""
        return [self.proposed.get(method, 0) for method in FindingMethod.values]

    @property
    def points_by_method(self) -> list[int]:
        """Points in force in the order of the document's methods."""
        return [self.points.get(method, 0) for method in FindingMethod.values]

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """Proposals under the words of their methods."""
        return list(zip(FindingMethod.labels, self.by_method, strict=True))

    @property
    def labelled_points(self) -> list[tuple[str, int]]:
        """Points in force under the words of their methods."""
        return list(zip(FindingMethod.labels, self.points_by_method, strict=True))


@dataclass(frozen=True)
class Figures:
    """A year's rows, those that a person may read; `is_kept`: as the year's record has them, with accounts of then."""

    rows: list[FigureRow]
    is_kept: bool = False

    @property
    def of_people(self) -> list[FigureRow]:
        """Departments, and all of the school: nobody belongs to the school's table."""
        return [row for row in self.rows if row.department is not None or row.is_total]


@dataclass
class _Said:
    """What was proposed and said of one table's department."""

    states: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    opinions: int = 0

    def __iadd__(self, other: "_Said") -> "_Said":
        self.states.update(other.states)
        self.methods.update(other.methods)
        self.opinions += other.opinions
        return self


@dataclass
class _Found:
    """How the points in force of one table were found."""

    methods: Counter[str] = field(default_factory=Counter)
    count: int = 0
    unsaid: int = 0
    from_proposals: int = 0

    def __iadd__(self, other: "_Found") -> "_Found":
        self.methods.update(other.methods)
        self.count += other.count
        self.unsaid += other.unsaid
        self.from_proposals += other.from_proposals
        return self


def figures(user: Any, cycle: Cycle) -> Figures:
    """What this person may read of a year: all departments, or a head the own ones."""
    kept = _kept(cycle)
    rows = counted(cycle) if kept is None else kept
    if not can(user, ParticipationAction.VIEW_ALL_FIGURES):
        headed = department_ids(user, Role.HEAD)
        rows = [row for row in rows if row.department in headed]
    return Figures(rows, is_kept=kept is not None)


def counted(cycle: Cycle) -> list[FigureRow]:
    """The rows of a year as they are now: departments in their order, the school's table, all together."""
    said, found, proposers = _said(cycle), _found(cycle), _proposers(cycle)
    members, able = _accounts()
    rows = []
    for department in _departments(cycle, {*said, *found}):
        own = members[department.pk]
        people = {"participants": len(own & proposers), "accounts": len(own)}
        rows.append(_row(department.pk, department.name, said[department.pk], found[department.pk], people))
    if said[None].opinions or found[None].count:
        rows.append(_row(None, SCHOOL, said[None], found[None], {}))
    all_said, all_found = _Said(), _Found()
    for mine in said.values():
        all_said += mine
    for each in found.values():
        all_found += each
    people = {"participants": len(able & proposers), "accounts": len(able)}
    return [*rows, _row(None, WHOLE, all_said, all_found, people, is_total=True)]


def counts(cycle: Cycle) -> dict[str, dict[int, tuple[int, int]]]:
    """What a year's assessment reckons with (wings.Wing.counts), by department: opinions and proposals answered, people
    who took part of the active accounts."""
    rows = {row.department: row for row in counted(cycle) if row.department is not None}
    answered: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for department, state in _opinions(cycle).values_list("version__table__department_id", "state"):
        if department is not None:
            asked[department] += 1
            answered[department] += state == FeedbackState.ANSWERED
    return {
        "opinions": {key: (answered[key], count) for key, count in asked.items()},
        "proposals": {key: (row.accepted + row.declined, row.proposals) for key, row in rows.items()},
        "taking_part": {key: (row.participants, row.accounts) for key, row in rows.items()},
    }


def facts(cycle: Cycle) -> list[Row]:
    """One row for a year's record, with the day of what was said, answered or signed last; none where nobody proposed
    or said anything and no point is in force.

    How points were found belongs to each year. Who took part is told of a year in which anybody did (`has_people`): of
    one that was typed in from paper, the accounts of today would say nothing.
    """
    last = [
        _proposals(cycle).aggregate(sent=Max("sent_at"), answered=Max("decided_at")),
        _opinions(cycle).aggregate(sent=Max("sent_at"), answered=Max("answered_at")),
    ]
    has_people = any(found["sent"] for found in last)
    in_force = TableVersion.objects.filter(table__cycle=cycle, pk=F("table__in_force"))
    signed = in_force.aggregate(last=Max("signed_on"))["last"]
    rows = counted(cycle)
    if not has_people and not (signed and any(row.point_count for row in rows)):
        return []
    days = [timezone.localdate(moment) for found in last for moment in found.values() if moment]
    day = max([*days, signed] if signed else days)
    return [{"year": cycle.year, "day": day, "rows": [asdict(row) for row in rows], "has_people": has_people}]


def read(rows: Iterable[Row]) -> list[FigureRow]:
    """The same out of a record or an archive."""
    return [FigureRow(**row) for row in rows]


def last_day(cycle: Cycle, *, on: datetime.date | None = None) -> datetime.date:
    """Up to which day the figures of a year reach: today, or the year's last."""
    return min(on or timezone.localdate(), datetime.date(cycle.year, 12, 31))


def _kept(cycle: Cycle) -> list[FigureRow] | None:
    """The rows as a closed or imported year was kept with: accounts come and go afterwards."""
    kept = kept_year(cycle)
    told = kept.facts.get(PARTS, {}).get(PART) if kept is not None else None
    return read(told[0]["rows"]) if told else None


def _row(
    department: int | None, name: str, said: _Said, found: _Found, people: dict[str, int], *, is_total: bool = False
) -> FigureRow:
    return FigureRow(
        department=department,
        name=name,
        is_total=is_total,
        proposed=dict(said.methods),
        accepted=said.states[ProposalState.ACCEPTED],
        declined=said.states[ProposalState.DECLINED],
        waiting=said.states[ProposalState.OPEN],
        opinions=said.opinions,
        points=dict(found.methods),
        point_count=found.count,
        unsaid=found.unsaid,
        from_proposals=found.from_proposals,
        **people,
    )


def _proposals(cycle: Cycle) -> QuerySet[Proposal]:
    begin, end = time_of(cycle)
    return Proposal.objects.filter(sent_at__gte=begin, sent_at__lt=end).exclude(state=ProposalState.WITHDRAWN)


def _opinions(cycle: Cycle) -> QuerySet[Feedback]:
    """What the public said of the year's tables; what names a person is the committee's alone."""
    rows = Feedback.objects.filter(version__table__cycle=cycle)
    return rows.exclude(Q(state=FeedbackState.REFERRED) | ~Q(quarantine="") | Q(outcome=Outcome.UNRELATED))


def _said(cycle: Cycle) -> defaultdict[int | None, _Said]:
    """Proposals of the year's time by department, and opinions on the year's tables: both are 群众提 if anonymous."""
    found: defaultdict[int | None, _Said] = defaultdict(_Said)
    for department, state, method in _proposals(cycle).values_list("department_id", "state", "method"):
        found[department].states[state] += 1
        found[department].methods[method] += 1
    for department in _opinions(cycle).values_list("version__table__department_id", flat=True):
        found[department].opinions += 1
    return found


def _proposers(cycle: Cycle) -> set[int]:
    """Who proposed at least once; nobody of the public, and not who only worded what the public said."""
    return set(_proposals(cycle).filter(proposer__isnull=False).values_list("proposer_id", flat=True))


def _accounts() -> tuple[defaultdict[int, set[int]], set[int]]:
    """Active accounts by their departments, and all that may propose."""
    members: defaultdict[int, set[int]] = defaultdict(set)
    able: set[int] = set()
    grants = RoleGrant.objects.filter(user__is_active=True, role__in=PROPOSERS)
    for user, role, department in grants.values_list("user_id", "role", "department_id"):
        able.add(user)
        if role in MEMBERS and department is not None:
            members[department].add(user)
    return members, able


def _found(cycle: Cycle) -> defaultdict[int | None, _Found]:
    """How the points in force of the year's tables were found, by department (None: the school's table)."""
    found: defaultdict[int | None, _Found] = defaultdict(_Found)
    points = RiskPoint.objects.filter(version__table__cycle=cycle, version=F("version__table__in_force"))
    proposed = set(Proposal.objects.filter(state=ProposalState.ACCEPTED).values_list("point_identity", flat=True))
    for department, identity, methods in points.values_list(
        "version__table__department_id", "identity", "finding_methods"
    ):
        own = found[department]
        own.count += 1
        own.methods.update(set(methods))
        own.unsaid += not methods
        own.from_proposals += identity in proposed
    return found


def _departments(cycle: Cycle, named: set[int | None]) -> list[Department]:
    """Those of the year's last day, or of today, and those that were closed before and have anything to show."""
    active = set(Department.objects.active_on(last_day(cycle)).values_list("pk", flat=True))
    keys = active | {key for key in named if key is not None}
    return list(Department.objects.filter(pk__in=keys).order_by("order", "pinyin", "id"))
