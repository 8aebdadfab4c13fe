"""Who cooperates at a year's points and what they said of them, in its record and archive, and the way back (R55)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from riskcontrol.triggers import FreezeRule
from riskpoints.archives.rows import departments_of, insert
from riskpoints.evidence.year_facts import day_of
from riskpoints.models import Cycle, RiskPoint
from riskpoints.participation.enums import CoReply
from riskpoints.participation.models import CoAnswer
from riskpoints.wings import FileOf, Person, Row, YearPart, person

FREEZE = FreezeRule("co_answer", CoAnswer._meta.db_table, "UPDATE", "1 = 1", "配合部门的答复只增不改。")
ANSWER = ("point_identity", "point_text", "said", "department_name", "reply", "reason", "replied_by_name", "replied_at")
HEADINGS = ("表", "风险点", "配合部门", "答复", "不同意见", "答复人", "时间")


def _facts(cycle: Cycle) -> list[Row]:
    rows = CoAnswer.objects.filter(version__table__cycle=cycle).select_related("version", "replied_by")
    return [
        {name: getattr(row, name) for name in ANSWER}
        | {
            "version_id": row.version_id,
            "owner": row.version.owner_name,
            "department": row.department_id,
            "replied_by": person(row.replied_by, row.replied_at),
        }
        for row in rows.order_by("replied_at", "id")
    ]


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if str(row["version_id"]) in versions]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["owner"],
            row["point_text"],
            row["department_name"],
            CoReply(row["reply"]).label,
            row["reason"],
            row["replied_by_name"],
            f"{day_of(row['replied_at'])}",
        )
        for row in rows
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        who = {"replied_by": account(row["replied_by"]), "department_id": row["department"]}
        insert(CoAnswer, row, version_id=row["version_id"], **who)


PART = YearPart("co_answers", "配合部门的答复", HEADINGS, _facts, _shown, _lines, _restore, departments_of)


def _key_facts(cycle: Cycle) -> list[Row]:
    """Which departments the names on a point mean: what is decided are the names."""
    rows = RiskPoint.objects.filter(version__table__cycle=cycle).exclude(co_departments="")
    found = rows.order_by("version_id", "order", "id").values_list("version_id", "identity", "co_department_keys")
    return [{"version_id": version, "point": identity, "departments": keys} for version, identity, keys in found]


def _of_points(rows: list[Row]) -> Mapping[tuple[int, uuid.UUID], Mapping[str, Any]]:
    return {
        (row["version_id"], uuid.UUID(str(row["point"]))): {"co_department_keys": row["departments"]} for row in rows
    }


def _named(rows: list[Row]) -> frozenset[int]:
    return frozenset(key for row in rows for key in row["departments"])


# It has no sheet of its own: the names stand in the table.
POINTS = YearPart("co_departments", "配合部门", (), _key_facts, _shown, departments=_named, points=_of_points)
PARTS = (PART, POINTS)
