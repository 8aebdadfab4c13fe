"""危害程度的含义 in a year's archive, and the way back: in which words levels were decided, since when (R29, T19)."""

import datetime
from collections.abc import Sequence

from riskpoints.archives.rows import insert
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle
from riskpoints.rules.enums import Key
from riskpoints.rules.models import SchoolRule
from riskpoints.rules.queries import CRITERIA
from riskpoints.wings import FileOf, Person, Row, YearPart, person

SAID = ("key", "value", "since", "changed_at", "changed_by_name", "reason")


def _facts(cycle: Cycle) -> list[Row]:
    """What was changed by the end of the year; nothing as long as the document's own words hold."""
    last = datetime.date(cycle.year, 12, 31)
    rows = SchoolRule.objects.filter(key__in=[key.value for key in CRITERIA.values()], since__lte=last)
    return [
        {name: getattr(row, name) for name in SAID} | {"changed_by": person(row.changed_by, row.changed_at)}
        for row in rows.select_related("changed_by")
    ]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (Key(row["key"]).label, row["value"], f"{row['since']}", row["reason"], row["changed_by_name"]) for row in rows
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    """Each change once, though the archives of several years tell it."""
    for row in rows:
        same = {"key": row["key"], "value": row["value"], "since": read_day(row["since"]), "reason": row["reason"]}
        if not SchoolRule.objects.filter(**same).exists():
            insert(SchoolRule, row, changed_by=account(row["changed_by"]))


HEADINGS = ("规则", "表述", "起始日期", "理由", "修改人")
PART = YearPart("criteria", "危害程度的含义", HEADINGS, _facts, lines=_lines, restore=_restore)
