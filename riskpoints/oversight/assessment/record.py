"""Assessments and vetoes in a year's archive, and the way back; what their papers are printed from."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models

from departments.models import School, User
from riskpoints.archives.rows import columns, departments_of, insert
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import day_of, read_day
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import formulas, papers
from riskpoints.oversight.assessment.barring import WORDS, is_about
from riskpoints.oversight.assessment.papers import Told, ToldItem
from riskpoints.oversight.assessment.permissions import sees_scores
from riskpoints.oversight.enums import AssessmentState, VetoState
from riskpoints.oversight.models import (
    Assessment,
    AssessmentCorrection,
    AssessmentEntry,
    AssessmentItem,
    IndicatorSheet,
    ItemScore,
    Veto,
    VetoEntry,
)
from riskpoints.rules.enums import Grade
from riskpoints.wings import FileOf, PartFile, PartPaper, Person, Row, YearPart, person

ASSESSMENT = (
    "id", "department_name", "head_name", "since", "until", "state", "begun_at", "submitted_by_name", "submitted_at",
    "self_score", "reviewed_score", "grade_by_score", "final_grade", "decided_on", "minutes_number", "decided_by_name",
    "decided_at", "lock",
)  # fmt: skip
ITEM = ("id", "self_score", "evidence", "file_name", "value", "counts", "reckoning", "score")
INDICATOR = ("id", "order", "group", "text", "weight", "kind", "formula", "guide")
SCORE = ("id", "by_name", "score", "reason", "at")
ENTRY = ("id", "act", "text", "by_name", "at")
CORRECTION = ("id", "former_grade", "grade", "reason", "by_name", "at")
VETO = (
    "id", "department_name", "head_name", "violation_number", "violation_organ", "violation_on", "violation_paper",
    "impact_source", "impact_on", "impact_paper", "state", "proposed_by_name", "proposed_at", "confirmed_by_name",
    "confirmed_at",
)  # fmt: skip
VETO_ENTRY = ("id", "act", "text", "decision_number", "decision_organ", "decision_on", "by_name", "at")
BEGUN = ("id", "department_name", "head_name", "since", "until", "begun_at")
# Written after the items: the database lets nothing be added to what was handed in, or change what was decided.
SUBMITTED = ("submitted_by_name", "submitted_at", "self_score")
LATER = tuple(name for name in ASSESSMENT if name not in BEGUN)


def told(cycle: Cycle, rows: models.QuerySet[Assessment] | None = None, *, reader: User | None = None) -> list[Told]:
    """The assessments of a year (or these of them) as papers tell them; without scores that a reader doesn't see."""
    hidden = {row.pk for row in rows or () if reader is not None and not sees_scores(reader, row)}
    return [_read(row, is_hidden=row["id"] in hidden) for row in _facts(cycle, rows)]


def _facts(cycle: Cycle, rows: models.QuerySet[Assessment] | None = None) -> list[Row]:
    found = (Assessment.objects.all() if rows is None else rows).filter(cycle=cycle)
    related = ("items__indicator", "items__file", "items__scores__by", "entries__by", "corrections__by")
    people = ("head", "submitted_by", "decided_by", "department", "sheet")
    since = models.F("since").asc(nulls_first=True)
    ordered = found.order_by("department__order", "department__pinyin", "department", since)
    barred = list(Veto.objects.filter(cycle=cycle, state=VetoState.IN_FORCE))
    return [_fact(row, cycle, barred) for row in ordered.select_related(*people).prefetch_related(*related)]


def _fact(row: Assessment, cycle: Cycle, barred: Sequence[Veto]) -> Row:
    at = row.submitted_at or row.begun_at
    return columns(row, ASSESSMENT) | {
        "year": cycle.year,
        "total": row.sheet.total,
        "department": row.department_id,
        "is_barred": any(is_about(veto, row) for veto in barred),
        "head": person(row.head, at),
        "submitted_by": person(row.submitted_by, row.submitted_at),
        "decided_by": person(row.decided_by, row.decided_at),
        "items": [_item_fact(item) for item in row.items.all()],
        "entries": [columns(one, ENTRY) | {"by": person(one.by, one.at)} for one in row.entries.all()],
        "corrections": [
            columns(one, CORRECTION) | {"veto": one.veto_id, "by": person(one.by, one.at)}
            for one in row.corrections.all()
        ],
    }


