"""问题整改台账 of a year, and 处置卷: where the papers about persons lie, for the committee alone."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import School
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.oversight.enums import FindingState, HandlingKind, HandlingState, Source
from riskpoints.oversight.models.finding import OVER_FINDING

TITLE, VOLUME = "问题整改台账", "处置卷目录"
# 267 mm together, each.
COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("编号", 24, is_centred=True),
    ListColumn("问题", 60),
    ListColumn("来源", 20, is_centred=True),
    ListColumn("部门", 23),
    ListColumn("整改措施", 46),
    ListColumn("责任人", 24),
    ListColumn("整改时限", 21, is_centred=True),
    ListColumn("完成情况", 17, is_centred=True),
    ListColumn("销号", 21, is_centred=True),
)
VOLUME_COLUMNS = (
    ListColumn("序号", 14, is_centred=True),
    ListColumn("编号", 38, is_centred=True),
    ListColumn("处置方式", 34, is_centred=True),
    ListColumn("日期", 31, is_centred=True),
    ListColumn("状态", 30, is_centred=True),
    ListColumn("纸质件编号", 55),
    ListColumn("存放处", 65),
)
EMPTY = "本年度还没有登记的问题。"
EMPTY_VOLUME = "本年度还没有涉及个人的处置。"
NOT_FOR_OTHERS = "仅供纪委保管使用，不归入年度档案，不外传。"
# How far a finding that is not over has come, by its last handling.
UNDER_WAY = {
    HandlingState.DRAFTED: "拟办中",
    HandlingState.ISSUED: "待签收",
    HandlingState.RECEIVED: "整改中",
    HandlingState.REPLIED: "待核查",
    HandlingState.AGAIN: "重新整改",
    HandlingState.CLOSED: "已整改",
    HandlingState.ESCALATED: "已升级",
    HandlingState.TRANSFERRED: "已移交",
}


@dataclass(frozen=True)
class LedgerLine:
    """One finding with what its department does about it; `closed_on` is the day on which it was over."""

    number: str
    text: str
    source: str
    source_number: str
    department: str
    state: str
    measures: str = ""
    responsible: str = ""
    due: datetime.date | None = None
    handling: str = ""
    handling_state: str = ""
    to_whom: str = ""
    closed_on: datetime.date | None = None

    @property
    def progress(self) -> str:
        """完成情况 in a few words."""
        if self.state in OVER_FINDING:
            return str(FindingState(self.state).label) if self.state != FindingState.CLOSED else "已完成"
        return UNDER_WAY.get(HandlingState(self.handling_state), "待处置") if self.handling_state else "待处置"

    @property
    def closing(self) -> str:
        """销号: the day, or that it is not."""
        if self.state == FindingState.CLOSED:
            return f"{self.closed_on}"
        if self.state == FindingState.PASSED_ON:
            return f"转{self.to_whom}"
        return "不需销号" if self.state == FindingState.DROPPED else "未销号"


@dataclass(frozen=True)
class VolumeLine:
    """One handling of a person's matter, without the person."""

    number: str
    kind: int
    day: datetime.date
    state: str
    paper_number: str
    keeping_place: str


def listing(year: int, rows: Sequence[LedgerLine], school: School) -> Listing:
    """问题整改台账 of a year, with how many are over; dated by the last that is, else by the end of the year."""
    return Listing(
        author=school.full_name,
        made_on=max((row.closed_on for row in rows if row.closed_on), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{TITLE}",
        summary=_summary(rows),
        columns=COLUMNS,
        rows=tuple(
            (
                str(place),
                row.number,
                row.text,
                " ".join(filter(None, [str(Source(row.source).label), row.source_number])),
                row.department,
                row.measures,
                row.responsible,
                f"{row.due or ''}",
                row.progress,
                row.closing,
            )
            for place, row in enumerate(rows, start=1)
        ),
    )


def _summary(rows: Sequence[LedgerLine]) -> str:
    if not rows:
        return EMPTY
    closed, dropped, passed_on = (
        sum(row.state == state for row in rows)
        for state in (FindingState.CLOSED, FindingState.DROPPED, FindingState.PASSED_ON)
    )
    rest = len(rows) - closed - dropped - passed_on
    said = [f"已销号 {closed} 件", f"未销号 {rest} 件"]
    said += [f"不予处置 {dropped} 件"] if dropped else []
    said += [f"转办 {passed_on} 件"] if passed_on else []
    return f"共登记 {len(rows)} 件问题：{'，'.join(said)}。"


def volume(year: int, rows: Sequence[VolumeLine], school: School) -> Listing:
    """处置卷目录 of a year, for the committee only: where each paper about a person lies; no names, never archived."""
    return Listing(
        author=school.full_name,
        made_on=max((row.day for row in rows), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{VOLUME}",
        summary=f"共 {len(rows)} 件。{NOT_FOR_OTHERS}" if rows else EMPTY_VOLUME,
        columns=VOLUME_COLUMNS,
        rows=tuple(
            (
                str(place),
                row.number,
                str(HandlingKind(row.kind).label),
                f"{row.day}",
                row.state,
                row.paper_number,
                row.keeping_place,
            )
            for place, row in enumerate(rows, start=1)
        ),
    )
