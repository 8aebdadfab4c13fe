"""考核评分表 of one department and 考核结果汇总表 of a year, as they are printed; a veto in words, without the case."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Paper, printed_date
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.oversight.assessment.barring import WORDS

SHEET_TITLE, LIST_TITLE = "考核评分表", "考核结果汇总表"
# 267 mm together, each.
SHEET_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("项目", 26),
    ListColumn("考核内容", 48),
    ListColumn("评分标准", 48),
    ListColumn("分值", 13, is_centred=True),
    ListColumn("自评分", 16, is_centred=True),
    ListColumn("自评说明或计算过程", 61),
    ListColumn("核准分", 16, is_centred=True),
    ListColumn("核分理由", 28),
)
LIST_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("部门", 32),
    ListColumn("部门负责人", 26),
    ListColumn("状态", 18, is_centred=True),
    ListColumn("自评分", 17, is_centred=True),
    ListColumn("核准分", 17, is_centred=True),
    ListColumn("按分等次", 20, is_centred=True),
    ListColumn("最终等次", 20, is_centred=True),
    ListColumn("审定日期", 24, is_centred=True),
    ListColumn("会议纪要", 30),
    ListColumn("说明", 52),
)


@dataclass(frozen=True)
class ToldItem:
    """One indicator with its scores, as the paper says them."""

    order: str
    group: str
    text: str
    guide: str
    weight: str
    self_score: str
    words: str
    score: str
    reasons: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.order, self.group, self.text, self.guide, self.weight, self.self_score, self.words, self.score,
            self.reasons,
        )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One assessment as the database or an archive tells it: plain values, names as they were then."""

    year: int
    department: str
    head: str
    # Of one of several heads of a year: on which days.
    days: str
    state: str
    self_score: str
    reviewed_score: str
    # How each of the two was summed up.
    self_words: str
    reviewed_words: str
    grade_by_score: str
    final_grade: str
    decided_on: datetime.date | None
    minutes_number: str
    is_barred: bool
    # (what the meeting or an earlier correction said, what it was corrected to, the day)
    corrections: Sequence[tuple[str, str, datetime.date]]
    begun_on: datetime.date
    items: Sequence[ToldItem]

    @property
    def remarks(self) -> str:
        """What stands beside the grade: the veto without its case, and each correction."""
        said = [WORDS] if self.is_barred else []
        said += [f"{printed_date(day, '')}更正：{before}→{after}" for before, after, day in self.corrections]
        return "；".join(said)

    @property
    def whose(self) -> str:
        """The head, with the days where there were several."""
        return f"{self.head}（{self.days}）" if self.days else self.head

    @property
    def day(self) -> datetime.date:
        return self.decided_on or self.begun_on


@dataclass(frozen=True, kw_only=True)
class AssessmentPaper(Paper):
    """考核评分表 of one department."""

    school_name: str
    told: Told


def days(year: int, since: datetime.date | None, until: datetime.date | None) -> str:
    """1月1日至3月31日; nothing of a head who is judged on all of the year."""
    if since is None and until is None:
        return ""
    first, last = since or datetime.date(year, 1, 1), until or datetime.date(year, 12, 31)
    return f"{first.month}月{first.day}日至{last.month}月{last.day}日"


def sheet(told: Told, school: School) -> AssessmentPaper:
    """The paper of one assessment, dated by the meeting, else by its begin."""
    return AssessmentPaper(author=school.full_name, made_on=told.day, school_name=school.full_name, told=told)


def sheet_pdf(paper: AssessmentPaper) -> bytes:
    """考核评分表 as PDF/A-3u on A4 landscape."""
    told = paper.told
    head = {"部门": told.department, "部门负责人": told.whose, "年度": f"{told.year}年", "状态": told.state}
    rows = [
        list(zip(SHEET_COLUMNS, (clean(text) for text in item.cells), strict=True)) for item in told.items
    ]  # a row of cells that know their column
    scores = {"自评分": _summed(told.self_score, told.self_words)}
    scores["核准分"] = _summed(told.reviewed_score, told.reviewed_words)
    grades = {"按分等次": told.grade_by_score, "最终等次": told.final_grade, "说明": told.remarks}
    meeting = {"审定会议": f"{printed_date(told.decided_on, '')}　{told.minutes_number}" if told.decided_on else ""}
    lines = [{name: clean(text) for name, text in line.items() if text} for line in (scores, grades, meeting)]
    context = {
        "paper": paper,
        "heading": f"{told.year}年度{SHEET_TITLE}",
        "head": {name: clean(text) for name, text in head.items()},
        "feet": [line for line in lines if line],
        "columns": SHEET_COLUMNS,
        "rows": rows,
        "running_title": f"{told.department}{SHEET_TITLE}",
        "words": wording,
    }
    said = f"{told.year}年度{SHEET_TITLE}（{told.department}）"
    return render_pdf(
        "oversight/print/assessment.html", context, title=said, author=paper.author, made_on=paper.made_on
    )


def _summed(score: str, words: str) -> str:
    return f"{score}（{words}）" if score and words else score


def listing(year: int, found: Sequence[Told], school: School) -> Listing:
    """The 考核结果汇总表 of a year."""
    rows = [
        (
            str(place),
            told.department,
            told.whose,
            told.state,
            told.self_score,
            told.reviewed_score,
            told.grade_by_score,
            told.final_grade,
            f"{told.decided_on}" if told.decided_on else "",
            told.minutes_number,
            told.remarks,
        )
        for place, told in enumerate(found, start=1)
    ]
    grades = [told.final_grade for told in found if told.final_grade]
    counts = "，".join(f"{grade} {grades.count(grade)} 个" for grade in dict.fromkeys(sorted(grades)))
    departments = len({told.department for told in found})
    heads = f"（{len(found)} 位负责人）" if len(found) > departments else ""
    summary = f"共 {departments} 个部门{heads}，已审定 {len(grades)} 个{f'：{counts}' if counts else ''}。"
    return Listing(
        author=school.full_name,
        made_on=max((told.day for told in found), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{LIST_TITLE}",
        summary=summary if found else "本年度还没有开始考核。",
        columns=LIST_COLUMNS,
        rows=tuple(rows),
    )
