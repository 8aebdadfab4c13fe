"""Who reviews which check: whoever answers for its level (R40), never somebody who took part or is looked at."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Appointment, User
from departments.permissions import has_role, supervises
from riskcontrol.text import folded
from riskpoints.content.duty import LADDER, Duties, duties
from riskpoints.dues import Staff, staff
from riskpoints.oversight.models import CheckLine, CheckMeasure, CheckSheet
from riskpoints.rules.enums import Duty

_BETWEEN = re.compile(r"[、，,；;／/（）()。]+")
COMMITTEE = "纪委"
NOBODY = (
    "现在没有人可以复核：能复核的人都参加了检查，或是所查风险点的责任人。请系统管理员另外指定分管领导或纪委审核员。"
)


@dataclass
class Concerned:
    """Whom a check concerns: who took part in it, and who is 责任人 of what it looks at, by account or by name."""

    accounts: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    responsible: set[int] = field(default_factory=set)
    responsible_names: set[str] = field(default_factory=set)

    def answers(self, user: User) -> bool:
        """Whether the person is 责任人, or holds the post, of what is looked at."""
        return user.pk in self.responsible or bool(names_of(user) & self.responsible_names)

    def took_part(self, user: User) -> bool:
        return user.pk in self.accounts or bool(names_of(user) & self.names)

    def bars(self, user: User) -> bool:
        """Whether the person can't review the check; an administrator reviews nothing."""
        return has_role(user, Role.ADMIN) or self.took_part(user) or self.answers(user)


@dataclass(frozen=True)
class Route:
    """Who may review a check now, and as what; nobody where all are barred."""

    duty: str
    people: tuple[User, ...]

    def includes(self, user: User) -> bool:
        return any(person.pk == user.pk for person in self.people)

    @property
    def words(self) -> str:
        names = "、".join(person.real_name for person in self.people)
        return f"{names}（{self.duty}）" if self.people else NOBODY


def names_in(text: str) -> set[str]:
    """The names that a text of 责任人 may mean, compared as they look: 张三、李 四（采购员）."""
    parts = [part for part in _BETWEEN.split(text) if part]
    parts += [word for part in parts for word in part.split()]
    return {folded(part) for part in parts} - {""}


def names_of(user: User) -> set[str]:
    """The names of an account, those it had before included."""
    return {folded(user.real_name), *(folded(str(name)) for name, _ in user.former_names)}


def concerned(sheets: Iterable[CheckSheet]) -> dict[int, Concerned]:
    """Whom each of these checks concerns, by its key; three queries."""
    found = {sheet.pk: _of_sheet(sheet) for sheet in sheets}
    posts: dict[int, set[int]] = defaultdict(set)
    for sheet, post, words in CheckLine.objects.filter(sheet__in=found).values_list("sheet", "post", "responsible"):
        found[sheet].responsible_names |= names_in(words)
        if post:
            posts[post].add(sheet)
    rows = CheckMeasure.objects.filter(line__sheet__in=found)
    for sheet, by, words in rows.values_list("line__sheet", "saved_by", "responsible"):
        found[sheet].responsible_names |= names_in(words)
        if by is not None:
            found[sheet].accounts.add(by)
    for post, user, name in _holders(posts):
        for key in posts[post]:
            found[key].responsible_names.add(folded(name))
            if user is not None:
                found[key].responsible.add(user)
    return found


def concerned_by(sheet: CheckSheet) -> Concerned:
    """The same of one check."""
    return concerned([sheet])[sheet.pk]


def routes(sheets: Sequence[CheckSheet], among: Staff | None = None) -> dict[int, Route]:
    """Who reviews each of these checks, by its key; a number of queries that doesn't grow with them."""
    if not sheets:
        return {}
    people, held = among or staff(), duties({sheet.department_id for sheet in sheets})
    barred = concerned(sheets)
    return {sheet.pk: _route(sheet, people, held, barred[sheet.pk]) for sheet in sheets}


def route(sheet: CheckSheet) -> Route:
    """Who reviews this check."""
    return routes([sheet])[sheet.pk]


def reviews(user: User, sheet: CheckSheet) -> bool:
    """Whether the person is the one whose turn it is, or one of them."""
    return route(sheet).includes(user)


def _of_sheet(sheet: CheckSheet) -> Concerned:
    accounts = {sheet.started_by_id, sheet.submitted_by_id} - {None}
    return Concerned(accounts=accounts, names=names_in(sheet.checker) | names_in(sheet.recorder))  # type: ignore[arg-type]


def _holders(posts: Iterable[int]) -> Iterator[tuple[int, int | None, str]]:
    """Who holds these posts today: post, account, name."""
    today = timezone.localdate()
    lasting = Q(until__isnull=True) | Q(until__gte=today)
    held = Appointment.objects.filter(lasting, post__in=list(posts), since__lte=today)
    yield from held.values_list("post", "user", "holder_name")


def _route(sheet: CheckSheet, people: Staff, held: Duties, barred: Concerned) -> Route:
    """The first step of the ladder on which there is somebody who is not barred."""
    for duty, candidates in _steps(sheet, people, held):
        free = tuple(person for person in candidates if not barred.bars(person))
        if free:
            return Route(duty, free)
    return Route("", ())


def _steps(sheet: CheckSheet, people: Staff, held: Duties) -> Iterator[tuple[str, tuple[User, ...]]]:
    """三级 by the committee's sample, then whoever leads; the others from whoever the rule names, never the head who
    hands in, up to the principal, and the committee in the end."""
    department = sheet.department
    committee = COMMITTEE, people.who(lambda person: supervises(person, department))
    if sheet.level == Level.THIRD:
        yield committee
    named = held.of(department.pk, sheet.level).duty
    begin = LADDER.index(Duty.LEADER if named is Duty.HEAD else named)
    for duty in LADDER[begin:]:
        yield str(duty.label), held.holding(duty, department.pk)
    yield committee
