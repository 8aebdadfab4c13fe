"""Reminders in a year's archive, and the way back; their figures. Matters about persons stand in none of them."""

from collections.abc import Sequence

from departments.models import User
from riskpoints.archives.rows import insert
from riskpoints.campaign.models import Reminder
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle
from riskpoints.wings import Figure, FileOf, Person, Row, YearPart, person

FIELDS = (
    "id",
    "key",
    "group",
    "title",
    "department_name",
    "to_name",
    "text",
    "by_name",
    "at",
    "day",
    "due",
    "mark",
    "is_mailed",
)


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How often the office reminded, and how often the rule did."""
    marks = list(Reminder.objects.filter(cycle=cycle, is_about_person=False).values_list("mark", flat=True))
    if not marks:
        return []
    own = marks.count(None)
    return [Figure("催办", f"{own} 人次，自动提醒 {len(marks) - own} 人次")]


def _facts(cycle: Cycle) -> list[Row]:
    rows = Reminder.objects.filter(cycle=cycle, is_about_person=False).select_related("to", "by")
    return [
        {name: getattr(row, name) for name in FIELDS} | {"to": person(row.to, row.at), "by": person(row.by, row.at)}
        for row in rows.order_by("at", "id")
    ]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            f"{read_day(row['day'])}",
            row["title"],
            row["department_name"],
            row["to_name"],
            row["by_name"],
            row["text"] or ("" if row["mark"] is None else "到期提醒"),
            "站内、邮件" if row["is_mailed"] else "站内",
        )
        for row in rows
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        insert(Reminder, row, cycle=cycle, to=account(row["to"]), by=account(row["by"]))


HEADINGS = ("日期", "事项", "部门", "被提醒人", "催办人", "内容", "方式")
PART = YearPart("reminders", "催办记录", HEADINGS, _facts, lines=_lines, restore=_restore)
