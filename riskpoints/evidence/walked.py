"""逐条核对 in a year's record and archive: who found what of each point of last year's table, and the way back."""

import uuid
from collections.abc import Sequence

from riskpoints.enums import WalkKind
from riskpoints.evidence.year_facts import day_of, from_plain
from riskpoints.models import Cycle, RiskPoint, WalkAnswer
from riskpoints.wings import FileOf, Person, Row, YearPart, person

GONE = "（不再列入本表）"


def _facts(cycle: Cycle) -> list[Row]:
    rows = WalkAnswer.objects.filter(version__table__cycle=cycle).select_related("version", "author")
    points = RiskPoint.objects.filter(version__in=rows.values("version"))
    now = {tuple(key): text for *key, text in points.values_list("version", "identity", "text")}
    return [
        {"version_id": row.version_id, "owner": row.version.owner_name, "number": row.version.number}
        | {"point": row.point_identity, "kind": row.kind, "text": row.text, "reason": row.reason}
        | {"now": now.get((row.version_id, row.point_identity), "")}
        | {"author": person(row.author, row.at), "author_name": row.author_name, "at": row.at}
        for row in rows.order_by("id")
    ]


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    """Without what a draft said on its way: why a point went, what one said when it was looked at; `now` is what the
    version in force says."""
    return [row | {"reason": "", "text": row["now"]} for row in rows if str(row["version_id"]) in versions]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["owner"],
            f"第 {row['number']} 版",
            row["now"] or GONE,
            str(WalkKind(row["kind"]).label),
            row["author_name"],
            f"{day_of(row['at'])}",
        )
        for row in rows
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        values = from_plain(WalkAnswer, row) | {"point_identity": uuid.UUID(row["point"])}
        answer = WalkAnswer(version_id=row["version_id"], author=account(row["author"]), **values)
        answer.save_base(raw=True, force_insert=True)


HEADINGS = ("部门", "版本", "风险点", "核对结果", "核对人", "日期")
PART = YearPart("walk", "逐条核对", HEADINGS, _facts, _shown, _lines, _restore)
