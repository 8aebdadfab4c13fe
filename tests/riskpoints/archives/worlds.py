"""Years that hold everything an archive can hold, and what a database says of them, to be compared after an import."""

import hashlib
import unicodedata

from django.db import models

from departments.models import Department, GroupMember, LeadershipGroup, Post, PostFunction, School, User
from riskcontrol.models import StoredFile
from riskpoints import fields
from riskpoints.content import content
from riskpoints.enums import Action, Status
from riskpoints.models import (
    ControlTable,
    Cycle,
    Decision,
    Measure,
    NilDeclaration,
    PostExemption,
    Remark,
    RiskPoint,
    SignedScan,
    StoredDocument,
    TableVersion,
)
from riskpoints.tables import editing, moving, papers, reviewing, starting, workflow
from riskpoints.years import closing
from tests.factories import bring_to, make_measure, make_point, make_post, paper_signature
from tests.riskpoints.archives.packing import SCAN, confirm

# What is told apart by its key in an archive, and what only by its place.
KEYED = (Department, Post, Cycle, ControlTable, TableVersion)
PLACED = (
    School,
    PostFunction,
    LeadershipGroup,
    GroupMember,
    RiskPoint,
    Measure,
    NilDeclaration,
    PostExemption,
    Decision,
    Remark,
    StoredDocument,
    SignedScan,
)
# Counters and marks of the program, not of the school; a member's account would be a power.
LEFT_OUT = {"id", "lock", "saved_at", "user", "office_director", "group", "seal"}


def make_world(people, table, other_table, school_table, discipline_table, settings):
    """Return the open 年度 of today: revised, returned, given up, submitted, with forms and scans kept at decisions."""
    settings.KEPT_DOCUMENTS = ("pdf", "xlsx")
    first = confirm(table, people, scan=SCAN)
    settings.KEPT_DOCUMENTS = ()
    revise(first, people)
    confirm(school_table, people)
    bring_to(Status.DISCARDED, school_table, people)
    returned = bring_to(Status.SUBMITTED, other_table, people)
    given = {
        point.pk: reviewing.Assessment(point.proposed_level, remark="Cafe\u0301") for point in returned.points.all()
    }
    reviewing.assess(returned, given, general_remark="整表意见\r\n=1", actor=people.reviewer)
    settings.KEPT_DOCUMENTS = ("xlsx",)
    returned = workflow.perform(Action.APPROVE, returned, actor=people.reviewer)
    settings.KEPT_DOCUMENTS = ()
    workflow.perform(Action.RETURN, returned, actor=people.principal, comment="Cafe\u0301 费用不清\r\n=请核对")
    bring_to(Status.SUBMITTED, discipline_table, people)
    return table.cycle


def revise(first, people):
    """Put a second version in force, whose rows stand in another order than they were written."""
    draft = starting.open_revision(first, reason="岗位有变动", actor=people.head)
    post = make_post(draft.table.department, "门卫", order=5)
    editing.exempt_post(draft, post, "不经手财物", actor=people.head)
    points = list(draft.points.order_by("order", "id")[:2])
    one = make_point(
        draft,
        actor=people.head,
        text="没有岗位的风险点",
        is_latent=False,
        harm=1,
        finding_methods=["other"],
        finding_other="审计",
    )
    two = make_point(draft, actor=people.head, text="又一个风险点", post=points[0].post, is_key_area=True)
    late = make_measure(draft, one, two, actor=people.head, text="答复两个风险点")
    early = make_measure(draft, two, actor=people.head, text="只答复第二个", basis="制度汇编", timing="每月")
    moving.place_row(early, late, actor=people.head)
    moving.place_row(one, two, actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    given = {
        point.pk: reviewing.Assessment(1, reason="从严")
        if point.text == "又一个风险点"
        else reviewing.Assessment(point.proposed_level)
        for point in version.points.all()
    }
    reviewing.assess(version, given, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    signature = paper_signature(scan=SCAN + b"2", scan_suffix="pdf")
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=signature)


def finish(world, people, discipline_table):
    """Decide what is on its way and close the year; the returned table stays a draft."""
    version = TableVersion.objects.get(table=discipline_table)
    given = {point.pk: reviewing.Assessment(point.proposed_level) for point in version.points.all()}
    reviewing.assess(version, given, actor=people.deputy)
    version = workflow.perform(Action.APPROVE, version, actor=people.deputy)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    return closing.close_year(world, actor=people.office)


def described(cycle):
    """Return every row of the year as values, people by number and files by hash."""
    found = {model.__name__: [] for model in (*KEYED, *PLACED)}
    for model in (*KEYED, *PLACED):
        for row in model._default_manager.order_by("pk"):
            if is_told(row):
                found[model.__name__].append(values_of(row))
    for name in ("RiskPoint", "Measure", "NilDeclaration", "PostExemption", "SignedScan", "Remark", "StoredDocument"):
        found[name].sort(key=str)
    found["contents"] = {
        version.pk: content.open_part(content.sealed(content.load(version))[0])
        for version in TableVersion.objects.filter(status=Status.CONFIRMED)
    }
    found["papers"] = {
        (version.pk, kind): hashlib.sha256(papers.document_of(version, kind)).hexdigest()
        for version in TableVersion.objects.filter(table__cycle=cycle, status=Status.CONFIRMED)
        for kind in ("pdf", "xlsx")
    }
    return found


def is_told(row):
    """Tell whether an archive has a row: of the register only what is or was in force."""
    if isinstance(row, Remark):
        return False
    if isinstance(row, StoredDocument):
        return is_told(row.decision) and row.decision.action in (Action.CONFIRM, Action.RECORD)
    version = row if isinstance(row, TableVersion) else getattr(row, "version", None)
    return version is None or version.status == Status.CONFIRMED


def values_of(row):
    """Return one row as values that mean the same in another database."""
    said = {"pk": row.pk} if isinstance(row, KEYED) else {}
    for field in row._meta.concrete_fields:
        if field.name not in LEFT_OUT:
            value = getattr(row, field.name)
            said[field.name] = meaning(value)
    if isinstance(row, RiskPoint):
        said = {name: value for name, value in said.items() if name not in fields.assessments(fields.CURRENT)}
    if isinstance(row, Decision):
        is_shown = row.action in (Action.CONFIRM, Action.RECORD)
        said |= {"snapshot": content.open_part(row.snapshot) if is_shown else "", "comment": row.comment * is_shown}
    if isinstance(row, Measure):
        said["points"] = sorted(str(point.identity) for point in row.points.all())
    if isinstance(row, Post):
        said["functions"] = sorted(function.name for function in row.functions.all())
    if isinstance(row, TableVersion):
        said["authors"] = sorted(author.staff_number for author in row.authors.all())
    return said


def meaning(value):
    """Return a value as an archive writes it: letters in one way (NFC), and how one row points to another."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, User):
        return value.staff_number
    if isinstance(value, StoredFile):
        return value.sha256
    if isinstance(value, Decision):
        return value.version_id, value.action, value.at
    return value.pk if isinstance(value, models.Model) else value
