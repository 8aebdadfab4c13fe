"""预警通知书, 整改通知书, 整改情况回告表 and the blank 谈话记录 as they are printed (R44–R46)."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Mark, Paper, printed_date
from riskpoints.oversight.enums import TALKS, HandlingKind
from riskpoints.oversight.models import Handling

REPLY_SHEET, TALK_RECORD = "整改情况回告表", "谈话记录"
TITLES: Mapping[int, str] = {
    HandlingKind.REMIND: "廉政风险预警（提醒）通知书",
    HandlingKind.CORRECT: "廉政风险预警（纠错）通知书",
    HandlingKind.RECTIFY: "整改通知书",
}
OPENING = "根据《关于开展廉政风险防控管理工作的实施意见》中“后期处置”的要求，{}"
# Of a department, of a person.
SAID: Mapping[int, tuple[str, str]] = {
    HandlingKind.REMIND: ("现就下列有廉政风险表现的事项提醒你部门。", "现就下列事项对你进行提醒。"),
    HandlingKind.CORRECT: ("请你部门及时纠正下列事项。", "请你及时纠正下列事项。"),
    HandlingKind.RECTIFY: ("现将发现的问题通知你部门，请认真整改。", ""),
}
DUE = "请于{}前签收并交回签收回执，于{}前回告原因剖析、整改措施、责任人和完成时限。以上时限均含当日。"
# The document's own sentence (R47).
PURSUED = "对整改不力，群众仍有反映的，按照相关规定予以追究。"
FIGURES = "一二三四"
BLANK_DAY = "　　　　年　　月　　日"
# A round with more characters than that does not stand on one page.
ONE_PAGE = 900


@dataclass(frozen=True)
class ToldFinding:
    """What of a finding stands on a notice."""

    number: str
    text: str


@dataclass(frozen=True)
class Round:
    """One 回告 and how it was verified; a day or a name that is not there yet is empty."""

    number: int
    causes: str
    measures: str
    responsible: str
    done_by: datetime.date | None
    replied_by: str
    replied_on: datetime.date
    is_late: bool
    is_recorded: bool
    files: tuple[str, ...] = ()
    how: str = ""
    is_accepted: bool | None = None
    new_due: datetime.date | None = None
    verified_by: str = ""
    verified_on: datetime.date | None = None


@dataclass(frozen=True)
class Told:
    """One handling as the database or an archive tells it: plain values, names as they were then.

    `person` stands for matters about a person alone; of those neither findings nor a demand are told (T22).
    `first_due` is the 回告时限 as the notice said it, `reply_due` the one that counts now.
    """

    number: str
    kind: int
    department: str
    summary: str
    state: str
    drafted_on: datetime.date
    person: str = ""
    demand: str = ""
    findings: Sequence[ToldFinding] = ()
    approved_by: str = ""
    issued_on: datetime.date | None = None
    receipt_due: datetime.date | None = None
    received_on: datetime.date | None = None
    first_due: datetime.date | None = None
    reply_due: datetime.date | None = None
    rounds: Sequence[Round] = ()

    @property
    def title(self) -> str:
        """What its notice is called; empty for a kind without one (talks, admonitions, transfers)."""
        return TITLES.get(self.kind, "")

    @property
    def has_notice(self) -> bool:
        return bool(self.title)

    @property
    def has_reply_sheet(self) -> bool:
        """Whether there is a 整改情况回告表: of a department that was told something."""
        return self.has_notice and not self.person

    @property
    def has_talk_record(self) -> bool:
        return self.kind in TALKS


@dataclass(frozen=True, kw_only=True)
class NoticePaper(Paper):
    """A notice with its receipt: `sections` are headings with their paragraphs."""

    school_name: str
    title: str
    number: str
    to: str
    opening: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    issued_on: datetime.date | None
    is_personal: bool


@dataclass(frozen=True, kw_only=True)
class ReplyPaper(Paper):
    """整改情况回告表 of a department; without rounds it is there to be written by hand."""

    school_name: str
    told: Told


@dataclass(frozen=True, kw_only=True)
class TalkPaper(Paper):
    """谈话记录, empty but for its number, whose it is, and the day on which it was given out; never a name (T22)."""

    school_name: str
    number: str
    issued_on: datetime.date | None


def offered(handling: Handling) -> list[tuple[str, str]]:
    """The papers that there are of a handling, by the word in their address, with their titles."""
    found = []
    if handling.kind in TITLES:
        found.append(("notice", TITLES[handling.kind]))
        found += [] if handling.is_personal else [("reply", REPLY_SHEET)]
    return [*found, ("talk", TALK_RECORD)] if handling.kind in TALKS else found


def notice(told: Told, school: School) -> NoticePaper:
    """预警通知书 or 整改通知书 as it was sent out; one that is not yet is a 草稿 with blank days.

    ValueError for a kind that has none.
    """
    if not told.has_notice:
        raise ValueError(f"A handling of kind {told.kind} has no notice.")
    parts = [("事由", _paragraphs(told.summary))]
    if not told.person:
        parts += [("问题", _numbered(told.findings)), ("要求", _paragraphs(told.demand))]
    parts.append(("时限", _deadlines(told)))
    sections = [(f"{figure}、{heading}", texts) for figure, (heading, texts) in zip(FIGURES, parts, strict=False)]
    return NoticePaper(
        author=school.full_name,
        made_on=told.issued_on or told.drafted_on,
        mark=Mark.FINAL if told.issued_on else Mark.DRAFT,
        school_name=school.full_name,
        title=told.title,
        number=told.number,
        to=f"{told.person}同志" if told.person else told.department,
        opening=OPENING.format(SAID[told.kind][bool(told.person)]),
        sections=tuple(sections),
        issued_on=told.issued_on,
        is_personal=bool(told.person),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _numbered(findings: Sequence[ToldFinding]) -> tuple[str, ...]:
    """Each behind its number, and its place in the list where there are several."""
    many = len(findings) > 1
    return tuple(
        f"{f'{place}．' if many else ''}（{row.number}）{row.text}" for place, row in enumerate(findings, start=1)
    )


def _deadlines(told: Told) -> tuple[str, ...]:
    days = [printed_date(day, BLANK_DAY) for day in (told.receipt_due, told.first_due)]
    return (DUE.format(*days), *([PURSUED] if told.kind == HandlingKind.RECTIFY else []))


def notice_pdf(paper: NoticePaper) -> bytes:
    """A notice as PDF/A-3u on A4, its receipt below the line to cut along."""
    sections = [(heading, [clean(text) for text in texts]) for heading, texts in paper.sections]
    return _printed("notice", paper.title, paper.number, paper, {"sections": sections, "to": clean(paper.to)})


def reply_sheet(told: Told, school: School) -> ReplyPaper:
    """整改情况回告表, dated by what was done last; ValueError where there is none (persons, talks, transfers)."""
    if not told.has_reply_sheet:
        raise ValueError(f"{told.number} has no reply sheet.")
    days = [day for row in told.rounds for day in (row.replied_on, row.verified_on) if day is not None]
    made_on = max(days, default=told.issued_on or told.drafted_on)
    return ReplyPaper(author=school.full_name, made_on=made_on, school_name=school.full_name, told=told)


def reply_sheet_pdf(paper: ReplyPaper) -> bytes:
    """整改情况回告表 as PDF/A-3u on A4; each round is a table of its own."""
    context = {
        "summary": clean(paper.told.summary),
        "findings": "、".join(row.number for row in paper.told.findings),
        "rounds": [_round(row) for row in paper.told.rounds],
    }
    return _printed("reply_sheet", REPLY_SHEET, paper.told.number, paper, context)


def _round(row: Round) -> dict[str, Any]:
    """One round as its cells say it."""
    result = {None: "", True: "合格", False: "不合格"}[row.is_accepted]
    again = f"，{printed_date(row.new_due, '')}前重新回告" if row.new_due else ""
    late, by_whom = "（逾期）" if row.is_late else "", "（代为登记）" if row.is_recorded else ""
    return {
        "number": row.number,
        "causes": clean(row.causes),
        "measures": clean(row.measures),
        "responsible": clean(row.responsible),
        "done_by": row.done_by,
        "replied_by": f"{clean(row.replied_by)}{by_whom}",
        "replied_on": f"{printed_date(row.replied_on, '')}{late}",
        "files": "、".join(clean(name) for name in row.files),
        "how": clean(row.how),
        "result": f"{result}{again}",
        "verified_by": clean(row.verified_by),
        "verified_on": row.verified_on,
        "is_whole": len(row.causes + row.measures + row.how) <= ONE_PAGE,
    }


def talk_blank(told: Told, school: School) -> TalkPaper:
    """The form for a talk or an admonition, to be written by hand; ValueError for other kinds."""
    if not told.has_talk_record:
        raise ValueError(f"A handling of kind {told.kind} is no talk.")
    return TalkPaper(
        author=school.full_name,
        made_on=told.issued_on or told.drafted_on,
        school_name=school.full_name,
        number=told.number,
        issued_on=told.issued_on,
    )


def talk_blank_pdf(paper: TalkPaper) -> bytes:
    """谈话记录 as PDF/A-3u on A4."""
    return _printed("talk_record", TALK_RECORD, paper.number, paper, {"who": ("谈话对象", "谈话人", "记录人")})


def _printed(template: str, name: str, number: str, paper: Paper, context: Mapping[str, Any]) -> bytes:
    values = {"paper": paper, "running_title": f"{name}　{number}", "words": wording, **context}
    return render_pdf(
        f"oversight/print/{template}.html",
        values,
        title=f"{name}（{number}）",
        author=paper.author,
        made_on=paper.made_on,
    )
