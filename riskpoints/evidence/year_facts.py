"""What stands around the tables of a year as plain values: people, organisation, versions, decisions."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from departments.enums import Level
from departments.models import Department, LeadershipGroup, Post, PostFunction, School, User
from departments.queries import leader_names
from riskcontrol.audit import canonical_json
from riskcontrol.models import StoredFile
from riskcontrol.pinyin import PinyinField
from riskpoints import wings
from riskpoints.content.duty import duties
from riskpoints.enums import Status
from riskpoints.models import (
    ControlTable,
    Cycle,
    Decision,
    Measure,
    MeetingDecision,
    PostExemption,
    Remark,
    RiskPoint,
    SignedScan,
    StoredDocument,
    TableVersion,
)

# Key of the facts under which lies what belongs to a year besides its tables (wings.parts).
PARTS = "parts"
# Key under which a version's meetings lie, if there were any.
MEETINGS = "meetings"


# The head of the form: a draft's is still being written, and its last decision says what was handed in.
FORM_FIELDS = ("owner_name", "head_name", "duties", "date_mode", "filled_on")


def plain(value: Any) -> Any:
    """The value as canonical JSON holds it (NFC, moments as text), so that every file says it in the same letters."""
    return json.loads(canonical_json(value))


def from_plain(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row's own fields, as the model takes them; what the model doesn't know is left out."""
    fields = {field.name: field for field in model._meta.concrete_fields if not field.is_relation}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in fields}


def read_day(value: datetime.date | str) -> datetime.date:
    """A day of a row: from the database, or its text in an archive."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def day_of(moment: datetime.datetime | str) -> datetime.date:
    """The school's day of a moment of a row: from the database, or its text in an archive."""
    return timezone.localdate(datetime.datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


def facts_of_year(cycle: Cycle) -> dict[str, Any]:
    """Who is who and what stood where: with the snapshots of the decisions enough to read the year back."""
    tables = list(ControlTable.objects.filter(cycle=cycle).select_related("removed_by").order_by("id"))
    group = LeadershipGroup.on(datetime.date(cycle.year, 12, 31))
    posts = list(_posts(cycle, [table.department_id for table in tables if table.department_id]))
    parts = wings.facts(cycle)
    named = {table.department_id for table in tables} | {post.department_id for post in posts}
    departments = _departments(named | wings.departments(parts))
    rows = _rows(cycle)
    return plain(
        {
            "cycle": _fields(cycle) | {"id": cycle.pk},
            "school": _fields(School.current()),
            "group": group and _group(group),
            "departments": _department_facts(departments),
            "functions": [
                _fields(function, "document_key") for function in PostFunction.objects.order_by("order", "id")
            ],
            "posts": [_post(post) for post in posts],
            "tables": [_table(table) for table in tables],
            "versions": [_version(version, rows) for version in handed_in(cycle)],
            "decisions": [_decision(decision) for decision in decisions_of(cycle)],
            **({PARTS: parts} if parts else {}),
        }
    )


def _table(table: ControlTable) -> dict[str, Any]:
    """A table; why it was taken out of its year, where it was."""
    said = {"id": table.pk, "scope": table.scope, "department": table.department_id, "in_force": table.in_force_id}
    if not table.is_removed:
        return said
    return said | {
        "removed_at": table.removed_at,
        "removed_by": wings.person(table.removed_by, table.removed_at),
        "removed_reason": table.removed_reason,
    }


def handed_in(cycle: Cycle) -> QuerySet[TableVersion]:
    """The year's versions about which something was decided; a draft is one that was returned or recalled."""
    return (
        TableVersion.objects.filter(
            Q(table__cycle=cycle),
            ~Q(status=Status.DRAFT) | models.Exists(Decision.objects.filter(version=models.OuterRef("pk"))),
        )
        .select_related("table", "base", "created_by", "submitted_by", "reviewed_by", "confirmed_by")
        .prefetch_related(
            "authors",
            "assessors",
            Prefetch("remarks", Remark.objects.select_related("author")),
            Prefetch("meetings", MeetingDecision.objects.select_related("recorded_by")),
            "meetings__posts",
            Prefetch("scans", _scans_with_people()),
            Prefetch("scans__file", StoredFile.objects.defer("content")),
        )
        .order_by("table_id", "number")
    )


def _scans_with_people() -> QuerySet[SignedScan]:
    return SignedScan.objects.select_related("added_by", "replaces__file").defer("replaces__file__content")


def decisions_of(cycle: Cycle) -> QuerySet[Decision]:
    """The year's decisions in the order in which they were taken, with the files kept beside them."""
    documents = Prefetch("documents", StoredDocument.objects.order_by("kind"))
    return (
        Decision.objects.filter(version__table__cycle=cycle)
        .select_related("version__table__department", "actor")
        .prefetch_related(documents, Prefetch("documents__file", StoredFile.objects.defer("content")))
        .order_by("id")
    )


def _fields(instance: models.Model, *without: str) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(instance)
        for field in instance._meta.concrete_fields
        if not field.is_relation and field.name not in ("id", *without) and not isinstance(field, PinyinField)
    }


def _in_order(people: Iterable[User]) -> list[User]:
    return sorted(people, key=lambda user: user.staff_number)


def _group(group: LeadershipGroup) -> dict[str, Any]:
    return _fields(group) | {
        "office_director": group.office_director.person_name if group.office_director else None,
        "members": [_fields(member) for member in group.members.all()],
    }


