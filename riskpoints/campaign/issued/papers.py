"""发文登记表 of a year, as it is printed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import School
from riskpoints.documents.listing import ListColumn, Listing

REGISTER = "发文登记表"
# 267 mm together.
COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("文号", 45),
    ListColumn("标题", 82),
    ListColumn("主送", 38),
    ListColumn("抄送", 34),
    ListColumn("共印", 13, is_centred=True),
    ListColumn("印发日期", 24, is_centred=True),
    ListColumn("备注", 20),
)


@dataclass(frozen=True)
class IssuedLine:
    """One document as the database or an archive tells it."""

    number: str
    title: str
    main_to: str
    copy_to: str
    copies: int
    issued_on: datetime.date
    void_reason: str


def register(year: int, lines: Sequence[IssuedLine], school: School) -> Listing:
    """发文登记表 of a year, in the order of the numbers."""
    rows = [
        (
            str(place),
            line.number,
            line.title,
            line.main_to,
            line.copy_to,
            str(line.copies),
            f"{line.issued_on}",
            f"作废：{line.void_reason}" if line.void_reason else "",
        )
        for place, line in enumerate(lines, start=1)
    ]
    void = sum(bool(line.void_reason) for line in lines)
    return Listing(
        author=school.full_name,
        made_on=max((line.issued_on for line in lines), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{REGISTER}",
        summary=f"共发文 {len(lines)} 件" + (f"，其中作废 {void} 件。" if void else "。"),
        columns=COLUMNS,
        rows=tuple(rows),
    )
