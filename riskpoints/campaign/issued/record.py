"""发文登记 in a year's archive, and the way back."""

from collections.abc import Sequence
from functools import partial

from django.db.models import QuerySet

from departments.models import School
from riskpoints.archives.rows import insert
from riskpoints.campaign.issued import papers
from riskpoints.campaign.issued.papers import IssuedLine
from riskpoints.campaign.issued.services import WORDS
from riskpoints.campaign.models import IssuedDocument
from riskpoints.campaign.models.issued import number
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle
from riskpoints.wings import FileOf, PartFile, PartPaper, Person, Row, YearPart, person

NUMBER = ("prefix", "year", "sequence")
FIELDS = ("id", *NUMBER, *WORDS, "file_name", "void_reason", "recorded_by_name", "recorded_at")


def issued(cycle: Cycle) -> QuerySet[IssuedDocument]:
    """What was issued of a year, the last number first."""
    return IssuedDocument.objects.filter(cycle=cycle).select_related("cycle")


def lines(cycle: Cycle) -> list[IssuedLine]:
    """The same in the order of the numbers, as values."""
    return list(map(_line, _facts(cycle)))


def _facts(cycle: Cycle) -> list[Row]:
    rows = issued(cycle).select_related("recorded_by", "file").defer("file__content")
    return [
        {name: getattr(row, name) for name in FIELDS}
        | {"recorded_by": person(row.recorded_by, row.recorded_at), "file": row.file and row.file.sha256}
        | {"of_year": cycle.year}
        for row in rows.order_by(*NUMBER)
    ]


def _line(row: Row) -> IssuedLine:
    names = ("title", "main_to", "copy_to", "copies", "void_reason")
    return IssuedLine(
        number=number(*(row[name] for name in NUMBER)),
        issued_on=read_day(row["issued_on"]),
        **{name: row[name] for name in names},
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            told.number,
            told.title,
            told.main_to,
            told.copy_to,
            str(told.copies),
            f"{told.issued_on}",
            told.void_reason,
        )
        for told in map(_line, rows)
    ]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    told = list(map(_line, rows))
    # What was issued before New Year or after it belongs to the year that it was registered in all the same.
    year = rows[0]["of_year"]
    paper = papers.register(year, told, school)
    make = partial(listing_pdf, paper)
    return [
        PartPaper(papers.REGISTER, f"{year}年度{papers.REGISTER}", paper.made_on or told[-1].issued_on, paper, make)
    ]


def _files(rows: list[Row]) -> list[PartFile]:
    found = []
    for row in rows:
        if row["file"]:
            stem, _, suffix = row["file_name"].rpartition(".")
            found.append(PartFile(f"{number(*(row[name] for name in NUMBER))}_{stem}", suffix, row["file"]))
    return found


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        who, token = account(row["recorded_by"]), f"archive-{cycle.year}-{row['id']}"
        file = file_of(row["file"]) if row["file"] else None
        insert(IssuedDocument, row, cycle=cycle, recorded_by=who, file=file, token=token)


HEADINGS = ("文号", "标题", "主送", "抄送", "共印", "印发日期", "作废原因")
# What was issued is about no version: an archive shows all of it.
PART = YearPart(
    "issued", papers.REGISTER, HEADINGS, _facts, lines=_lines, restore=_restore, papers=_papers, files=_files
)
