"""The indicators of a year in its archive, and the way back."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from riskpoints.archives.rows import insert
from riskpoints.models import Cycle
from riskpoints.oversight.enums import Formula, IndicatorKind, SheetState
from riskpoints.oversight.models import Indicator, IndicatorSheet
from riskpoints.wings import FileOf, Person, Row, YearPart, person

SHEET = ("id", "state", "total", "made_by_name", "made_at", "activated_by_name", "activated_at", "lock")
INDICATOR = ("id", "order", "group", "text", "weight", "kind", "formula", "guide")
# Written after the indicators: the database lets none be added to a sheet in use.
LATER = ("state", "activated_by_name", "activated_at")


def _facts(cycle: Cycle) -> list[Row]:
    rows = IndicatorSheet.objects.filter(cycle=cycle).select_related("made_by", "activated_by")
    return [
        {name: getattr(row, name) for name in SHEET}
        | {
            "made_by": person(row.made_by, row.made_at),
            "activated_by": person(row.activated_by, row.activated_at),
            "indicators": [{name: getattr(one, name) for name in INDICATOR} for one in row.indicators.all()],
        }
        for row in rows.prefetch_related("indicators")
    ]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (str(one["order"]), one["group"], one["text"], str(one["weight"]), _kind(one), one["guide"])
        for row in rows
        for one in row["indicators"]
    ]


def _kind(one: Row) -> str:
    return str(Formula(one["formula"]).label if one["formula"] else IndicatorKind(one["kind"]).label)


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        begun = {name: value for name, value in row.items() if name not in LATER}
        sheet = insert(IndicatorSheet, begun, cycle=cycle, made_by=account(row["made_by"]))
        for one in row["indicators"]:
            insert(Indicator, one, sheet=sheet)
        if row["state"] == SheetState.ACTIVE:
            fields = {field.name: field for field in IndicatorSheet._meta.concrete_fields}
            values: dict[str, Any] = {name: fields[name].to_python(row[name]) for name in LATER}
            values["activated_by"] = account(row["activated_by"])
            models.QuerySet(IndicatorSheet).filter(pk=sheet.pk).update(**values)


PART = YearPart(
    "indicators",
    "考核指标",
    ("序号", "项目", "考核内容", "分值", "评分方式", "评分标准"),
    _facts,
    lines=_lines,
    restore=_restore,
)
