"""A draft while it is written in: held, allowed, noted as somebody's; what each change of it leaves in the trail."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from departments.models import Actor, Post, User
from departments.permissions import afresh
from riskcontrol import audit
from riskcontrol.verbs import Verb
from riskpoints.enums import Action, Status, WalkKind
from riskpoints.models import Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.permissions import can_still, writes
from riskpoints.references.powers.enums import PowerState
from riskpoints.tables import acts, citations, co_departments, walked
from riskpoints.tables.locking import lock_version
from riskpoints.verbs import RegisterVerb, verb_of_row


class ConflictError(Exception):
    """Somebody else saved this row since it was opened; `stored` is the row as it is now (None: it was removed)."""

    def __init__(self, stored: models.Model | None) -> None:
        super().__init__("这一项在您填写期间已被他人修改，请对照后再保存。")
        self.stored = stored


class NotOwnError(PermissionDenied):
    """In the table of the 校领导班子 each leader writes the own post's rows, and nobody else's (R53); it means 403."""


class UnchangedError(Exception):
    """Raised inside editing() where there is nothing to change: it leaves no trace, and nobody becomes an author."""


FROZEN = {
    Status.SUBMITTED: "这一版已经提交，内容不能再改。如需修改，请先撤回，或由审核人退回。",
    Status.REVIEWED: "这一版已经审核通过，内容不能再改。如需修改，请由审核人退回。",
    Status.CONFIRMED: "这一版已经确定，内容不能再改。如需变动，请另起一版修订。",
    Status.DISCARDED: "这份修订稿已经作废，不能再改。",
}


def require_draft(version: TableVersion) -> None:
    """Raise FrozenError, saying what to do, unless the version is still a draft of an open year."""
    if version.table.cycle.is_closed:
        raise FrozenError(f"{version.table.cycle}已经归档关闭，不能再修改。")
    if version.table.is_removed:
        raise FrozenError(f"这张表已由办公室移出{version.table.cycle}，不用再填。要继续填报，请办公室先恢复。")
    if version.status != Status.DRAFT:
        raise FrozenError(FROZEN[Status(version.status)])


def lock_draft(version: TableVersion, *, actor: Actor) -> TableVersion:
    """Hold a draft to the end of the transaction. Raises PermissionDenied or FrozenError."""
    locked = lock_version(version)
    if not can_still(actor, Action.EDIT, locked):
        raise PermissionDenied("您没有填写这张表的权限。")
    require_draft(locked)
    return locked


OF_ANOTHER = "“{}”的风险点和措施由任职人本人填写，您不能代填或修改。"
OF_NO_POST = "不属于某一岗位的内容由领导小组办公室填写，您填写本岗位的风险点和只对应它们的措施。"


def require_own(version: TableVersion, posts: Iterable[int | None], *, actor: Actor) -> None:
    """NotOwnError, saying why, where a row of one of these posts (None: of no post) isn't this person's to write."""
    if not version.table.is_leaders:
        return  # whoever fills in writes all of it, and lock_draft() has asked
    may = writes(cast(User, afresh(actor)), version.table)
    for key in posts:
        if not may(key):
            name = key and Post.objects.filter(pk=key).values_list("name", flat=True).first()
            raise NotOwnError(OF_ANOTHER.format(name) if name else OF_NO_POST)


def posts_of_measure(points: Iterable[RiskPoint]) -> set[int | None]:
    """Whose a measure is that answers these points; that of a whole category belongs to no post."""
    return {point.post_id for point in points} or {None}


@contextmanager
def editing(version: TableVersion, *, actor: Actor) -> Iterator[TableVersion]:
    """One change to a draft: locked, allowed, noted as this person's. Raises PermissionDenied or FrozenError.

    What is saved inside with the version that this yields belongs to the same change: many rows are locked once.
    """
    with suppress(UnchangedError), transaction.atomic():
        if version.held_by is not None and version.held_by == actor:
            yield version
            version.lock += 1
            return
        locked = lock_draft(version, actor=actor)
        locked.held_by, locked.kept, before = actor, {}, locked.lock
        try:
            yield locked
        finally:
            locked.held_by = None
        locked.authors.add(actor)
        locked.lock = max(locked.lock, before + 1)
        locked.save(update_fields=["lock", "saved_at"])
        acts.note(locked, before, actor)


@contextmanager
def as_one(version: TableVersion, *, actor: Actor) -> Iterator[TableVersion]:
    """Several changes to a draft as one, which is undone as one; where none of them changes anything there is none."""
    with editing(version, actor=actor) as held:
        before = held.lock
        yield held
        if held.lock == before:
            raise UnchangedError


def apply_rule(point: RiskPoint) -> None:
    """Set post name, functions and computed level from the post as it is now."""
    note_post(point)
    point.computed_level = point.ruling.computed


def note_post(row: RiskPoint | PostExemption) -> None:
    """Write down the name and the functions of a row's post as they are now."""
    row.post_name = row.post.name if row.post else ""
    row.functions = [list(pair) for pair in row.post.floors] if row.post else []


