"""公示 in a year's record and archive: each period with its tables, and the way back."""

from collections.abc import Sequence

from riskpoints.evidence.year_facts import from_plain
from riskpoints.models import Cycle, Publication, PublishedVersion
from riskpoints.rules.enums import DayKind
from riskpoints.wings import FileOf, Person, Row, YearPart, person

FIELDS = (
    "title",
    "notice",
    "first",
    "last",
    "days",
    "day_kind",
    "is_gathered",
    "posted_at",
    "ended_on",
    "ended_reason",
)


def _facts(cycle: Cycle) -> list[Row]:
    rows = Publication.objects.filter(cycle=cycle).select_related("posted_by").prefetch_related("published__version")
    return [
        {name: getattr(row, name) for name in FIELDS}
        | {"posted_by": person(row.posted_by, row.posted_at), "tables": [_table(each) for each in row.published.all()]}
        for row in rows.order_by("first", "id")
    ]


def _table(row: PublishedVersion) -> Row:
    left = {"left_at": row.left_at, "left_reason": row.left_reason}
    return {"version_id": row.version_id, "owner": row.version.owner_name, **left}


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    kept = [row | {"tables": [each for each in row["tables"] if str(each["version_id"]) in versions]} for row in rows]
    return [row for row in kept if row["tables"]]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["title"],
            row["first"],
            row["last"],
            f"{row['days']} 个{DayKind(row['day_kind']).label}",
            "、".join(_named(each) for each in row["tables"]),
            f"{row['ended_on']}终止：{row['ended_reason']}" if row["ended_on"] else "",
        )
        for row in rows
    ]


def _named(table: Row) -> str:
    return f"{table['owner']}（{table['left_reason']}）" if table["left_at"] else str(table["owner"])


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        values = from_plain(Publication, row)
        publication = Publication(cycle=cycle, posted_by=account(row["posted_by"]), **values)
        publication.save_base(raw=True, force_insert=True)
        for each in row["tables"]:
            left = from_plain(PublishedVersion, each)
            PublishedVersion.objects.create(publication=publication, version_id=each["version_id"], **left)


HEADINGS = ("公示", "开始", "结束", "天数", "公示的表", "终止")
PART = YearPart("publications", "公示情况", HEADINGS, _facts, _shown, _lines, _restore)
