"""报送登记表 of a year, and 报送回执 of one sending, as they are printed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.campaign.enums import DeliveryState, Purpose, Way
from riskpoints.documents import wording
from riskpoints.documents.data import Paper
from riskpoints.documents.listing import ListColumn, Listing

REGISTER, SLIP = "报送登记表", "报送回执"
# 267 mm together.
COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("文件名称", 74),
    ListColumn("用途", 28),
    ListColumn("接收单位", 38),
    ListColumn("份数", 13, is_centred=True),
    ListColumn("方式", 20, is_centred=True),
    ListColumn("送出日期", 24, is_centred=True),
    ListColumn("签收人", 22),
    ListColumn("签收日期", 24, is_centred=True),
    ListColumn("状态", 13, is_centred=True),
)


@dataclass(frozen=True)
class DeliveryLine:
    """One sending as the database or an archive tells it."""

    title: str
    purpose: str
    to_unit: str
    copies: int
    way: str
    sent_on: datetime.date
    sent_by: str
    received_on: datetime.date | None
    received_by: str
    receipt_number: str
    state: str
    returned_reason: str


@dataclass(frozen=True, kw_only=True)
class DeliverySlip(Paper):
    """报送回执, to be signed by who receives the paper."""

    school_name: str
    line: DeliveryLine
    purpose: str
    way: str


def register(year: int, lines: Sequence[DeliveryLine], school: School) -> Listing:
    """报送登记表 of a year, in the order of the days."""
    rows = [
        (
            str(place),
            line.title,
            Purpose(line.purpose).label,
            line.to_unit,
            str(line.copies),
            Way(line.way).label,
            f"{line.sent_on}",
            line.received_by,
            f"{line.received_on or ''}",
            DeliveryState(line.state).label,
        )
        for place, line in enumerate(lines, start=1)
    ]
    received = sum(line.state == DeliveryState.RECEIVED for line in lines)
    return Listing(
        author=school.full_name,
        made_on=max((line.sent_on for line in lines), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{REGISTER}",
        summary=f"共报送 {len(lines)} 件，已回执 {received} 件。",
        columns=COLUMNS,
        rows=tuple(rows),
    )


def slip(line: DeliveryLine, school: School) -> DeliverySlip:
    """报送回执, dated by the day of sending."""
    return DeliverySlip(
        author=school.full_name,
        made_on=line.sent_on,
        school_name=school.full_name,
        line=line,
        purpose=Purpose(line.purpose).label,
        way=Way(line.way).label,
    )


def slip_pdf(paper: DeliverySlip) -> bytes:
    """报送回执 as PDF/A-3u on A4."""
    context = {"paper": paper, "words": wording, "running_title": SLIP}
    title = f"{SLIP}（{paper.line.title}）"
    template = "campaign/print/delivery_slip.html"
    return render_pdf(template, context, title=title, author=paper.author, made_on=paper.made_on)
