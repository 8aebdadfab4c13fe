"""分管工作: the departments that a leader is in charge of, the points of the own posts, what waits there.

The principal is in charge of all departments and of the school's table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Appointment, Post, User
from departments.permissions import department_ids, has_role, leads_all
from riskcontrol.kept import State
from riskpoints.boards.tables import Tables, tables_now
from riskpoints.content.duty import Duties
from riskpoints.content.today import in_force_today
from riskpoints.desk.kept import board_lines, duties_today
from riskpoints.dues import DueLine, ShownLine, shown
from riskpoints.figures.counts import NO_COUNTS
from riskpoints.figures.course import Course, course_of
from riskpoints.figures.level_map import LevelMap, OwnerLevels
from riskpoints.figures.pictures import levels_today
from riskpoints.figures.standing import TableState
from riskpoints.models import Cycle, RiskPoint
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.permissions import visible_versions
from riskpoints.register.filters import OWNER_ORDER

# A line chart of three tables says less than their names.
TABLES_DRAWN = 4
# The rest of what waits is folded away.
LINES_SHOWN = 8


@dataclass(frozen=True)
class Charged:
    """One department: its points today, and its table of the year (None: it has none in it)."""

    levels: OwnerLevels
    state: TableState | None

    @property
    def counts(self) -> list[tuple[int, str, int]]:
        """(level, words, points in force today) of the three levels."""
        found = self.levels.levels or NO_COUNTS
        return [(level.value, str(level.label), found.by_level.get(level, 0)) for level in Level]


@dataclass(frozen=True)
class OwnPost:
    """A post that the person holds today, with its points in force."""

    post: Post
    points: list[RiskPoint]


@dataclass(frozen=True)
class Charge:
    """What one person is in charge of; `tables` are those of the year that is worked on, None before the first."""

    is_whole_school: bool
    tables: Tables | None
    map: LevelMap

    @property
    def cycle(self) -> Cycle | None:
        return self.tables.cycle if self.tables else None

    @property
    def title(self) -> str:
        return "全校" if self.is_whole_school else "分管部门"

    @property
    def names(self) -> list[str]:
        """The departments in charge."""
        return [line.name for line in self.map.lines if line.owner]

    @property
    def rows(self) -> list[Charged]:
        """The departments in their order, then the school."""
        states = {state.table.department_id or 0: state for state in self.tables.states} if self.tables else {}
        known = [line.owner for line in self.map.lines]
        rows = [Charged(line, states.get(line.owner)) for line in self.map.lines]
        # The school's table is there before it has anything in force.
        rest = [state for key, state in states.items() if key not in known]
        return rows + [Charged(OwnerLevels(0, state.table.owner_name, None), state) for state in rest]


@dataclass(frozen=True)
class ChargePage:
    """What the page shows besides: how the year went, the points of level one, the own posts, what waits."""

    charge: Charge
    whole_course: Course | None
    first: list[tuple[str, list[RiskPoint]]]
    posts: list[OwnPost]
    waiting: list[ShownLine]
    answers: list[tuple[int, str, int]]

    @property
    def answered_count(self) -> int:
        """How many points the person answers for, by the rule of graded responsibility."""
        return sum(count for _, _, count in self.answers)

    @property
    def course(self) -> Course | None:
        """How the year went, unless its few tables say it themselves."""
        return self.whole_course if self.whole_course and self.whole_course.total >= TABLES_DRAWN else None

    @property
    def first_count(self) -> int:
        return sum(len(points) for _, points in self.first)

    @property
    def next_lines(self) -> list[ShownLine]:
        """What is overdue or next."""
        return self.waiting[: max(LINES_SHOWN, self.overdue_count)]

    @property
    def later_lines(self) -> list[ShownLine]:
        return self.waiting[len(self.next_lines) :]

    @property
    def overdue_count(self) -> int:
        return sum(row.is_overdue for row in self.waiting)


def departments_in_charge(user: User) -> list[int] | None:
    """The departments that a leader is in charge of; None for the principal and for a leader of all: every one."""
    if has_role(user, Role.PRINCIPAL) or leads_all(user):
        return None
    return department_ids(user, Role.LEADER)


def charge_of(user: User, state: State | None = None) -> Charge:
    """The figures of what the person is in charge of, in the register's state (None: everything is read anew); ten
    queries, however many departments there are, four of them where the tables are known."""
    keys = departments_in_charge(user)
    levels = levels_today(user, keys)
    in_use = {line.owner for line in levels.lines if line.owner}
    tables = tables_now(state)
    return Charge(
        is_whole_school=keys is None,
        tables=tables if keys is None or tables is None else tables.of(in_use),
        map=levels,
    )


def page_of(user: User, state: State | None = None) -> ChargePage:
    """Everything that the page shows, in the register's state (None: everything is read anew).

    Nine queries where nothing was done since it was read last: what waits, the tables and who answers are the same for
    every reader, and kept.
    """
    charge = charge_of(user, state)
    tables, posts = charge.tables, _posts_held(user)
    points = _points(user, charge, posts)
    return ChargePage(
        charge=charge,
        whole_course=course_of(tables.cycle, [state.table for state in tables.states]) if tables else None,
        first=_by_owner(point for point in points if point.is_in_charge and point.now == Level.FIRST),
        posts=[OwnPost(post, [point for point in points if point.post_id == post.pk]) for post in posts],
        waiting=shown(_waiting(charge, state), user),
        answers=_answers(user, charge, duties_today(state)),
    )


def _answers(user: User, charge: Charge, known: Duties) -> list[tuple[int, str, int]]:
    """(level, words, points in force) for which the person answers in the departments in charge; the list of them is
    分级管理."""
    owned = [line for line in charge.map.lines if line.owner and line.levels]
    return [
        (
            level.value,
            str(level.label),
            sum(
                line.levels.by_level.get(level, 0)
                for line in owned
                if line.levels and known.of(line.owner, level).includes(user)
            ),
        )
        for level in Level
    ]


def _posts_held(user: User) -> list[Post]:
    """The posts that the account holds today, in the order of the departments."""
    today = timezone.localdate()
    held = Appointment.objects.filter(Q(until=None) | Q(until__gte=today), user=user, since__lte=today)
    posts = Post.objects.active_on(today).filter(pk__in=held.values("post")).select_related("department")
    return list(posts.order_by("department__order", "department__pinyin", "department_id", "order", "pinyin", "pk"))


def _points(user: User, charge: Charge, posts: Sequence[Post]) -> list[Any]:
    """The points in force today of level one in the departments in charge, and all of the own posts; one query."""
    versions = visible_versions(user).filter(in_force_today())
    owners = [line.owner for line in charge.map.lines if line.owner]
    in_charge = Q(version__table__department__in=owners)
    if charge.is_whole_school:
        in_charge |= Q(version__table__department=None)
    return list(
        RiskPoint.objects.annotate(now=DECIDED_LEVEL, is_in_charge=Case(When(in_charge, then=True), default=False))
        .filter(Q(is_in_charge=True, now=Level.FIRST) | Q(post__in=posts), version__in=versions.values("pk"))
        .select_related("version__table__department", "version__table__cycle")
        .order_by(*OWNER_ORDER, "order", "pk")
    )


def _by_owner(points: Iterable[Any]) -> list[tuple[str, list[RiskPoint]]]:
    found: dict[str, list[RiskPoint]] = defaultdict(list)
    for point in points:
        found[point.version.table.owner_name].append(point)
    return list(found.items())


def _waiting(charge: Charge, state: State | None) -> list[DueLine]:
    """What waits in the departments in charge, overdue first; of the whole school also what waits in none of them."""
    owners = {line.owner for line in charge.map.lines}
    return [
        line
        for line in board_lines(state)
        if charge.is_whole_school or (line.department is not None and line.department.pk in owners)
    ]
