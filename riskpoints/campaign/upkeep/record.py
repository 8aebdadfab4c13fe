"""复核 on the pages of a table, in its archive, and the way back."""

from collections.abc import Sequence

from departments.models import User
from riskpoints.archives.rows import insert
from riskpoints.campaign.models import LookThrough
from riskpoints.campaign.permissions import CampaignAction, can
from riskpoints.campaign.upkeep import queries
from riskpoints.evidence.year_facts import day_of
from riskpoints.models import Cycle, TableVersion
from riskpoints.wings import FileOf, Panel, Person, Row, YearPart, person


def for_the_table(user: User, version: TableVersion) -> Panel | None:
    """Beside a table in force and its history: who looked through it, and that it is to be looked through."""
    now = queries.of(version)
    done = list(LookThrough.objects.filter(version__table=version.table).order_by("-at", "-id"))
    may_do = bool(now and not now.is_revised and can(user, CampaignAction.LOOK_THROUGH, version))
    if not done and not may_do:
        return None
    return Panel("campaign/_upkeep.html", {"now": now, "done": done, "version": version, "may_do": may_do})


def _facts(cycle: Cycle) -> list[Row]:
    rows = LookThrough.objects.filter(version__table__cycle=cycle)
    return [
        {"id": row.pk, "version_id": row.version_id, "owner": row.version.owner_name, "number": row.version.number}
        | {"note": row.note, "at": row.at, "by_name": row.by_name, "by": person(row.by, row.at)}
        for row in rows.select_related("by", "version__table__department", "version__table__cycle")
    ]


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if str(row["version_id"]) in versions]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [(row["owner"], f"第{row['number']}版", f"{day_of(row['at'])}", row["by_name"], row["note"]) for row in rows]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        insert(LookThrough, row, version_id=row["version_id"], by=account(row["by"]))


HEADINGS = ("部门", "版本", "日期", "复核人", "复核情况")
PART = YearPart("look_throughs", "定期复核", HEADINGS, _facts, _shown, _lines, _restore)
