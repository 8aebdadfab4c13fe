"""制度库 and 废改立清单 in a year's record and archive, and the way back."""

import datetime
from collections.abc import Sequence
from functools import partial

from django.db.models import Prefetch
from django.utils import timezone

from departments.models import School
from riskpoints.archives.rows import insert
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import from_plain, read_day
from riskpoints.models import Cycle
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, Regulation, RegulationFile
from riskpoints.references.regulations.services import FIELDS, STATE_FIELDS
from riskpoints.regulations import papers, queries
from riskpoints.wings import FileOf, PartFile, PartPaper, Person, Row, YearPart, person

OWN = (
    "identity",
    *(name for name in (*FIELDS, *STATE_FIELDS) if name not in ("department", "replaced_by")),
    "state_since",
    "created_at",
)
BYTES = ("file__content", "replaces__file__content")
PLANNED = ("year", "decision", "due", "note", "decided_by_name", "decided_at")
CHECKED = ("year", "executed", "problems", "suggestion", "checked_on", "checked_by_name", "recorded_at")


def _facts(cycle: Cycle) -> list[Row]:
    """The library as it stands (a closed year keeps its record); a year typed in from old papers had none here."""
    if cycle.is_historical:
        return []
    rows = Regulation.objects.select_related("created_by", "replaced_by")
    related = rows.prefetch_related(
        Prefetch("files", RegulationFile.objects.select_related("added_by", "file", "replaces__file").defer(*BYTES)),
        Prefetch("plans", PlanDecision.objects.filter(year=cycle.year).select_related("decided_by")),
        Prefetch("checks", ExecutionCheck.objects.filter(year=cycle.year).select_related("checked_by")),
    )
    return [_row(regulation) for regulation in related.order_by("created_at", "pk")]


def _row(regulation: Regulation) -> Row:
    replaced_by = regulation.replaced_by
    return {name: getattr(regulation, name) for name in OWN} | {
        "department": regulation.department_id,
        "replaced_by": replaced_by.identity if replaced_by else None,
        "created_by": person(regulation.created_by, regulation.created_at),
        "files": [_file(row) for row in regulation.files.all()],
        "plans": [
            {name: getattr(row, name) for name in PLANNED} | {"by": person(row.decided_by, row.decided_at)}
            for row in regulation.plans.all()
        ],
        "checks": [
            {name: getattr(row, name) for name in CHECKED} | {"by": person(row.checked_by, row.recorded_at)}
            for row in regulation.checks.all()
        ],
    }


def _file(row: RegulationFile) -> Row:
    return {
        "sha256": row.file.sha256,
        "name": row.name,
        "suffix": row.suffix,
        "added_at": row.added_at,
        "added_by": person(row.added_by, row.added_at),
        "replaces": row.replaces.file.sha256 if row.replaces else None,
        "reason": row.reason,
    }


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    titles = {row["identity"]: row["title"] for row in rows}
    return [
        (
            row["title"],
            row["document_number"],
            Kind(row["kind"]).label,
            row["issuer"],
            row["adopted_on"] or "",
            row["effective_on"] or "",
            State(row["state"]).label,
            row["ended_on"] or "",
            row["reason"],
            titles.get(row["replaced_by"], ""),
            row["next_review_on"] or "",
            "；".join(file["name"] for file in row["files"]),
        )
        for row in rows
    ]


def _files(rows: list[Row]) -> list[PartFile]:
    """The files of all regulations, each content once; those that were replaced say so."""
    found: dict[str, PartFile] = {}
    for place, row in enumerate(rows, start=1):
        old = {file["replaces"] for file in row["files"]}
        for number, file in enumerate(row["files"], start=1):
            mark = "_已更换" if file["sha256"] in old else ""
            name = f"制度_{place:03}_{number}{mark}"
            found.setdefault(file["sha256"], PartFile(name, file["suffix"], file["sha256"]))
    return list(found.values())


def _departments(rows: list[Row]) -> frozenset[int]:
    return frozenset(row["department"] for row in rows if row["department"])


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    made: dict[str, Regulation] = {}
    ended = []
    for row in rows:
        others = {"department_id": row["department"], "created_by": account(row["created_by"])}
        if row["replaced_by"]:
            others |= {"state": State.IN_FORCE, "ended_on": None}  # until the next one is there
            ended.append(row)
        regulation = insert(Regulation, row, **others)
        made[row["identity"]] = regulation
        _restore_files(regulation, row["files"], account, file_of)
        _restore_rows(regulation, row, account)
    for row in ended:
        values = from_plain(Regulation, {name: row[name] for name in ("state", "ended_on")})
        Regulation.objects.filter(identity=row["identity"]).update(replaced_by=made[row["replaced_by"]], **values)


def _restore_files(regulation: Regulation, rows: list[Row], account: Person, file_of: FileOf) -> None:
    known: dict[str, RegulationFile] = {}
    for row in rows:
        known[row["sha256"]] = insert(
            RegulationFile,
            row,
            regulation=regulation,
            file=file_of(row["sha256"]),
            added_by=account(row["added_by"]),
            replaces=known.get(row["replaces"] or ""),
        )


def _restore_rows(regulation: Regulation, row: Row, account: Person) -> None:
    for said in row["plans"]:
        insert(PlanDecision, said, regulation=regulation, decided_by=account(said["by"]))
    for said in row["checks"]:
        insert(ExecutionCheck, said, regulation=regulation, checked_by=account(said["by"]))


HEADINGS = (
    "制度名称",
    "文号",
    "类别",
    "发布机关",
    "通过日期",
    "施行日期",
    "状态",
    "废止日期",
    "理由",
    "由哪项替代",
    "下次评估日期",
    "文件",
)
PART = YearPart(
    "regulations",
    "制度库",
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=_departments,
    files=_files,
    is_reference=True,
)


def _plan_facts(cycle: Cycle) -> list[Row]:
    """废改立清单 as it is printed. A closed year's own record keeps it; nothing is decided about it afterwards."""
    if cycle.is_historical:
        return []
    day = timezone.localdate(cycle.closed_at) if cycle.closed_at else datetime.date(cycle.year, 12, 31)
    rows = papers.rows_of(queries.plan(cycle.year))
    return [{"year": cycle.year, "made_on": day, "rows": rows}] if rows else []


def _plan_papers(rows: list[Row], school: School) -> list[PartPaper]:
    found = []
    for row in rows:
        day = read_day(row["made_on"])
        listing = papers.plan_listing(row["year"], row["rows"], school=school, made_on=day)
        title = f"{row['year']}年度{papers.NAME}"
        found.append(PartPaper(papers.NAME, title, day, [row, listing.title], partial(listing_pdf, listing)))
    return found


# Written by no import: it follows from the regulations and what was decided about them.
PLAN = YearPart("regulation_plan", papers.NAME, (), _plan_facts, papers=_plan_papers)
