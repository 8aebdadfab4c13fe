"""What waits in the school and for whom: one line a matter, as boards, reminders and calendars show it.

A page takes `desk.dues.all_lines()` and narrows it down (by department, by person); `riskpoints/desk/_due_line.html`
shows one line. A wing hands its own lines in through `Wing.dues`.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from departments.enums import GroupPosition, Role
from departments.models import Department, LeadershipGroup, RoleGrant, User
from departments.permissions import has_role, has_role_in, know_posts

# All that a mail, a calendar or a title may say of a matter about a person.
NOT_SAID = "您有一件待办，请登录办理"


@dataclass(frozen=True)
class DueLine:
    """One matter that waits: who can do it now (nobody, where a role is vacant), since when, until when.

    `key` names the matter for good ("plan.task:12"): what was reminded is found by it. `group` is its heading on a
    board. `address` is for those for whom it waits, `read_at` for the office, the committee, the principal and the
    leaders who read about it (empty: nowhere). What `is_about_person` stands on no board; elsewhere only `said` and
    `place` may be shown.
    """

    key: str
    group: str
    verb: str
    title: str
    since: datetime.date
    address: str
    people: tuple[User, ...]
    due: datetime.date | None = None
    department: Department | None = None
    read_at: str = ""
    is_about_person: bool = False

    @property
    def said(self) -> str:
        """The line in one sentence that may leave this system."""
        return NOT_SAID if self.is_about_person else f"{self.verb}：{self.title}"

    @property
    def place(self) -> str:
        """Where it is done; a matter about a person is only found in the inbox of whoever may do it."""
        return "/" if self.is_about_person else self.address

    def is_overdue(self, on: datetime.date) -> bool:
        return self.due is not None and self.due < on

    def waits_for(self, user: User) -> bool:
        return any(person.pk == user.pk for person in self.people)

    def link_for(self, user: User) -> str:
        """Where this reader of a board finds it; empty where the reader may not open it."""
        return self.address if self.waits_for(user) else self.read_at


class Staff:
    """The active accounts with their roles, read once: asking whose turn something is costs no query any more."""

    def __init__(self, people: Iterable[User]) -> None:
        self.people = tuple(people)

    def who(self, may: Callable[[User], bool]) -> tuple[User, ...]:
        """Those who may, in the order of their names."""
        return tuple(person for person in self.people if may(person))

    def holding(self, *roles: Role) -> tuple[User, ...]:
        """Those who have one of the roles, for whatever department."""
        return self.who(lambda person: has_role(person, *roles))

    def of(self, department: Department | int | None, *roles: Role) -> tuple[User, ...]:
        """Those who have one of the roles for this department."""
        return self.who(lambda person: has_role_in(person, department, *roles))


def staff() -> Staff:
    """Everybody who can do something; five queries, however many they are."""
    grants: dict[int, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.select_related("department"):
        grants.setdefault(grant.user_id, []).append(grant)
    group = LeadershipGroup.on()
    deputies: set[int | None] = set()
    if group is not None:
        deputies.update(group.members.filter(position=GroupPosition.DEPUTY).values_list("user_id", flat=True))
    people = list(User.objects.filter(is_active=True).order_by("pinyin", "staff_number"))
    for person in people:
        person.known_grants = grants.get(person.pk, [])
        person.known_deputy = person.pk in deputies
    know_posts(people)
    return Staff(people)


def in_order(lines: Iterable[DueLine], on: datetime.date | None = None) -> list[DueLine]:
    """Overdue ones first, the longest overdue at the head; then by their day, those without one last, the oldest
    first."""
    day = on or timezone.localdate()
    never = datetime.date.max
    return sorted(lines, key=lambda line: (not line.is_overdue(day), line.due or never, line.since, line.key))


@dataclass(frozen=True)
class ShownLine:
    """A line as one reader of a board sees it: where it leads (empty: nowhere), whether its day is over, what was
    reminded about it, and where the reader reminds (empty: the reader doesn't)."""

    line: DueLine
    link: str
    is_overdue: bool
    reminded: Sequence[str] = ()
    remind_at: str = ""


def shown(lines: Iterable[DueLine], user: User, on: datetime.date | None = None) -> list[ShownLine]:
    """The lines for one reader, without reminding."""
    day = on or timezone.localdate()
    return [ShownLine(line, line.link_for(user), line.is_overdue(day)) for line in lines]


def grouped(rows: Iterable[ShownLine]) -> list[tuple[str, list[ShownLine]]]:
    """The rows under the headings of a board, a heading with an overdue line before those without one."""
    found: dict[str, list[ShownLine]] = {}
    for row in rows:
        found.setdefault(row.line.group, []).append(row)
    return list(found.items())


def day_of(moment: datetime.date | None, otherwise: datetime.date | None = None) -> datetime.date:
    """The day of a day or a moment, by the school's clock."""
    if isinstance(moment, datetime.datetime):
        return timezone.localdate(moment)
    return moment or otherwise or timezone.localdate()
