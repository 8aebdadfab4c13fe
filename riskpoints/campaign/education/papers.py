"""廉政教育记录表 of one event, and the 台账 of a year, as they are printed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.enums import Level, Role
from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.campaign.enums import EducationKind
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Paper, printed_date
from riskpoints.documents.listing import ListColumn, Listing

SHEET_TITLE, LEDGER_TITLE = "廉政教育记录表", "廉政教育台账"
# 267 mm together.
LEDGER_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("日期", 25, is_centred=True),
    ListColumn("主题", 58),
    ListColumn("形式", 24, is_centred=True),
    ListColumn("组织部门", 27),
    ListColumn("参加范围", 57),
    ListColumn("应到", 14, is_centred=True),
    ListColumn("实到", 14, is_centred=True),
    ListColumn("主讲人", 37),
)


@dataclass(frozen=True)
class Event:
    """One event as the database or an archive tells it: plain values, names as they were then."""

    theme: str
    kind: str
    held_on: datetime.date
    begins_at: datetime.time | None
    ends_at: datetime.time | None
    place: str
    host: str
    speaker: str
    recorder: str
    department_name: str
    departments: Sequence[str]
    posts: Sequence[str]
    levels: Sequence[int]
    roles: Sequence[str]
    expected: int
    present: int
    absent: Sequence[str]
    content: str
    measures: Sequence[str]
    makeup_of: str
    materials: Sequence[str]

    @property
    def when(self) -> str:
        """The day, and from when to when where that was written down."""
        day = printed_date(self.held_on, "")
        begins, ends = (moment and f"{moment:%H:%M}" for moment in (self.begins_at, self.ends_at))
        return f"{day}　{begins}{f'至{ends}' if ends else '开始'}" if begins else day

    @property
    def audience(self) -> str:
        """Whom it was for, in words."""
        people = "、".join(Role(role).label for role in self.roles)
        return "、".join(self.departments) + (f"（{people}）" if people else "")

    @property
    def about(self) -> str:
        """Which posts and levels it was about, in words; empty for everybody's."""
        return "；".join(filter(None, ["、".join(self.posts), "、".join(Level(level).label for level in self.levels)]))


@dataclass(frozen=True, kw_only=True)
class EducationSheet(Paper):
    """廉政教育记录表 of one event."""

    school_name: str
    event: Event


def sheet(event: Event, school: School) -> EducationSheet:
    """The paper of one event, dated by its day."""
    return EducationSheet(author=school.full_name, made_on=event.held_on, school_name=school.full_name, event=event)


def sheet_pdf(paper: EducationSheet) -> bytes:
    """廉政教育记录表 as PDF/A-3u on A4."""
    event = paper.event
    rows = {
        "主题": event.theme,
        "形式": EducationKind(event.kind).label,
        "参加范围": event.audience,
        "针对对象": event.about or "全体人员",
        "缺席人员": "；".join(event.absent) or "无",
        "落实的措施": "\n".join(event.measures),
        "材料": "、".join(event.materials),
        "补课": event.makeup_of,
    }
    said = {title: clean(text) for title, text in rows.items() if text}
    context = {"paper": paper, "rows": said, "content": clean(event.content), "words": wording}
    context["running_title"] = SHEET_TITLE
    template = "campaign/print/education_sheet.html"
    return render_pdf(
        template, context, title=f"{SHEET_TITLE}（{event.theme}）", author=paper.author, made_on=paper.made_on
    )


def ledger(year: int, events: Sequence[Event], school: School) -> Listing:
    """The 台账 of a year, in the order of the days."""
    rows = [
        (
            str(place),
            f"{event.held_on}",
            event.theme,
            EducationKind(event.kind).label,
            event.department_name,
            event.audience,
            str(event.expected),
            str(event.present),
            event.speaker,
        )
        for place, event in enumerate(events, start=1)
    ]
    there, expected = sum(event.present for event in events), sum(event.expected for event in events)
    summary = f"共 {len(events)} 次，应到 {expected} 人次，实到 {there} 人次。" if events else "本年度没有登记。"
    return Listing(
        author=school.full_name,
        made_on=max((event.held_on for event in events), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{LEDGER_TITLE}",
        summary=summary,
        columns=LEDGER_COLUMNS,
        rows=tuple(rows),
    )
