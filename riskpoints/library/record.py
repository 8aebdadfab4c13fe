"""The library in a year's record and archive: where its points came from, what was confirmed as not applicable; and the
way back. Both say the entries' words as they were then: an installation that doesn't know an entry gets it, retired."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from departments.models import Post, PostFunction
from riskpoints.archives.rows import insert
from riskpoints.evidence.year_facts import day_of
from riskpoints.library.models import NotApplicable
from riskpoints.library.workbook import words_of
from riskpoints.models import Cycle, RiskPoint, TableVersion
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import MeasureValues, RiskValues, measure_rows, values_of
from riskpoints.wings import FileOf, Person, Row, YearPart, person


def _entry(risk: TypicalRisk) -> Row:
    return values_of(risk).told | {"key": risk.key}


def _values(row: Row) -> RiskValues:
    said = {name: value for name, value in row.items() if name != "key"}
    return RiskValues(
        **said
        | {
            "hot_years": tuple(row["hot_years"]),
            "functions": frozenset(row["functions"]),
            "measures": tuple(MeasureValues(*measure) for measure in row["measures"]),
        }
    )


def _entries(keys: set[int]) -> dict[int, Row]:
    rows = TypicalRisk.objects.filter(pk__in=keys).prefetch_related("functions", "measures")
    return {risk.pk: _entry(risk) for risk in rows}


def entry_again(row: Row) -> TypicalRisk:
    """The entry of a package: that of its number, or a new one that is offered to nobody."""
    known = TypicalRisk.objects.filter(key=row["key"]).first()
    if known is not None:
        return known
    values = _values(row)
    risk = TypicalRisk.objects.create(key=row["key"], **values.fields, is_active=False)
    risk.functions.set(PostFunction.objects.filter(name__in=values.functions))
    for measure in measure_rows(risk, values.measures):
        measure.save()
    return risk


# ---- where points came from ----


def _origins(cycle: Cycle) -> list[Row]:
    points = RiskPoint.objects.filter(version__table__cycle=cycle).exclude(library_entry=None)
    names = ("version_id", "version__owner_name", "version__number", "identity", "text", "library_entry_id")
    rows = list(points.order_by("version_id", "category", "order", "id").values_list(*names))
    entries = _entries({row[-1] for row in rows})
    return [
        {
            "version_id": version,
            "version": f"{owner}第 {number} 版",
            "point": identity,
            "text": text,
            "entry": entries[entry],
        }
        for version, owner, number, identity, text, entry in rows
    ]


def _origins_shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if str(row["version_id"]) in versions]


def _origin_lines(rows: list[Row]) -> list[Sequence[str]]:
    return [(row["version"], row["text"], *_words(row["entry"])) for row in rows]


def _words(entry: Row) -> Iterator[str]:
    words = words_of(_values(entry), key=entry["key"], is_active=True)
    yield from (words[name] for name in ("key", "area", "category", "text"))


def _origins_of_points(rows: list[Row]) -> Mapping[tuple[int, uuid.UUID], Mapping[str, Any]]:
    entries: dict[str, TypicalRisk] = {}
    found = {}
    for row in rows:
        key = row["entry"]["key"]
        entries[key] = entries.get(key) or entry_again(row["entry"])
        found[row["version_id"], uuid.UUID(str(row["point"]))] = {"library_entry": entries[key]}
    return found


# ---- what was confirmed ----


def _confirmed(cycle: Cycle) -> list[Row]:
    rows = list(NotApplicable.objects.filter(table__cycle=cycle).select_related("said_by"))
    entries = _entries({row.entry_id for row in rows})
    versions: dict[int, list[int]] = {}
    owners = {}
    for key, table, owner in (
        TableVersion.objects.filter(table__cycle=cycle).order_by("number").values_list("pk", "table_id", "owner_name")
    ):
        versions.setdefault(table, []).append(key)
        owners[table] = owner
    return [
        {
            "table": row.table_id,
            "versions": versions.get(row.table_id, []),
            "owner": owners.get(row.table_id, ""),
            "post": row.post_id,
            "post_name": row.post_name,
            "entry": entries[row.entry_id],
            "said_at": row.said_at,
            "said_by": person(row.said_by, row.said_at),
            "said_by_name": row.said_by_name,
        }
        for row in rows
    ]


def _confirmed_shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if versions & {str(key) for key in row["versions"]}]


def _confirmed_lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (row["owner"], row["post_name"], *_words(row["entry"]), row["said_by_name"], f"{day_of(row['said_at'])}")
        for row in rows
    ]


def _confirmed_again(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        insert(
            NotApplicable,
            row,
            table_id=row["table"],
            post=Post.objects.filter(pk=row["post"]).first(),
            entry=entry_again(row["entry"]),
            said_by=account(row["said_by"]),
        )


ENTRY = ("典型库编号", "领域", "风险类别", "典型风险")
ORIGINS = YearPart(
    "library_origins",
    "取自典型库的风险点",
    ("表", "风险点", *ENTRY),
    _origins,
    _origins_shown,
    _origin_lines,
    points=_origins_of_points,
)
CONFIRMED = YearPart(
    "library_not_applicable",
    "典型风险确认不适用",
    ("表", "岗位", *ENTRY, "确认人", "确认日期"),
    _confirmed,
    _confirmed_shown,
    _confirmed_lines,
    _confirmed_again,
)