def _item_fact(item: AssessmentItem) -> Row:
    return columns(item, ITEM) | {
        "indicator": columns(item.indicator, INDICATOR),
        "sha256": item.file.sha256 if item.file else "",
        "scores": [columns(one, SCORE) | {"by": person(one.by, one.at)} for one in item.scores.all()],
    }


def _day(value: Any) -> datetime.date | None:
    return read_day(value) if value else None


def _points(value: Any) -> str:
    return "" if value is None or value == "" else formulas.plain(formulas.rounded(Decimal(str(value))))


def _grade(value: str) -> str:
    return str(Grade(value).label) if value else ""


def _read(row: Row, *, is_hidden: bool = False) -> Told:
    return Told(
        year=row["year"],
        department=row["department_name"],
        head=row["head_name"],
        days=papers.days(row["year"], *(_day(row.get(name)) for name in ("since", "until"))),
        state=str(AssessmentState(row["state"]).label),
        self_score=_points(row["self_score"]),
        reviewed_score="" if is_hidden else _points(row["reviewed_score"]),
        self_words=_summed(row, "self_score"),
        reviewed_words="" if is_hidden else _summed(row, "score"),
        grade_by_score=_grade(row["grade_by_score"]),
        final_grade=_grade(row["final_grade"]),
        decided_on=_day(row["decided_on"]),
        minutes_number=row["minutes_number"],
        is_barred=row["is_barred"],
        corrections=[
            (_grade(one["former_grade"]), _grade(one["grade"]), read_day(day_of(one["at"])))
            for one in row["corrections"]
        ],
        begun_on=read_day(day_of(row["begun_at"])),
        items=[_item(item, is_hidden=is_hidden) for item in row["items"]],
    )


def _summed(row: Row, name: str) -> str:
    """How the scores of the items make the score of the whole, so that anybody can follow."""
    pairs = ((one["indicator"]["weight"], one[name]) for one in row["items"])
    return formulas.total(
        ((weight, None if said is None else Decimal(str(said))) for weight, said in pairs), row["total"]
    ).words


def _item(item: Row, *, is_hidden: bool) -> ToldItem:
    indicator = item["indicator"]
    reasons = [
        f"{one['by_name']} {_points(one['score'])} 分{'：' if one['reason'] else ''}{one['reason']}"
        for one in item["scores"]
    ]
    return ToldItem(
        order=str(indicator["order"]),
        group=indicator["group"],
        text=indicator["text"],
        guide=indicator["guide"],
        weight=str(indicator["weight"]),
        self_score=_points(item["self_score"]),
        words=item["reckoning"] or item["evidence"],
        score="" if is_hidden else _points(item["score"]),
        reasons="" if is_hidden else "；".join(reasons),
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            one.department, one.whose, one.state, one.self_score, one.reviewed_score, one.grade_by_score,
            one.final_grade, f"{one.decided_on}" if one.decided_on else "", one.minutes_number, one.remarks,
        )
        for one in map(_read, rows)
    ]  # fmt: skip


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    found = [_read(row) for row in rows]
    paper = papers.listing(found[0].year, found, school)
    title = f"{found[0].year}年度{papers.LIST_TITLE}"
    made = [PartPaper(papers.LIST_TITLE, title, paper.made_on or found[0].day, paper, partial(listing_pdf, paper))]
    for row, one in zip(rows, found, strict=True):
        printed = papers.sheet(one, school)
        whose, owner = f"{one.department}{'，' if one.days else ''}{one.whose if one.days else ''}", row["department"]
        name = f"{papers.SHEET_TITLE}_{one.department}" + (f"_{one.head}" if one.days else "")
        make = partial(papers.sheet_pdf, printed)
        made.append(PartPaper(name, f"{papers.SHEET_TITLE}（{whose}）", one.day, printed, make, department=owner))
    return made