def _posts(cycle: Cycle, departments: list[int]) -> QuerySet[Post]:
    """The posts of these departments, and those that moved elsewhere but stand in the year's tables."""
    named = [
        rows.filter(version__table__cycle=cycle, post__isnull=False).values("post")
        for rows in (RiskPoint.objects, PostExemption.objects)
    ]
    wanted = Q(department__in=departments) | Q(pk__in=named[0]) | Q(pk__in=named[1])
    return Post.objects.filter(wanted).order_by("department", "order", "pinyin", "id").prefetch_related("functions")


def _departments(keys: set[int | None]) -> list[Department]:
    """These departments, and those they belong to or were taken over by."""
    every = {department.pk: department for department in Department.objects.all()}
    found: dict[int, Department] = {}
    waiting = sorted(key for key in keys if key is not None)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found[key] = every[key]
            waiting += [other for other in (every[key].parent_id, every[key].successor_id) if other is not None]
    return sorted(found.values(), key=lambda item: (item.order, item.pinyin, item.pk))


def _department_facts(departments: list[Department]) -> list[dict[str, Any]]:
    leaders, answering = leader_names(departments), duties([department.pk for department in departments])
    return [
        _fields(department)
        | {"id": department.pk, "parent": department.parent_id, "leader": leaders.get(department.pk, "")}
        | {"answers": {str(level.value): answering.named(department.pk, level) for level in Level}}
        | ({"successor": department.successor_id} if department.successor_id else {})
        for department in departments
    ]


def _post(post: Post) -> dict[str, Any]:
    names = [function.name for function in sorted(post.functions.all(), key=_function_order)]
    return _fields(post) | {"id": post.pk, "department": post.department_id, "functions": names}


def _function_order(function: PostFunction) -> tuple[int, int]:
    return function.order, function.pk


def _version(version: TableVersion, rows: dict[int, dict[str, list[Any]]]) -> dict[str, Any]:
    """A version's own row, its people, remarks and scans, and what its snapshots don't say of the rows in it."""
    is_draft = version.status == Status.DRAFT
    written = version.submitted_at or version.confirmed_at or version.saved_at
    without = ("saved_at", "lock", "seal", "snapshot_format", *(FORM_FIELDS if is_draft else ()))
    by_meeting = () if version.minutes_number else ("minutes_number",)  # the record of other tables stays what it was
    return _fields(version, *without, *by_meeting) | {
        "version_id": version.pk,
        "table_id": version.table_id,
        "scope": version.table.scope,
        "department": version.table.department_id,
        "in_force": version.is_in_force,
        "base": version.base.number if version.base and version.base.table_id == version.table_id else None,
        "authors": [wings.person(author, written) for author in _in_order(version.authors.all())],
        "assessors": [wings.person(assessor, version.reviewed_at) for assessor in _in_order(version.assessors.all())],
        "created_by": wings.person(version.created_by, version.created_at),
        "submitted_by": wings.person(version.submitted_by, version.submitted_at),
        "reviewed_by": wings.person(version.reviewed_by, version.reviewed_at),
        "confirmed_by": wings.person(version.confirmed_by, version.confirmed_at),
        "rows": None if is_draft else rows[version.pk],
        "scans": [_scan(scan) for scan in version.scans.all()],
        "remarks": [_remark(remark) for remark in version.remarks.all() if remark.sent_at is not None],
        **_meetings(version),
    }


def _meetings(version: TableVersion) -> dict[str, Any]:
    """What meetings decided about it; nothing of a version about which none did."""
    found = [
        meeting.said()
        | {"by": wings.person(meeting.recorded_by, meeting.recorded_at), "by_name": meeting.recorded_by_name}
        | {"at": meeting.recorded_at}
        for meeting in version.meetings.all()
    ]
    return {MEETINGS: found} if found else {}


def _scan(scan: SignedScan) -> dict[str, Any]:
    return {
        "sha256": scan.file.sha256,
        "suffix": scan.suffix,
        "by": wings.person(scan.added_by, scan.added_at),
        "at": scan.added_at,
        "replaces": scan.replaces.file.sha256 if scan.replaces else None,
        "reason": scan.reason,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "point": remark.point_identity,
        "text": remark.text,
        "author": wings.person(remark.author, remark.at),
        "at": remark.at,
        "sent_at": remark.sent_at,
    }


def _rows(cycle: Cycle) -> dict[int, dict[str, list[Any]]]:
    """Places and posts of the rows by version, each list in its own order.

    The snapshot knows a post's name, not which post it is, and the order of measures only beside their first point.
    """
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: {"points": [], "measures": [], "exemptions": []})
    of_year = {"version__table__cycle": cycle}
    points = RiskPoint.objects.filter(**of_year).order_by("order", "id")
    for version, *row in points.values_list("version_id", "identity", "order", "post_id"):
        found[version]["points"].append(row)
    measures = Measure.objects.filter(**of_year).order_by("order", "id")
    for version, *row in measures.values_list("version_id", "identity", "order"):
        found[version]["measures"].append(row)
    exemptions = PostExemption.objects.filter(**of_year).order_by("id")
    for version, *row in exemptions.values_list("version_id", "post_id", "reason", "post_name", "functions"):
        found[version]["exemptions"].append(row)
    return found


def _decision(decision: Decision) -> dict[str, Any]:
    """Whose account decided, and the files kept beside the decision; all else is in the file of the decisions."""
    return {
        "actor": wings.person(decision.actor, decision.at),
        "documents": {document.kind: document.file.sha256 for document in decision.documents.all()},
    }
