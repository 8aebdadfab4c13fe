"""The year's plan in its archive, and the way back; its figures and what of it waits."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from departments.models import Department, School, User
from riskpoints.archives.rows import insert
from riskpoints.campaign.enums import Phase, TaskState
from riskpoints.campaign.models import Milestone, PlanTask, Supervision, TaskEntry
from riskpoints.campaign.plan import papers, queries
from riskpoints.campaign.plan.papers import SupervisionLine, TaskLine
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import day_of, read_day
from riskpoints.models import Cycle
from riskpoints.wings import Figure, FileOf, PartFile, PartPaper, Person, Row, YearPart, person

MILESTONE = ("id", "phase", "title", "due")
TASK = (
    "id",
    "number",
    "title",
    "lead_leader",
    "lead_department_name",
    "responsible",
    "measures",
    "deliverable",
    "due",
    "first_due",
    "state",
    "asked_due",
)
ENTRY = ("act", "text", "new_due", "by_name", "at", "file_name")
NOTICE = (
    "id",
    "year",
    "sequence",
    "demand",
    "reply_due",
    "task_due",
    "issued_by_name",
    "issued_at",
    "received_by_name",
    "received_at",
    "reply",
    "replied_by_name",
    "replied_at",
)


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How many tasks are done and overdue."""
    total, done, overdue = queries.counts(PlanTask.objects.filter(cycle=cycle))
    if not total:
        return []
    return [Figure("计划任务办结", f"{done} / {total} 项"), Figure("逾期任务", f"{overdue} 项")]


def task_lines(cycle: Cycle) -> list[TaskLine]:
    """The tasks of a year as values."""
    return [_task_line(_task(row)) for row in queries.tasks_of(cycle)]


def supervision_line(row: Supervision) -> SupervisionLine:
    """A 督办单 as values."""
    return _supervision_line(_notice(row), _task(row.task))


def supervision_lines(cycle: Cycle) -> list[SupervisionLine]:
    """The 督办单 of a year as values."""
    return [supervision_line(row) for row in queries.supervisions_of(cycle)]


def _facts(cycle: Cycle) -> list[Row]:
    """One row a milestone, with its tasks and all that was done to them."""
    people = ("supervisions__issued_by", "supervisions__received_by", "supervisions__replied_by")
    related = ("entries__by", "entries__file", "co_departments", *people)
    rows = []
    for milestone in Milestone.objects.filter(cycle=cycle):
        tasks = PlanTask.objects.filter(milestone=milestone).prefetch_related(*related)
        told = {name: getattr(milestone, name) for name in MILESTONE} | {"of_year": cycle.year}
        rows.append(told | {"tasks": [_task(t) for t in tasks]})
    return rows


def _task(row: PlanTask) -> Row:
    return {name: getattr(row, name) for name in TASK} | {
        "lead_department": row.lead_department_id,
        "co_departments": [{"id": each.pk, "name": each.name} for each in row.co_departments.all()],
        "entries": [
            {name: getattr(each, name) for name in ENTRY}
            | {"by": person(each.by, each.at), "file": each.file and each.file.sha256}
            for each in row.entries.all()
        ],
        "supervisions": [_notice(each) for each in row.supervisions.all()],
    }


def _notice(row: Supervision) -> Row:
    return {name: getattr(row, name) for name in NOTICE} | {
        "issued_by": person(row.issued_by, row.issued_at),
        "received_by": person(row.received_by, row.received_at),
        "replied_by": person(row.replied_by, row.replied_at),
    }


def _task_line(row: Row) -> TaskLine:
    return TaskLine(
        number=row["number"],
        title=row["title"],
        lead_leader=row["lead_leader"],
        lead_department=row["lead_department_name"],
        co_departments=[each["name"] for each in row["co_departments"]],
        responsible=row["responsible"],
        measures=row["measures"],
        due=read_day(row["due"]),
        state=row["state"],
    )


def _supervision_line(row: Row, task: Row) -> SupervisionLine:
    return SupervisionLine(
        number=f"{row['year']}-督-{row['sequence']}",
        task=task["title"],
        department=task["lead_department_name"],
        demand=row["demand"],
        task_due=read_day(row["task_due"]),
        issued_on=day_of(row["issued_at"]),
        issued_by=row["issued_by_name"],
        reply_due=read_day(row["reply_due"]),
        received_on=row["received_at"] and day_of(row["received_at"]),
        received_by=row["received_by_name"],
        replied_on=row["replied_at"] and day_of(row["replied_at"]),
        reply=row["reply"],
        state=task["state"],
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            Phase(row["phase"]).label,
            row["title"],
            f"{task['number']}" if task else "",
            task["title"] if task else "",
            task["lead_department_name"] if task else "",
            f"{task['due'] if task else row['due']}",
            TaskState(task["state"]).label if task else "",
        )
        for row in rows
        for task in row["tasks"] or [None]
    ]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    tasks = sorted((task for row in rows for task in row["tasks"]), key=lambda task: task["number"])
    if not tasks:
        return []
    # The last tasks of a year may be due after New Year; years recorded before that was told go by the last day.
    year = rows[0].get("of_year") or max(read_day(task["first_due"]) for task in tasks).year
    found = [_list_paper(papers.BREAKDOWN, year, papers.breakdown(year, list(map(_task_line, tasks)), school))]
    lines = [_supervision_line(notice, task) for task in tasks for notice in task["supervisions"]]
    if lines:
        found.append(_list_paper(papers.OVERVIEW, year, papers.overview(year, lines, school)))
    for line in lines:
        paper = papers.notice(line, school)
        make, title = partial(papers.notice_pdf, paper), f"{papers.NOTICE}（{line.number}）"
        found.append(PartPaper(f"{papers.NOTICE}_{line.number}", title, line.issued_on, paper, make))
    return found


def _list_paper(name: str, year: int, paper: Any) -> PartPaper:
    return PartPaper(name, f"{year}年度{name}", paper.made_on, paper, partial(listing_pdf, paper))


def _files(rows: list[Row]) -> list[PartFile]:
    return [
        PartFile(f"任务{task['number']}_{each['file_name'].rpartition('.')[0]}", _suffix(each), each["file"])
        for row in rows
        for task in row["tasks"]
        for each in task["entries"]
        if each["file"]
    ]


def _suffix(entry: Row) -> str:
    return str(entry["file_name"].rpartition(".")[2])


def _departments(rows: list[Row]) -> frozenset[int]:
    tasks = [task for row in rows for task in row["tasks"]]
    others = {each["id"] for task in tasks for each in task["co_departments"]}
    return frozenset(others | {task["lead_department"] for task in tasks})


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        milestone = insert(Milestone, row, cycle=cycle)
        for told in row["tasks"]:
            where = {"cycle": cycle, "milestone": milestone, "lead_department_id": told["lead_department"]}
            task = insert(PlanTask, told, **where, token=f"archive-{cycle.year}-{told['number']}")
            there = Department.objects.filter(pk__in=[each["id"] for each in told["co_departments"]])
            task.co_departments.set(there)
            for each in told["entries"]:
                file = file_of(each["file"]) if each["file"] else None
                insert(TaskEntry, each, task=task, by=account(each["by"]), file=file)
            for each in told["supervisions"]:
                people = {name: account(each[name]) for name in ("issued_by", "received_by", "replied_by")}
                insert(Supervision, each, task=task, **people)


HEADINGS = ("阶段", "节点", "序号", "任务", "牵头部门", "完成时限", "状态")
# The plan is about no version: an archive shows all of it.
PART = YearPart(
    "plan",
    "年度计划和任务",
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=_departments,
    papers=_papers,
    files=_files,
)
