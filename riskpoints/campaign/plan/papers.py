"""任务分解表, 督办情况一览表 and 督办单 as they are printed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import School
from riskcontrol.paper.pdf import render_pdf
from riskpoints.campaign.enums import TaskState
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Paper
from riskpoints.documents.listing import ListColumn, Listing

BREAKDOWN, OVERVIEW, NOTICE = "廉政风险防控任务分解表", "督办情况一览表", "督办单"
# 267 mm together, each.
TASK_COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("任务", 62),
    ListColumn("牵头领导", 22),
    ListColumn("牵头部门", 25),
    ListColumn("协作部门", 34),
    ListColumn("责任人", 22),
    ListColumn("主要措施", 50),
    ListColumn("完成时限", 23, is_centred=True),
    ListColumn("状态", 18, is_centred=True),
)
SUPERVISION_COLUMNS = (
    ListColumn("编号", 27, is_centred=True),
    ListColumn("督办内容", 62),
    ListColumn("承办单位", 27),
    ListColumn("任务时限", 23, is_centred=True),
    ListColumn("签发", 23, is_centred=True),
    ListColumn("办复时限", 23, is_centred=True),
    ListColumn("签收", 23, is_centred=True),
    ListColumn("办复", 23, is_centred=True),
    ListColumn("现在", 36),
)


@dataclass(frozen=True)
class TaskLine:
    """A task as the database or an archive tells it."""

    number: int
    title: str
    lead_leader: str
    lead_department: str
    co_departments: Sequence[str]
    responsible: str
    measures: str
    due: datetime.date
    state: str


@dataclass(frozen=True)
class SupervisionLine:
    """A 督办单 as the database or an archive tells it; days are those of the acts."""

    number: str
    task: str
    department: str
    demand: str
    task_due: datetime.date
    issued_on: datetime.date
    issued_by: str
    reply_due: datetime.date
    received_on: datetime.date | None
    received_by: str
    replied_on: datetime.date | None
    reply: str
    state: str


@dataclass(frozen=True, kw_only=True)
class SupervisionPaper(Paper):
    """督办单 with its receipt."""

    school_name: str
    line: SupervisionLine


def breakdown(year: int, tasks: Sequence[TaskLine], school: School) -> Listing:
    """任务分解表 of a year."""
    done = sum(task.state == TaskState.DONE for task in tasks)
    rows = [
        (
            str(task.number),
            task.title,
            task.lead_leader,
            task.lead_department,
            "、".join(task.co_departments),
            task.responsible,
            task.measures,
            f"{task.due}",
            TaskState(task.state).label,
        )
        for task in tasks
    ]
    return Listing(
        author=school.full_name,
        made_on=max((task.due for task in tasks), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{BREAKDOWN}",
        summary=f"共 {len(tasks)} 项任务，办结 {done} 项。",
        columns=TASK_COLUMNS,
        rows=tuple(rows),
    )


def overview(year: int, lines: Sequence[SupervisionLine], school: School) -> Listing:
    """督办情况一览表 of a year, with how many were answered and done."""
    replied = sum(line.replied_on is not None for line in lines)
    done = sum(line.state == TaskState.DONE for line in lines)
    rows = [
        (
            line.number,
            line.task,
            line.department,
            f"{line.task_due}",
            f"{line.issued_on}",
            f"{line.reply_due}",
            f"{line.received_on or '未签收'}",
            f"{line.replied_on or '未办复'}",
            TaskState(line.state).label,
        )
        for line in lines
    ]
    share = f"，任务完成率 {done * 100 // len(lines)}%" if lines else ""
    return Listing(
        author=school.full_name,
        made_on=max((line.issued_on for line in lines), default=datetime.date(year, 12, 31)),
        title=f"{school.full_name}{year}年度{OVERVIEW}",
        summary=f"共签发 {len(lines)} 张，已办复 {replied} 张，任务办结 {done} 项{share}。",
        columns=SUPERVISION_COLUMNS,
        rows=tuple(rows),
    )


def notice(line: SupervisionLine, school: School) -> SupervisionPaper:
    """督办单, dated by its issue."""
    return SupervisionPaper(author=school.full_name, made_on=line.issued_on, school_name=school.full_name, line=line)


def notice_pdf(paper: SupervisionPaper) -> bytes:
    """督办单 as PDF/A-3u on A4, its receipt below the line."""
    texts = {name: clean(getattr(paper.line, name)) for name in ("task", "demand", "reply")}
    context = {"paper": paper, "texts": texts, "words": wording, "running_title": NOTICE}
    title = f"{NOTICE}（{paper.line.number}）"
    template = "campaign/print/supervision.html"
    return render_pdf(template, context, title=title, author=paper.author, made_on=paper.made_on)
