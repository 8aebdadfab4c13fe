"""分级负责: who answers for the points of each level (R40).

The document says no more than 分组管理、分级负责. Whom each level belongs to is a school rule (responsible.1 to 3); who
holds that duty is what the roles say today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from departments.enums import DepartmentKind, Level, Role
from departments.models import Department, RoleGrant, User
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Duty, Key

# From the department up: whoever is missing is stood in for by the next.
LADDER = (Duty.HEAD, Duty.LEADER, Duty.PRINCIPAL)
ROLES = {Role.HEAD: Duty.HEAD, Role.LEADER: Duty.LEADER, Role.PRINCIPAL: Duty.PRINCIPAL}
KEYS = {
    Level.FIRST: Key.RESPONSIBLE_FIRST,
    Level.SECOND: Key.RESPONSIBLE_SECOND,
    Level.THIRD: Key.RESPONSIBLE_THIRD,
}


@dataclass(frozen=True)
class Holder:
    """Who answers: `duty` is whom the rule names, `acting` who does where that is vacant (None: nobody is there)."""

    duty: Duty
    acting: Duty | None
    people: tuple[User, ...]

    @property
    def is_vacant(self) -> bool:
        """Whether nobody holds the duty that the rule names."""
        return self.acting != self.duty

    @property
    def names(self) -> str:
        """The names, or who is missing and who stands in: what 责任领导 prints."""
        names = "、".join(person.real_name for person in self.people)
        if self.acting is None:
            return f"{self.duty.label}暂缺"
        return f"{names}（{self.duty.label}暂缺，由{self.acting.label}代）" if self.is_vacant else names

    @property
    def words(self) -> str:
        """The names with the duty."""
        return self.names if self.is_vacant else f"{self.names}（{self.duty.label}）"

    def includes(self, user: User) -> bool:
        return any(person.pk == user.pk for person in self.people)


@dataclass(frozen=True)
class Duties:
    """Who holds which duty today: of a department by its number, of the whole school under None."""

    rules: rules.Rules
    holders: Mapping[tuple[Duty, int | None], tuple[User, ...]]
    leaders: frozenset[int]

    def of(self, department: int | None, level: int) -> Holder:
        """Who answers for the points of a level in a department; for the school's table (None) and the leaders' own
        posts the principal does: 校领导班子 has neither head nor leader in charge."""
        is_above = department is None or department in self.leaders
        duty = Duty.PRINCIPAL if is_above else Duty(self.rules[KEYS[Level(level)]])
        for acting in LADDER[LADDER.index(duty) :]:
            people = self.holding(acting, department)
            if people:
                return Holder(duty, acting, people)
        return Holder(duty, None, ())

    def named(self, department: int | None, level: int | None) -> str:
        """The names of `of`; nothing where a point has no level yet."""
        return self.of(department, level).names if level else ""

    def holding(self, duty: Duty, department: int | None) -> tuple[User, ...]:
        """Who holds a duty of a department today; nobody where it is vacant."""
        own = self.holders.get((duty, department), ())
        # 分管领导 of no department is in charge of all those that have none of their own.
        return own or (self.holders.get((duty, None), ()) if duty is not Duty.HEAD else ())


def duties(departments: Iterable[int | None] | None = None) -> Duties:
    """The duties of today, of these departments or of all; three queries."""
    grants = RoleGrant.objects.filter(role__in=list(ROLES), user__is_active=True).select_related("user")
    if departments is not None:
        grants = grants.filter(department__in=[key for key in departments if key]) | grants.filter(department=None)
    found: dict[tuple[Duty, int | None], tuple[User, ...]] = {}
    for grant in grants.order_by("id"):
        key = (ROLES[Role(grant.role)], grant.department_id)
        found[key] = (*found.get(key, ()), grant.user)
    leaders = Department.objects.filter(kind=DepartmentKind.LEADERS).values_list("pk", flat=True)
    return Duties(rules.on(), found, frozenset(leaders))
