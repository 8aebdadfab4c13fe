"""The rules of a day, and deadlines in working days."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.enums import Level
from departments.models import Department
from riskcontrol import audit
from riskpoints.enums import Harm
from riskpoints.rules import working_days
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import SCORED, CheckEvery, DayKind, Duty, Every, Grade, Key, Mode, Readers
from riskpoints.rules.models import SchoolRule, WorkCalendar


@dataclass(frozen=True)
class Rules:
    """The value of each rule on one day."""

    values: Mapping[str, Any]

    def __getitem__(self, key: Key) -> Any:
        return self.values[key]

    @property
    def harm_criteria(self) -> dict[Harm, str]:
        """What each step of 危害程度 means (R29)."""
        return {harm: str(self.values[key]) for harm, key in CRITERIA.items()}

    @property
    def in_force_is_public(self) -> bool:
        """Whether anybody reads a table in force; see hidden_departments."""
        return self.values[Key.IN_FORCE]["readers"] == Readers.ALL

    @property
    def hidden_departments(self) -> list[int]:
        """The departments whose tables in force are for those who log in, all the same."""
        return list(self.values[Key.IN_FORCE]["except"])

    def grade_of(self, score: Decimal) -> Grade:
        """等次 of a score of 100."""
        least = self.values[Key.GRADES]
        return next((grade for grade in SCORED if score >= least[grade]), Grade.POOR)


CRITERIA = {
    Harm.SEVERE: Key.HARM_SEVERE,
    Harm.CONSIDERABLE: Key.HARM_CONSIDERABLE,
    Harm.LIMITED: Key.HARM_LIMITED,
}
DEADLINES = (Key.DAYS_RECEIPT, Key.DAYS_REPLY, Key.DAYS_TALK_REPLY, Key.DAYS_VERIFY)
CHECKS = {Level.FIRST: Key.CHECK_FIRST, Level.SECOND: Key.CHECK_SECOND, Level.THIRD: Key.CHECK_THIRD}


@dataclass(frozen=True)
class ShownRule:
    """One rule as the screen shows it: what holds today in words, and each change as (words, change), newest first."""

    key: Key
    value: str
    help: str
    now: SchoolRule | None
    changes: list[tuple[str, SchoolRule]]

    @property
    def later(self) -> list[tuple[str, SchoolRule]]:
        """The changes that do not hold yet."""
        return [(said, row) for said, row in self.changes if row.since > timezone.localdate()]


@dataclass(frozen=True)
class RuleHistory:
    """All changes of all rules, read once to be asked for several days."""

    changes: list[SchoolRule]

    def on(self, day: datetime.date) -> Rules:
        """The rules valid on a day."""
        valid = {row.key: row.value for row in self.changes if row.since <= day}
        return Rules({key: valid.get(key, default.value) for key, default in DEFAULTS.items()})

    def since(self, key: Key, day: datetime.date) -> datetime.date | None:
        """From when on the rule says what it says on a day; None where nobody has changed it by then."""
        return max((row.since for row in self.changes if row.key == key and row.since <= day), default=None)


def history() -> RuleHistory:
    """All changes, the oldest first."""
    return RuleHistory(list(SchoolRule.objects.all()))


def on(day: datetime.date | None = None) -> Rules:
    """The rules valid on a day (default: today); a later change rewrites nothing that was due or judged before."""
    return history().on(day or timezone.localdate())


def shown_rules() -> list[ShownRule]:
    """All rules in their order, for the screen."""
    today = timezone.localdate()
    names = dict(Department.objects.values_list("pk", "name"))
    rows: dict[str, list[SchoolRule]] = {}
    for row in SchoolRule.objects.all():
        rows.setdefault(row.key, []).append(row)
    found = []
    for key, default in DEFAULTS.items():
        begun = [row for row in rows.get(key, []) if row.since <= today]
        now = begun[-1] if begun else None
        changes = [(in_words(key, row.value, names), row) for row in reversed(rows.get(key, []))]
        said = in_words(key, now.value if now else default.value, names)
        found.append(ShownRule(key, said, default.help, now, changes))
    return found


def in_words(key: Key, value: Any, departments: Mapping[int, str]) -> str:
    """A rule's value as people read it."""
    if key == Key.IN_FORCE:
        hidden = "、".join(departments.get(each, "已不在的部门") for each in value["except"])
        return f"{Readers(value['readers']).label}{f'；除外：{hidden}' if hidden else ''}"
    if key == Key.GRADES:
        return grades_in_words(value)
    if key == Key.REMIND_OFFSETS:
        return offsets_in_words(value)
    if key == Key.PUBLICATION_DAYS:
        return f"{value} 天" if value else "不设公示期"
    if key in DEADLINES:
        return f"{value} 个工作日"
    if key == Key.ROUNDS:
        return f"{value} 次"
    if key == Key.PUBLICATION_DAY_KIND:
        return str(DayKind(value).label)
    if key == Key.REVIEW_EVERY:
        return str(Every(value).label)
    if key in CHECKS.values():
        return str(CheckEvery(value).label)
    if key in (Key.RESPONSIBLE_FIRST, Key.RESPONSIBLE_SECOND, Key.RESPONSIBLE_THIRD):
        return str(Duty(value).label)
    if key == Key.PUBLICATION_MODE:
        return str(Mode(value).label)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def grades_in_words(value: Mapping[str, int]) -> str:
    """The least scores of the grades, as people read them."""
    said = "，".join(f"{value[grade]} 分以上{grade.label}" for grade in SCORED)
    return f"{said}，其余{Grade.POOR.label}"


def offsets_in_words(value: Mapping[str, Any]) -> str:
    """When people are reminded, as they read it."""
    before = "、".join(str(days) for days in value["before"] if days)
    said = [f"到期前 {before} 天"] if before else []
    said += ["到期当天"] if 0 in value["before"] else []
    said += [f"逾期后每 {value['every']} 天"] if value["every"] else []
    return "，".join(said) or "不自动提醒"


def deviations(first: datetime.date, last: datetime.date) -> dict[datetime.date, bool]:
    """The days between (both included) that differ from Monday to Friday."""
    return dict(WorkCalendar.objects.filter(day__range=(first, last)).values_list("day", "is_working"))


def working_days_after(day: datetime.date, count: int) -> datetime.date:
    """working_days.working_days_after() by the school's calendar."""
    # Even a year in which half of all weeks are holidays ends within this.
    return working_days.working_days_after(day, count, deviations(day, day + datetime.timedelta(days=count * 7 + 60)))


def last_day(first: datetime.date, count: int, kind: str) -> datetime.date:
    """The last day of a period that is counted from the day after `first`."""
    if kind == DayKind.CALENDAR:
        return first + datetime.timedelta(days=count)
    return working_days_after(first, count)


def calendar_state(year: int) -> str:
    """What changes whenever the calendar of a year does; its form carries it to notice that somebody else saved."""
    rows = WorkCalendar.objects.filter(day__year=year)
    return audit.sha256("\n".join(f"{row} {row.note}" for row in rows))


def is_kept(year: int) -> bool:
    """Whether the calendar of a year was entered; without it holidays of that year count as working days."""
    return WorkCalendar.objects.filter(day__year=year).exists()
