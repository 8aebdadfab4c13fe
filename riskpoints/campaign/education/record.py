"""Records of education in a year's archive, and the way back; their figures (R14)."""

import datetime
from collections.abc import Sequence
from functools import partial

from departments.models import Department, Post, School, User
from riskpoints.archives.rows import insert
from riskpoints.campaign.education import papers
from riskpoints.campaign.education.papers import Event
from riskpoints.campaign.education.queries import coverage
from riskpoints.campaign.education.services import PLAIN
from riskpoints.campaign.enums import EducationKind
from riskpoints.campaign.models import Absence, EducationFile, EducationRecord, FulfilledMeasure
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle
from riskpoints.wings import Figure, FileOf, PartFile, PartPaper, Person, Row, YearPart, person

TIMES, DAYS = ("begins_at", "ends_at"), ("held_on",)


def event(row: EducationRecord) -> Event:
    """One record as values."""
    return Event(
        **{name: getattr(row, name) for name in PLAIN},
        department_name=row.department_name,
        departments=[department.name for department in row.departments.all()],
        posts=[f"{post.department.name}／{post.name}" for post in row.posts.all()],
        absent=[str(absence) for absence in row.absences.all()],
        measures=[f"{measure.department_name}：{measure.text}" for measure in row.measures.all()],
        makeup_of=str(row.makeup_of) if row.makeup_of else "",
        materials=[material.name for material in row.files.all()],
    )


def events(cycle: Cycle) -> list[Event]:
    """The events of a year in the order of their days."""
    return [event(row) for row in _rows(cycle)]


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How often people were taught, how many came, and how many 一级 posts were reached."""
    found = list(EducationRecord.objects.filter(cycle=cycle).values_list("expected", "present"))
    if not found:
        return []
    expected, present = (sum(column) for column in zip(*found, strict=True))
    reach = coverage(cycle)
    return [
        Figure("廉政教育", f"{len(found)} 次"),
        Figure("教育参训率", f"{present} / {expected} 人次"),
        Figure("一级岗位教育覆盖", f"{reach.reached} / {len(reach.posts)} 个岗位"),
    ]


def _rows(cycle: Cycle) -> list[EducationRecord]:
    related = ("departments", "posts__department", "absences", "measures", "files__added_by", "files__file")
    found = EducationRecord.objects.filter(cycle=cycle).select_related("recorded_by", "makeup_of")
    return list(found.prefetch_related(*related).order_by("held_on", "id"))


def _facts(cycle: Cycle) -> list[Row]:
    return [_fact(row) for row in _rows(cycle)]


def _fact(row: EducationRecord) -> Row:
    return {name: getattr(row, name) for name in (*PLAIN, "id", "department_name", "recorded_by_name")} | {
        "recorded_at": row.recorded_at,
        "recorded_by": person(row.recorded_by, row.recorded_at),
        "department": row.department_id,
        "departments": [{"id": each.pk, "name": each.name} for each in row.departments.all()],
        "posts": [{"id": each.pk, "name": f"{each.department.name}／{each.name}"} for each in row.posts.all()],
        "absent": [{"name": each.name, "reason": each.reason} for each in row.absences.all()],
        "measures": [
            {"identity": each.identity, "department": each.department_name, "text": each.text}
            for each in row.measures.all()
        ],
        "makeup_of": row.makeup_of_id,
        "makeup_of_title": str(row.makeup_of) if row.makeup_of else "",
        "materials": [
            {
                "name": each.name,
                "suffix": each.suffix,
                "sha256": each.file.sha256,
                "added_at": each.added_at,
                "added_by": person(each.added_by, each.added_at),
            }
            for each in row.files.all()
        ],
    }


def _read(row: Row) -> Event:
    """The same from an archive, which writes days and times as text."""
    plain = {name: row[name] for name in PLAIN}
    for name in DAYS:
        plain[name] = read_day(row[name])
    for name in TIMES:
        plain[name] = row[name] and datetime.time.fromisoformat(row[name])
    return Event(
        **plain,
        department_name=row["department_name"],
        departments=[each["name"] for each in row["departments"]],
        posts=[each["name"] for each in row["posts"]],
        absent=[f"{each['name']} {each['reason']}".strip() for each in row["absent"]],
        measures=[f"{each['department']}：{each['text']}" for each in row["measures"]],
        makeup_of=row["makeup_of_title"],
        materials=[each["name"] for each in row["materials"]],
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["held_on"],
            row["theme"],
            EducationKind(row["kind"]).label,
            row["department_name"],
            "、".join(each["name"] for each in row["departments"]),
            f"{row['expected']}",
            f"{row['present']}",
            row["content"],
            row["recorded_by_name"],
        )
        for row in rows
    ]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    found = [_read(row) for row in rows]
    year = found[0].held_on.year
    list_paper = papers.ledger(year, found, school)
    title = f"{year}年度{papers.LEDGER_TITLE}"
    day = list_paper.made_on or found[-1].held_on
    made = [PartPaper(papers.LEDGER_TITLE, title, day, list_paper, partial(listing_pdf, list_paper))]
    for row, told in zip(rows, found, strict=True):
        paper = papers.sheet(told, school)
        name = f"{papers.SHEET_TITLE}_{told.held_on}_{row['id']}"
        title = f"{papers.SHEET_TITLE}（{told.theme}）"
        made.append(PartPaper(name, title, told.held_on, paper, partial(papers.sheet_pdf, paper)))
    return made


def _departments(rows: list[Row]) -> frozenset[int]:
    named = {each["id"] for row in rows for each in row["departments"]}
    return frozenset(named | {row["department"] for row in rows if row["department"]})


def _files(rows: list[Row]) -> list[PartFile]:
    return [
        PartFile(f"{row['held_on']}_{each['name'].rpartition('.')[0]}", each["suffix"], each["sha256"])
        for row in rows
        for each in row["materials"]
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        record = insert(
            EducationRecord,
            row,
            cycle=cycle,
            department_id=row["department"],
            recorded_by=account(row["recorded_by"]),
            token=f"archive-{cycle.year}-{row['id']}",
        )
        record.departments.set(Department.objects.filter(pk__in=[each["id"] for each in row["departments"]]))
        record.posts.set(Post.objects.filter(pk__in=[each["id"] for each in row["posts"]]))
        Absence.objects.bulk_create([Absence(record=record, **each) for each in row["absent"]])
        FulfilledMeasure.objects.bulk_create(
            [
                FulfilledMeasure(
                    record=record, identity=each["identity"], department_name=each["department"], text=each["text"]
                )
                for each in row["measures"]
            ]
        )
        for each in row["materials"]:
            file, added_by = file_of(each["sha256"]), account(each["added_by"])
            insert(EducationFile, each, record=record, file=file, added_by=added_by)
    made = {row["id"] for row in rows}
    for row in rows:
        if row["makeup_of"] in made:
            EducationRecord.objects.filter(pk=row["id"]).update(makeup_of=row["makeup_of"])


HEADINGS = ("日期", "主题", "形式", "组织部门", "应参加的部门", "应到", "实到", "内容", "登记人")
# An event of the year is about no version: an archive shows all of them.
PART = YearPart(
    "education",
    "廉政教育台账",
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=_departments,
    papers=_papers,
    files=_files,
)
