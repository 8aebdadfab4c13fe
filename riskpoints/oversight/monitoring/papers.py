"""监督检查记录表 of one check, and the 检查汇总 of a year, as they are printed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.enums import Level
from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Paper, printed_date
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.oversight.enums import CheckKind, Period
from riskpoints.oversight.monitoring import periods

SHEET_TITLE, LIST_TITLE = "监督检查记录表", "检查汇总"
# 267 mm together.
SHEET_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("岗位", 24),
    ListColumn("风险点", 52),
    ListColumn("等级", 17, is_centred=True),
    ListColumn("防控措施", 64),
    ListColumn("落实情况", 23, is_centred=True),
    ListColumn("检查方式", 27, is_centred=True),
    ListColumn("发现的问题及意见", 49),
)
LIST_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("部门", 32),
    ListColumn("检查种类", 28, is_centred=True),
    ListColumn("等级", 22, is_centred=True),
    ListColumn("检查时段", 23, is_centred=True),
    ListColumn("状态", 34, is_centred=True),
    ListColumn("落实", 14, is_centred=True),
    ListColumn("部分落实", 19, is_centred=True),
    ListColumn("未落实", 16, is_centred=True),
    ListColumn("未发生", 16, is_centred=True),
    ListColumn("检查人", 26),
    ListColumn("复核人", 26),
)


@dataclass(frozen=True)
class CheckedMeasure:
    """One row of the paper; the point is said beside its first measure only."""

    number: str
    post: str
    point: str
    level: str
    measure: str
    result: str
    seen: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.number, self.post, self.point, self.level, self.measure, self.result, self.seen, self.note,
        )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One check as the database or an archive tells it: plain values, names as they were then."""

    year: int
    department: str
    kind: str
    level: int
    period: str
    state: str
    duty: str
    checker: str
    recorder: str
    opinion: str
    reviewer: str
    reviewed_on: datetime.date | None
    review_note: str
    started_on: datetime.date
    measures: Sequence[CheckedMeasure]
    counts: tuple[int, int, int, int]

    @property
    def when(self) -> str:
        """The period with its days."""
        days = (periods.first_day(self.year, self.period), periods.last_day(self.year, self.period))
        first, last = (printed_date(day, "") for day in days)
        return f"{self.year}年{Period(self.period).label}（{first}至{last}）"

    @property
    def kind_words(self) -> str:
        return str(CheckKind(self.kind).label)

    @property
    def level_words(self) -> str:
        return str(Level(self.level).label)

    @property
    def reviewed(self) -> str:
        """Who reviewed it, when, and in which words."""
        if not self.reviewer:
            return ""
        note = f"：{self.review_note}" if self.review_note else ""
        return f"{self.reviewer}　{printed_date(self.reviewed_on, '')}{note}"


@dataclass(frozen=True, kw_only=True)
class CheckPaper(Paper):
    """监督检查记录表 of one check."""

    school_name: str
    told: Told


def sheet(told: Told, school: School) -> CheckPaper:
    """The paper of one check, dated by its review, else by its begin."""
    made_on = told.reviewed_on or told.started_on
    return CheckPaper(author=school.full_name, made_on=made_on, school_name=school.full_name, told=told)


def sheet_pdf(paper: CheckPaper) -> bytes:
    """监督检查记录表 as PDF/A-3u on A4 landscape; of a 部门自查 it says that it is one."""
    told = paper.told
    title = f"{SHEET_TITLE}（{told.kind_words}）"
    heads = [
        {"部门": told.department, "检查时段": told.when, "等级": told.level_words},
        {"责任领导": told.duty, "检查人": told.checker, "记录人": told.recorder},
    ]
    rows = [
        list(zip(SHEET_COLUMNS, (clean(text) for text in row.cells), strict=True)) for row in told.measures
    ]  # a row of cells that know their column
    foot = {"总的情况和意见": told.opinion, "复核": told.reviewed, "状态": told.state}
    context = {
        "paper": paper,
        "heading": title,
        "heads": [{name: clean(text) for name, text in line.items()} for line in heads],
        "foot": {name: clean(text) for name, text in foot.items() if text},
        "columns": SHEET_COLUMNS,
        "rows": rows,
        "running_title": f"{told.department}{SHEET_TITLE}",
        "words": wording,
    }
    said = f"{title}（{told.department}）"
    return render_pdf(
        "oversight/print/check_sheet.html", context, title=said, author=paper.author, made_on=paper.made_on
    )


def listing(year: int, found: Sequence[Told], school: School) -> Listing:
    """The 检查汇总 of a year."""
    rows = [
        (
            str(place),
            told.department,
            told.kind_words,
            told.level_words,
            str(Period(told.period).label),
            told.state,
            *(str(count) for count in told.counts),
            told.checker,
            told.reviewer,
        )
        for place, told in enumerate(found, start=1)
    ]
    totals = [sum(column) for column in zip(*(told.counts for told in found), strict=True)] or [0, 0, 0, 0]
    words = zip(("落实", "部分落实", "未落实", "本期未发生"), totals, strict=True)
    summary = f"共 {len(found)} 张检查表：{'，'.join(f'{word} {count} 项' for word, count in words)}。"
    return Listing(
        author=school.full_name,
        made_on=max((told.reviewed_on or told.started_on for told in found), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{LIST_TITLE}",
        summary=summary if found else "本年度还没有开始的检查。",
        columns=LIST_COLUMNS,
        rows=tuple(rows),
    )