def _files(rows: list[Row]) -> list[PartFile]:
    """Each file once, though it may support several indicators."""
    found = {}
    for row in rows:
        for item in (item for item in row["items"] if item["sha256"]):
            stem, _, suffix = item["file_name"].rpartition(".")
            found[item["sha256"]] = PartFile(f"{row['department_name']}_{stem}", suffix, item["sha256"])
    return list(found.values())


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        begun = {name: value for name, value in row.items() if name not in LATER}
        others = {"cycle": cycle, "department_id": row["department"], "head": account(row["head"])}
        made = insert(Assessment, begun, sheet=IndicatorSheet.objects.get(cycle=cycle), **others)
        items = [_restore_item(made, item, file_of) for item in row["items"]]
        for entry in row["entries"]:
            insert(AssessmentEntry, entry, assessment=made, by=account(entry["by"]))
        if row["state"] != AssessmentState.SELF:
            _write(made, row, account, SUBMITTED, state=AssessmentState.HANDED_IN)
        for item, told_item in zip(items, row["items"], strict=True):
            for one in told_item["scores"]:
                insert(ItemScore, one, item=item, by=account(one["by"]))
        for one in row["corrections"]:
            insert(AssessmentCorrection, one, assessment=made, veto_id=one["veto"], by=account(one["by"]))
        if row["state"] not in (AssessmentState.SELF, AssessmentState.HANDED_IN):
            _write(made, row, account, LATER, state=row["state"])


def _restore_item(made: Assessment, item: Row, file_of: FileOf) -> AssessmentItem:
    file = file_of(item["sha256"]) if item["sha256"] else None
    row: AssessmentItem = insert(AssessmentItem, item, assessment=made, indicator_id=item["indicator"]["id"], file=file)
    return row


def _write(made: Assessment, row: Row, account: Person, names: Sequence[str], *, state: str) -> None:
    """Write how far it had come; save() would refuse, since nobody decides here."""
    fields = {field.name: field for field in Assessment._meta.concrete_fields}
    values: dict[str, Any] = {name: fields[name].to_python(row[name]) for name in names}
    people = {"submitted_by": account(row["submitted_by"]), "decided_by": account(row["decided_by"])}
    if names is SUBMITTED:
        del people["decided_by"]
    models.QuerySet(Assessment).filter(pk=made.pk).update(**values | people | {"state": state})


def _veto_facts(cycle: Cycle) -> list[Row]:
    rows = Veto.objects.filter(cycle=cycle).select_related("head", "proposed_by", "confirmed_by")
    return [
        columns(row, VETO)
        | {
            "department": row.department_id,
            "head": person(row.head, row.proposed_at),
            "proposed_by": person(row.proposed_by, row.proposed_at),
            "confirmed_by": person(row.confirmed_by, row.confirmed_at),
            "entries": [columns(one, VETO_ENTRY) | {"by": person(one.by, one.at)} for one in row.entries.all()],
        }
        for row in rows.prefetch_related("entries__by")
    ]


def _veto_lines(rows: list[Row]) -> list[Sequence[str]]:
    """Without the case."""
    return [(row["department_name"], row["head_name"], WORDS, str(VetoState(row["state"]).label)) for row in rows]


def _restore_vetoes(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        people = {name: account(row[name]) for name in ("head", "proposed_by", "confirmed_by")}
        made = insert(Veto, row, cycle=cycle, department_id=row["department"], **people)
        for entry in row["entries"]:
            insert(VetoEntry, entry, veto=made, by=account(entry["by"]))


HEADINGS = (
    "部门", "部门负责人", "状态", "自评分", "核准分", "按分等次", "最终等次", "审定日期", "会议纪要", "说明",
)  # fmt: skip
VETOES = YearPart(
    "vetoes",
    "“优秀”否决",
    ("部门", "当时的部门负责人", "否决", "状态"),
    _veto_facts,
    lines=_veto_lines,
    restore=_restore_vetoes,
    departments=departments_of,
)
PART = YearPart(
    "assessments",
    papers.LIST_TITLE,
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=departments_of,
    papers=_papers,
    files=_files,
)