def require_category(version: TableVersion, category: str) -> None:
    if category not in version.table.categories.values:
        raise ValidationError({"category": "这张表没有这个风险类别。"})


WALKED_AS = {"add": WalkKind.ADDED, "change": WalkKind.CHANGED, "remove": WalkKind.REMOVED}


def audit_row(
    row: RiskPoint | Measure, before: dict[str, Any], after: dict[str, Any], actor: Actor, why: str | None = ""
) -> None:
    """Write down that a row was added (nothing before), changed, or removed (nothing after).

    In a renewal that is an answer of 逐条核对, too, with the reason `why`; None: it goes only because another one does.
    """
    act = "add" if not before else "change" if after else "remove"
    audit_change(verb_of_row(act, row), row, before, after, actor)
    if why is not None and audit.changed_fields(before, after):
        walked.note(row, WALKED_AS[act], [*before.get("points", ()), *after.get("points", ())], actor, why)


def audit_change(verb: Verb, target: models.Model, before: dict[str, Any], after: dict[str, Any], actor: Actor) -> None:
    changes = audit.changed_fields(before, after)
    if changes:
        audit.record(verb, actor=actor, target=target, detail=changes)


def note_power(row: RiskPoint) -> None:
    """Write down the number and the name of a point's power, and its step: filed ones never change."""
    revision, step = row.power_revision, row.power_step
    row.power_number = revision.power.number if revision else ""
    row.power_name = revision.name if revision else ""
    row.step_name = step.name if step else ""


def wrong_power(version: TableVersion, point: RiskPoint) -> str:
    """Why a point can't lie on this power or step; a filed one of the own department is right."""
    revision, step = point.power_revision, point.power_step
    if step is not None and (revision is None or step.revision_id != revision.pk):
        return "这个环节不属于所选的职权，请重新选择。"
    if revision is None:
        return ""
    if revision.power.department_id != version.table.department_id:
        return "请选本部门的职权。"
    return "" if revision.state == PowerState.FILED else "这项职权还没有备案，请改选。"


def refresh_names_and_floors(version: TableVersion, *, actor: Actor) -> None:
    """Before a draft is submitted: take the names and functions of today, so that what is decided is what is true."""
    with transaction.atomic():
        locked = lock_version(version)
        if locked.status != Status.DRAFT or locked.table.cycle.is_closed:
            return
        department = locked.table.department
        if department is not None and locked.owner_name != department.name:
            before = {"owner_name": locked.owner_name}
            locked.owner_name = department.name
            locked.save(update_fields=["owner_name"])
            audit_change(RegisterVerb.RENAME_OWNER, locked, before, {"owner_name": locked.owner_name}, actor)
        fields = ("post_name", "functions", "computed_level")
        for point in locked.points.select_related("post").prefetch_related("post__functions"):
            before = audit.field_values(point, *fields)
            apply_rule(point)
            after = audit.field_values(point, *fields)
            if before != after:
                point.save(update_fields=fields)
                audit_change(RegisterVerb.REFRESH_POST, point, before, after, actor)
        for exemption in locked.exemptions.select_related("post").prefetch_related("post__functions"):
            before = audit.field_values(exemption, *fields[:2])
            note_post(exemption)
            after = audit.field_values(exemption, *fields[:2])
            if before != after:
                exemption.save(update_fields=fields[:2])
                audit_change(RegisterVerb.REFRESH_POST, exemption, before, after, actor)
        citations.refresh(locked, actor=actor)
        co_departments.refresh(locked, actor=actor)
