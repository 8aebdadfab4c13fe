"""Checks in a year's archive, and the way back; their papers and figures."""

import datetime
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import models

from departments.enums import Level
from departments.models import Post, School, User
from riskpoints.archives.rows import columns, departments_of, insert
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import day_of, read_day
from riskpoints.models import Cycle, TableVersion
from riskpoints.oversight.enums import CheckKind, Period, Result, Standing, State
from riskpoints.oversight.models import CheckEntry, CheckEvidence, CheckLine, CheckMeasure, CheckSheet
from riskpoints.oversight.models.measure import result_words, seen_words
from riskpoints.oversight.models.sheet import OPEN
from riskpoints.oversight.monitoring import papers
from riskpoints.oversight.monitoring.papers import CheckedMeasure, Told
from riskpoints.wings import Figure, FileOf, PartFile, PartPaper, Person, Row, YearPart, person

SHEET = (
    "id", "department_name", "kind", "level", "period", "version_name", "duty", "checker", "recorder", "opinion",
    "state", "started_by_name", "started_at", "submitted_by_name", "submitted_at", "is_late", "reviewed_by_name",
    "reviewed_at", "review_note",
)  # fmt: skip
LINE = ("id", "order", "identity", "number", "post_name", "text", "level", "responsible")
MEASURE = (
    "id", "order", "identity", "text", "responsible", "result", "by_point", "seen", "sampled", "sampled_of", "note",
    "no_evidence", "saved_by_name", "saved_at",
)  # fmt: skip
EVIDENCE = ("id", "name", "suffix", "added_by_name", "added_at")
ENTRY = ("id", "act", "text", "by_name", "at")
# Written after the points: the database lets nothing be added to a sheet that was handed in.
LATER = ("state", "submitted_by_name", "submitted_at", "reviewed_by_name", "reviewed_at", "review_note", "is_late")


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How many checks were handed in, and how many measures were carried out."""
    done = CheckSheet.objects.filter(cycle=cycle, state__in=[State.SUBMITTED, State.REVIEWED])
    if not done.exists():
        return []
    rows = CheckMeasure.objects.filter(line__sheet__in=done).exclude(result=Result.NO_CASE)
    carried_out = rows.filter(result=Result.DONE).count()
    return [
        Figure("已提交的检查表", f"{done.count()} 张"),
        Figure("措施落实", f"{carried_out} / {rows.count()} 项"),
    ]


def told(cycle: Cycle, sheets: models.QuerySet[CheckSheet] | None = None) -> list[Told]:
    """The checks of a year (or these of them) as papers tell them."""
    return [_read(row) for row in _facts(cycle, sheets)]


def _facts(cycle: Cycle, sheets: models.QuerySet[CheckSheet] | None = None) -> list[Row]:
    related = ("lines__measures__saved_by", "lines__measures__evidence__added_by", "entries__by")
    found = (CheckSheet.objects.all() if sheets is None else sheets).filter(cycle=cycle)
    people = ("started_by", "submitted_by", "reviewed_by", "department", "version__table")
    rows = found.select_related(*people).prefetch_related(*related, "lines__measures__evidence__file")
    ordered = rows.order_by("department__order", "department__pinyin", "department", "kind", "level", "period", "id")
    return [_fact(row, cycle) for row in ordered]


def _fact(row: CheckSheet, cycle: Cycle) -> Row:
    version, until = row.version, row.department.active_to
    return columns(row, SHEET) | {
        "year": cycle.year,
        "department": row.department_id,
        # Of another year's table no archive of this year could say more than its name.
        "version": version.pk if version is not None and version.table.cycle_id == cycle.pk else None,
        "department_until": until if row.is_open else None,
        "started_by": person(row.started_by, row.started_at),
        "submitted_by": person(row.submitted_by, row.submitted_at),
        "reviewed_by": person(row.reviewed_by, row.reviewed_at),
        "lines": [_line_fact(line) for line in row.lines.all()],
        "entries": [columns(entry, ENTRY) | {"by": person(entry.by, entry.at)} for entry in row.entries.all()],
    }


def _line_fact(line: CheckLine) -> Row:
    measures = [
        columns(row, MEASURE)
        | {
            "saved_by": person(row.saved_by, row.saved_at),
            "evidence": [
                columns(each, EVIDENCE) | {"sha256": each.file.sha256, "added_by": person(each.added_by, each.added_at)}
                for each in row.evidence.all()
            ],
        }
        for row in line.measures.all()
    ]
    return columns(line, LINE) | {"post": line.post_id, "measures": measures}


def _read(row: Row) -> Told:
    results = [measure["result"] for line in row["lines"] for measure in line["measures"]]
    return Told(
        year=row["year"],
        department=row["department_name"],
        **{name: row[name] for name in ("kind", "level", "period", "duty", "checker", "recorder", "opinion")},
        state=_state_words(row),
        reviewer=row["reviewed_by_name"],
        reviewed_on=read_day(day_of(row["reviewed_at"])) if row["reviewed_at"] else None,
        review_note=row["review_note"],
        started_on=read_day(day_of(row["started_at"])),
        measures=[checked for line in row["lines"] for checked in _checked(line)],
        counts=(
            results.count(Result.DONE),
            results.count(Result.PARTLY),
            results.count(Result.NOT_DONE),
            results.count(Result.NO_CASE),
        ),
    )


def _state_words(row: Row) -> str:
    """Where it stood; what nobody handed in ended with its department, or stayed undone."""
    late = "，逾期提交" if row["is_late"] else ""
    if row["state"] not in OPEN:
        return f"{State(row['state']).label}{late}"
    until = row["department_until"] and read_day(row["department_until"])
    is_over = until and until < datetime.date(row["year"], 12, 31)
    return str(Standing.DISSOLVED.label if is_over else Standing.UNFINISHED.label)


def _checked(line: Row) -> list[CheckedMeasure]:
    found = []
    for place, row in enumerate(line["measures"]):
        note = "；".join(filter(None, [row["note"], row["no_evidence"] and f"无证据：{row['no_evidence']}"]))
        is_first = not place  # the point is said once
        found.append(
            CheckedMeasure(
                number=f"{line['order']}" if is_first else "",
                post=line["post_name"] if is_first else "",
                point=line["text"] if is_first else "",
                level=str(Level(line["level"]).label) if is_first else "",
                measure=row["text"],
                result=result_words(row["result"], row.get("by_point", False)),
                seen=seen_words(row["seen"], row["sampled"], row["sampled_of"]),
                note=note,
            )
        )
    return found


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["department_name"],
            str(CheckKind(row["kind"]).label),
            str(Level(row["level"]).label),
            str(Period(row["period"]).label),
            line["number"],
            line["post_name"],
            line["text"],
            measure["text"],
            str(Result(measure["result"]).label) if measure["result"] else "",
            "按本点填写" if measure.get("by_point") else "",
            measure["note"],
            row["checker"],
            row["reviewed_by_name"],
        )
        for row in rows
        for line in row["lines"]
        for measure in line["measures"]
    ]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    found = [_read(row) for row in rows]
    paper = papers.listing(found[0].year, found, school)
    title = f"{found[0].year}年度{papers.LIST_TITLE}"
    day = paper.made_on or found[-1].started_on
    made = [PartPaper(papers.LIST_TITLE, title, day, paper, partial(listing_pdf, paper))]
    for row, one in zip(rows, found, strict=True):
        printed = papers.sheet(one, school)
        name = f"{papers.SHEET_TITLE}_{Period(one.period).label}_{one.level}级_{one.kind_words}_{row['id']}"
        words = f"{papers.SHEET_TITLE}（{one.department}{Period(one.period).label}{one.kind_words}）"
        make = partial(papers.sheet_pdf, printed)
        made.append(PartPaper(name, words, printed.made_on or day, printed, make, department=row["department"]))
    return made


def _files(rows: list[Row]) -> list[PartFile]:
    """Each file once, though it may show several measures."""
    found = {}
    for row in rows:
        for each in (each for line in row["lines"] for measure in line["measures"] for each in measure["evidence"]):
            stem = f"{row['department_name']}_{each['name'].rpartition('.')[0]}"
            found[each["sha256"]] = PartFile(stem, each["suffix"], each["sha256"])
    return list(found.values())


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    posts = set(Post.objects.values_list("pk", flat=True))
    for row in rows:
        version = TableVersion.objects.filter(pk=row["version"]).first() if row["version"] else None
        begun = {name: value for name, value in row.items() if name not in LATER}
        sheet = insert(
            CheckSheet,
            begun,
            cycle=cycle,
            department_id=row["department"],
            version=version,
            started_by=account(row["started_by"]),
        )
        for line in row["lines"]:
            _restore_line(sheet, line, posts, account, file_of)
        for entry in row["entries"]:
            insert(CheckEntry, entry, sheet=sheet, by=account(entry["by"]))
        _hand_in(sheet, row, account)


def _restore_line(sheet: CheckSheet, line: Row, posts: set[int], account: Person, file_of: FileOf) -> None:
    post = line["post"] if line["post"] in posts else None
    made = insert(CheckLine, line, sheet=sheet, post_id=post)
    for row in line["measures"]:
        measure = insert(CheckMeasure, row, line=made, saved_by=account(row["saved_by"]))
        for each in row["evidence"]:
            file, added_by = file_of(each["sha256"]), account(each["added_by"])
            insert(CheckEvidence, each, measure=measure, file=file, added_by=added_by)


def _hand_in(sheet: CheckSheet, row: Row, account: Person) -> None:
    """Write how far it had come; save() would refuse, since nobody reviews here."""
    fields = {field.name: field for field in CheckSheet._meta.concrete_fields}
    values: dict[str, Any] = {name: fields[name].to_python(row[name]) for name in LATER}
    people = {name: account(row[name]) for name in ("submitted_by", "reviewed_by")}
    models.QuerySet(CheckSheet).filter(pk=sheet.pk).update(**values, **people)


HEADINGS = (
    "部门", "检查种类", "等级", "检查时段", "编号", "岗位", "风险点", "防控措施", "落实情况", "填写方式",
    "发现的问题及意见", "检查人", "复核人",
)  # fmt: skip
# A check is about a year's points as they were: an archive shows all of them.
PART = YearPart(
    "checks",
    "监督检查汇总",
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=departments_of,
    papers=_papers,
    files=_files,
)
