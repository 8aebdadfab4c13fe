"""Opinions in a year's record and archive, with their answers and objections, and the way back.

Whoever said something is named nowhere, and no receipt code leaves the house; what names a person is the committee's
alone and stands in no archive.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models

from departments.models import Post
from riskpoints.models import Cycle
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome
from riskpoints.participation.models import Feedback, Objection
from riskpoints.wings import Person, Row, YearPart

OPINION = (
    "point_identity",
    "point_text",
    "text",
    "sent_at",
    "within_period",
    "quarantine",
    "state",
    "outcome",
    "answer",
    "answered_at",
    "answer_is_public",
    "text_is_public",
)
OBJECTION = ("category", "text", "measure", "raised_at", "state", "reason", "decided_by_name", "decided_at")


def _facts(cycle: Cycle) -> list[Row]:
    rows = Feedback.objects.filter(version__table__cycle=cycle).exclude(state=FeedbackState.REFERRED)
    people = ("version", "answered_by", "objection__raised_by", "objection__decided_by")
    return [_opinion(row) for row in rows.select_related(*people).order_by("sent_at", "id")]


def _opinion(row: Feedback) -> Row:
    objection = getattr(row, "objection", None)
    return {name: getattr(row, name) for name in OPINION} | {
        "version_id": row.version_id,
        "owner": row.version.owner_name,
        "answered_by": _person(row.answered_by),
        "objection": objection and _objection(objection),
    }


def _objection(row: Objection) -> Row:
    people = {"raised_by": _person(row.raised_by), "decided_by": _person(row.decided_by)}
    return {name: getattr(row, name) for name in OBJECTION} | {"post": row.post_id, **people}


def _person(user: Any) -> Row | None:
    return {"number": user.staff_number, "name": user.real_name} if user else None


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if str(row["version_id"]) in versions]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["owner"],
            row["sent_at"][:10],
            "是" if row["within_period"] else "否",
            row["point_text"],
            row["text"],
            Outcome(row["outcome"]).label if row["outcome"] else "待答复",
            row["answer"],
            _came_of_it(row["objection"]),
        )
        for row in rows
    ]


def _came_of_it(objection: Row | None) -> str:
    if objection is None:
        return ""
    said = f"{objection['text']}（{ObjectionState(objection['state']).label}）"
    return f"{said}：{objection['reason']}" if objection["reason"] else said


def _restore(cycle: Cycle, rows: list[Row], person: Person) -> None:
    for row in rows:
        feedback = Feedback(
            version_id=row["version_id"], answered_by=person(row["answered_by"]), **_values(Feedback, row, OPINION)
        )
        feedback.save_base(raw=True, force_insert=True)
        if row["objection"] is not None:
            said = row["objection"]
            people = {"raised_by": person(said["raised_by"]), "decided_by": person(said["decided_by"])}
            values = _values(Objection, said, OBJECTION)
            post = Post.objects.filter(pk=said["post"]).first()  # one of another department is in no package
            objection = Objection(feedback=feedback, post=post, **people, **values)
            objection.save_base(raw=True, force_insert=True)


def _values(model: type[models.Model], row: Row, names: Sequence[str]) -> Row:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(row[name]) for name in names}


HEADINGS = ("表", "提出", "公示期内", "针对的风险点", "意见", "处理结果", "答复", "异议和审核")
PART = YearPart("opinions", "公示意见和答复", HEADINGS, _facts, _shown, _lines, _restore)
