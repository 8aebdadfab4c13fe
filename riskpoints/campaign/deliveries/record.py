"""Deliveries in a year's archive, and the way back; their figures."""

from collections.abc import Sequence
from functools import partial

from departments.models import School, User
from riskpoints.archives.rows import insert
from riskpoints.campaign.deliveries import papers, queries
from riskpoints.campaign.deliveries.papers import DeliveryLine
from riskpoints.campaign.enums import DeliveryState, Purpose
from riskpoints.campaign.models import Delivery
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle
from riskpoints.wings import Figure, FileOf, PartPaper, Person, Row, YearPart, person

FIELDS = (
    "id",
    "title",
    "purpose",
    "to_unit",
    "copies",
    "way",
    "sent_on",
    "sent_by_name",
    "recorded_at",
    "state",
    "received_on",
    "received_by",
    "receipt_number",
    "returned_reason",
)


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How much was sent and how much has a receipt."""
    states = list(Delivery.objects.filter(cycle=cycle).values_list("state", flat=True))
    if not states:
        return []
    return [Figure("报送", f"{len(states)} 件，已回执 {states.count(DeliveryState.RECEIVED)} 件")]


def line(row: Delivery) -> DeliveryLine:
    """One sending as values."""
    return _line(_fact(row))


def lines(cycle: Cycle) -> list[DeliveryLine]:
    """What was sent of a year, in the order of the days."""
    return [line(row) for row in queries.deliveries(cycle).order_by("sent_on", "id")]


def _facts(cycle: Cycle) -> list[Row]:
    return [_fact(row) for row in queries.deliveries(cycle).order_by("sent_on", "id")]


def _fact(row: Delivery) -> Row:
    told = {name: getattr(row, name) for name in FIELDS}
    # A year that was recorded before there was a register of what was issued says nothing of it.
    told |= {"issued_id": row.issued_id} if row.issued_id else {}
    sent_by = person(row.sent_by, row.recorded_at)
    return told | {"version_id": row.version_id, "sent_by": sent_by, "of_year": row.cycle.year}


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if row["version_id"] is None or str(row["version_id"]) in versions]


def _line(row: Row) -> DeliveryLine:
    names = ("title", "purpose", "to_unit", "copies", "way", "received_by", "receipt_number", "state")
    return DeliveryLine(
        **{name: row[name] for name in names},
        sent_on=read_day(row["sent_on"]),
        sent_by=row["sent_by_name"],
        received_on=row["received_on"] and read_day(row["received_on"]),
        returned_reason=row["returned_reason"],
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            told.title,
            Purpose(told.purpose).label,
            told.to_unit,
            str(told.copies),
            f"{told.sent_on}",
            told.sent_by,
            told.received_by,
            f"{told.received_on or ''}",
            told.receipt_number,
            DeliveryState(told.state).label + (f"：{told.returned_reason}" if told.returned_reason else ""),
        )
        for told in map(_line, rows)
    ]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    told = list(map(_line, rows))
    # Many of a year's tables are sent after New Year; years recorded before that was told go by the last day.
    year = rows[0].get("of_year") or max(one.sent_on for one in told).year
    paper = papers.register(year, told, school)
    make = partial(listing_pdf, paper)
    return [PartPaper(papers.REGISTER, f"{year}年度{papers.REGISTER}", paper.made_on or told[-1].sent_on, paper, make)]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        who, issued = account(row["sent_by"]), row.get("issued_id")
        insert(Delivery, row, cycle=cycle, version_id=row["version_id"], issued_id=issued, sent_by=who)


HEADINGS = ("文件名称", "用途", "接收单位", "份数", "送出日期", "经办人", "签收人", "签收日期", "回执编号", "状态")
PART = YearPart("deliveries", "报送登记", HEADINGS, _facts, _shown, _lines, _restore, papers=_papers)
