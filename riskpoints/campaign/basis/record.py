"""依据文件 of a year: what it cites on a day, its archive, and the way back."""

import datetime
from collections.abc import Sequence

from departments.models import User
from riskpoints.archives.rows import insert
from riskpoints.campaign.models import BasisDocument
from riskpoints.campaign.models.basis import WORDS, citation
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle, TableVersion
from riskpoints.wings import FileOf, Panel, PartFile, Person, Row, YearPart, person

FIELDS = ("id", "identity", *WORDS, "file_name", "cited_from", "ended_on", "recorded_by_name", "recorded_at")


def cited(rows: list[Row], day: datetime.date | None) -> list[str]:
    """How the year cites its documents on a day; without a day, those that it cited to its end."""
    return [citation(row["title"], row["number"], row["cited_as"]) for row in rows if _is_cited(row, day)]


def for_everybody(user: User, version: TableVersion) -> Panel | None:
    """What the table's 公示稿 cites, on its public page."""
    documents = cited(_facts(version.table.cycle), version.publish_from) if version.publish_from else []
    return Panel("campaign/_cited.html", documents) if documents else None


def _is_cited(row: Row, day: datetime.date | None) -> bool:
    ended = row["ended_on"] and read_day(row["ended_on"])
    if day is None:
        return not ended
    return read_day(row["cited_from"]) <= day and (not ended or day < ended)


def _facts(cycle: Cycle) -> list[Row]:
    rows = BasisDocument.objects.filter(cycle=cycle).select_related("recorded_by", "file").defer("file__content")
    return [
        {name: getattr(row, name) for name in FIELDS}
        | {"recorded_by": person(row.recorded_by, row.recorded_at), "file": row.file and row.file.sha256}
        for row in rows
    ]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["title"],
            row["number"],
            row["issuer"],
            f"{row['issued_on'] or ''}",
            citation(row["title"], row["number"], row["cited_as"]),
            f"{row['cited_from']}",
            f"{row['ended_on'] or ''}",
        )
        for row in rows
    ]


def _files(rows: list[Row]) -> list[PartFile]:
    """Each file once, though several rows of one document share it."""
    found = {row["file"]: row["file_name"].rpartition(".") for row in rows if row["file"]}
    return [PartFile(stem, suffix, sha256) for sha256, (stem, _, suffix) in found.items()]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        who, token = account(row["recorded_by"]), f"archive-{cycle.year}-{row['id']}"
        file = file_of(row["file"]) if row["file"] else None
        insert(BasisDocument, row, cycle=cycle, recorded_by=who, file=file, token=token)


HEADINGS = ("文件名称", "文号", "发文单位", "发文日期", "引用写法", "开始引用", "停止引用")
# What a year rests on is about no version: an archive shows all of it.
PART = YearPart("basis", "依据文件", HEADINGS, _facts, lines=_lines, restore=_restore, files=_files, cited=cited)
