"""Every write to the content of a draft: head of the form, points, measures, explicit 无, exempted posts."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max

from departments.models import Actor, Post, User
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskcontrol.verbs import Verb
from riskpoints import fields
from riskpoints.enums import Action, FindingMethod, Status
from riskpoints.models import Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.permissions import can_still
from riskpoints.tables.locking import lock_version
from riskpoints.verbs import RegisterVerb, verb_of_row

POINT_FIELDS, MEASURE_FIELDS = fields.typed(fields.POINT), fields.typed(fields.MEASURE)
# What the identities of rows are made from that come with a token.
TOKENS = uuid.UUID("5d0c5a52-6f0b-4b6e-9d59-2b1a1c3c7a10")
HEAD_FIELDS = fields.typed(fields.HEAD)


class ConflictError(Exception):
    """Somebody else saved this row since it was opened; `stored` is the row as it is now (None: it was removed)."""

    def __init__(self, stored: models.Model | None) -> None:
        super().__init__("这一项在您填写期间已被他人修改，请对照后再保存。")
        self.stored = stored


class _UnchangedError(Exception):
    """Raised inside editing() where there is nothing to change: it leaves no trace, and nobody becomes an author."""


def together() -> Any:
    """Several changes as one: all are saved or none."""
    return transaction.atomic()


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


@contextmanager
def editing(version: TableVersion, *, actor: Actor) -> Iterator[TableVersion]:
    """One change to a draft: locked, allowed, noted as this person's. Raises PermissionDenied or FrozenError.

    What is saved inside with the version that this yields belongs to the same change: many rows are locked once.
    """
    with suppress(_UnchangedError), transaction.atomic():
        if version.held_by is not None and version.held_by == actor:
            yield version
            version.lock += 1
            return
        locked = lock_draft(version, actor=actor)
        locked.held_by, before = actor, locked.lock
        try:
            yield locked
        finally:
            locked.held_by = None
        locked.authors.add(actor)
        locked.lock = max(locked.lock, before + 1)
        locked.save(update_fields=["lock", "saved_at"])


def save_head(
    version: TableVersion, values: Mapping[str, Any], *, lock: int | None = None, actor: Actor
) -> TableVersion:
    """Save 业务工作职责, 负责人姓名 and 填表日期. `lock` is the head_state() the writer saw; see ConflictError."""
    with editing(version, actor=actor) as locked:
        before = audit.field_values(locked, *HEAD_FIELDS)
        if lock is not None and lock != head_state(locked):
            raise ConflictError(locked)
        for name in HEAD_FIELDS:
            if name in values:
                setattr(locked, name, values[name])
        locked.full_clean(exclude=["table", "base", "created_by"], validate_constraints=False)
        locked.save(update_fields=[*HEAD_FIELDS])
        audit_change(RegisterVerb.CHANGE_HEAD, locked, before, audit.field_values(locked, *HEAD_FIELDS), actor)
    return locked


def head_state(version: TableVersion) -> int:
    """A number that changes whenever the head of the form does; carried by the form to notice a conflict."""
    text = audit.canonical_json(audit.field_values(version, *HEAD_FIELDS))
    return int(audit.sha256(text)[:12], 16)


def save_point(
    version: TableVersion,
    values: Mapping[str, Any],
    *,
    point: RiskPoint | None = None,
    lock: int | None = None,
    token: str = "",
    actor: Actor,
) -> RiskPoint:
    """Add or change one 风险点; computes the rule's level from the post's functions.

    A new one with a `token` is added once, however often its form is sent. Raises
    ValidationError by field (a level below the floor, a missing reason …), ConflictError, FrozenError.
    """
    with editing(version, actor=actor) as locked:
        if point is None and (row := _sent_before(RiskPoint, locked, token)) is not None:
            _require_same(row, values, POINT_FIELDS)
        row, before = _row_to_save(RiskPoint, locked, point, lock, POINT_FIELDS, token)
        before_judged = judged(row)
        _assign(row, values, POINT_FIELDS)
        apply_rule(row)
        _validate_point(locked, row)
        if judged(row) != before_judged:
            # The reviewer confirmed something else: the level must be confirmed anew.
            row.confirmed_level, row.confirmed_reason = None, ""
        row.save()
        for exemption in PostExemption.objects.filter(version=locked, post_id=row.post_id):
            _end_exemption(exemption, actor)
        audit_row(row, before, audit.field_values(row, *POINT_FIELDS), actor)
    return row


def check_point(version: TableVersion, values: Mapping[str, Any]) -> None:
    """Raise ValidationError where save_point() would refuse a new point; nothing is written."""
    row = RiskPoint(version=version, **values)
    apply_rule(row)
    _validate_point(version, row)


def save_measure(
    version: TableVersion,
    values: Mapping[str, Any],
    *,
    points: Iterable[RiskPoint] = (),
    measure: Measure | None = None,
    lock: int | None = None,
    token: str = "",
    actor: Actor,
) -> Measure:
    """Add or change one 防范措施 and the points it answers; no point means the whole category.

    `token` as for a point.
    """
    chosen = list(points)
    with editing(version, actor=actor) as locked:
        if measure is None and (row := _sent_before(Measure, locked, token)) is not None:
            _require_same(row, values, MEASURE_FIELDS)
        row, before = _row_to_save(Measure, locked, measure, lock, MEASURE_FIELDS, token)
        old_points = sorted(str(p.identity) for p in row.points.all()) if row.pk else []
        _assign(row, values, MEASURE_FIELDS)
        if any(p.version_id != locked.pk or p.category != row.category for p in chosen):
            raise ValidationError({"points": "只能选同一类别里的风险点。"})
        _require_category(locked, row.category)
        if NilDeclaration.objects.filter(version=locked, category=row.category).exists():
            raise ValidationError({"text": "这一类已确认为“无”，防范措施也是“无”。如有措施，请先取消“无”。"})
        row.full_clean(exclude=["version"], validate_constraints=False)
        row.save()
        row.points.set(chosen)
        after = audit.field_values(row, *MEASURE_FIELDS) | {"points": sorted(str(p.identity) for p in chosen)}
        before = before | {"points": old_points} if before else {}
        audit_row(row, before, after, actor)
    return row


def remove_row(row: RiskPoint | Measure, *, actor: Actor) -> bool:
    """Remove a point or a measure from a draft; what it said stays in the audit trail.

    A point's own measures go with it unless they answer another point, too. False where it was gone already.
    """
    removed = False
    with editing(row.version, actor=actor) as locked:
        stored = type(row).objects.filter(pk=row.pk, version=locked).first()
        if stored is None:
            raise _UnchangedError
        orphans = []
        if isinstance(stored, RiskPoint):
            orphans = [m for m in stored.measures.all() if m.points.count() == 1]
        for item in [*orphans, stored]:
            fields = POINT_FIELDS if isinstance(item, RiskPoint) else MEASURE_FIELDS
            audit_row(item, audit.field_values(item, *fields), {}, actor)
            item.delete()
        removed = True
    return removed


def swap_rows(row: RiskPoint | Measure, other: RiskPoint | Measure, *, actor: Actor) -> None:
    """Let two points, or two measures, of the same category change places."""
    with editing(row.version, actor=actor) as locked:
        rows: list[Any] = list(type(row).objects.filter(version=locked, category=row.category).order_by("order", "id"))
        places = {item.pk: place for place, item in enumerate(rows)}
        if type(other) is not type(row) or row.pk not in places or other.pk not in places:
            raise _UnchangedError
        one, two = places[row.pk], places[other.pk]
        rows[one], rows[two] = rows[two], rows[one]
        for order, item in enumerate(rows, start=1):
            if item.order != order:
                item.order = order
                item.save(update_fields=["order"])
        audit.record(verb_of_row("move", row), actor=actor, target=row, detail={"顺序": [one + 1, two + 1]})


def declare_nil(version: TableVersion, category: str, *, actor: Actor) -> None:
    """Answer one category with an explicit 无; never together with points or measures (T13)."""
    with editing(version, actor=actor) as locked:
        _require_category(locked, category)
        if locked.points.filter(category=category).exists() or locked.measures.filter(category=category).exists():
            raise ValidationError("这一类已有风险点或措施，不能确认为“无”。请先删除它们。")
        _, created = NilDeclaration.objects.get_or_create(version=locked, category=category)
        if not created:
            raise _UnchangedError
        audit.record(RegisterVerb.NIL_DECLARE, actor=actor, target=locked, detail={"风险类别": category})


def withdraw_nil(version: TableVersion, category: str, *, actor: Actor) -> None:
    """Take the explicit 无 of a category back."""
    with editing(version, actor=actor) as locked:
        removed, _ = NilDeclaration.objects.filter(version=locked, category=category).delete()
        if not removed:
            raise _UnchangedError
        audit.record(RegisterVerb.NIL_WITHDRAW, actor=actor, target=locked, detail={"风险类别": category})


def exempt_post(version: TableVersion, post: Post, reason: str, *, actor: Actor) -> PostExemption:
    """State that a post has no risk point, with the reason. An empty reason takes the statement back."""
    with editing(version, actor=actor) as locked:
        if post.department_id != locked.table.department_id:
            raise ValidationError({"reason": "这个岗位不属于本部门。"})
        if locked.points.filter(post=post).exists():
            raise ValidationError({"reason": "这个岗位已有风险点，不需要说明。"})
        exemption = PostExemption.objects.filter(version=locked, post=post).first() or PostExemption(
            version=locked, post=post
        )
        before = exemption.reason
        exemption.reason = stripped(reason)
        note_post(exemption)
        exemption.full_clean(exclude=["version"])
        exemption.save()
        audit.record(
            RegisterVerb.POST_EXEMPT, actor=actor, target=locked, detail={post.name: [before, exemption.reason]}
        )
    return exemption


def withdraw_exemption(version: TableVersion, post: Post, *, actor: Actor) -> None:
    """Take the statement that a post has no risk point back."""
    with editing(version, actor=actor) as locked:
        exemption = PostExemption.objects.filter(version=locked, post=post).first()
        if exemption is None:
            raise _UnchangedError
        _end_exemption(exemption, actor)


def _end_exemption(exemption: PostExemption, actor: Actor) -> None:
    detail = {exemption.post_name: [exemption.reason, None]}
    audit.record(RegisterVerb.POST_UNEXEMPT, actor=actor, target=exemption.version, detail=detail)
    exemption.delete()


def apply_rule(point: RiskPoint) -> None:
    """Set post name, functions and computed level from the post as it is now."""
    note_post(point)
    point.computed_level = point.ruling.computed


def note_post(row: RiskPoint | PostExemption) -> None:
    """Write down the name and the functions of a row's post as they are now."""
    row.post_name = row.post.name if row.post else ""
    row.functions = [list(pair) for pair in row.post.floors] if row.post else []


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


def note_proposer(version: TableVersion, user: User, *, actor: Actor) -> None:
    """Note whose proposal a draft has taken over: that person reviews neither it nor a later version of the table."""
    with editing(version, actor=actor) as locked:
        locked.proposers.add(user)
        who = f"{user.real_name}（{user.staff_number}）"
        audit.record(RegisterVerb.NOTE_PROPOSER, actor=actor, target=locked, detail={"提出人": who})


def _sent_before(model: Any, version: TableVersion, token: str) -> Any:
    """The row that the same empty form was saved as before: its answer was lost, or its button pressed twice."""
    return model.objects.filter(version=version, identity=_identity(model, version, token)).first() if token else None


def _identity(model: Any, version: TableVersion, token: str) -> uuid.UUID:
    return uuid.uuid5(TOKENS, f"{version.pk} {model._meta.model_name} {token}")


def _require_same(row: models.Model, values: Mapping[str, Any], fields: tuple[str, ...]) -> NoReturn:
    """Sent again with the same words it is done already; other words are shown beside those that are saved."""
    if all(getattr(row, name) == values[name] for name in fields if name in values):
        raise _UnchangedError
    raise ConflictError(row)


def _row_to_save(
    model: Any, version: TableVersion, row: Any, lock: int | None, fields: tuple[str, ...], token: str
) -> tuple[Any, dict[str, Any]]:
    if row is None:
        last = model.objects.filter(version=version).aggregate(last=Max("order"))["last"] or 0
        new = model(version=version, order=last + 1)
        if token:
            new.identity = _identity(model, version, token)
        return new, {}
    stored = model.objects.select_for_update().filter(pk=row.pk, version=version).first()
    if stored is None or (lock is not None and stored.lock != lock):
        raise ConflictError(stored)
    stored.lock += 1
    return stored, audit.field_values(stored, *fields)


def judged(point: RiskPoint) -> tuple[Any, ...]:
    """What a level rests on: a change to it makes an earlier confirmation stale."""
    return point.likelihood, point.harm, point.functions, point.computed_level, point.proposed_level


def _assign(row: models.Model, values: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    for name in fields:
        if name in values:
            setattr(row, name, values[name])


def _require_category(version: TableVersion, category: str) -> None:
    if category not in version.table.categories.values:
        raise ValidationError({"category": "这张表没有这个风险类别。"})


def _validate_point(version: TableVersion, point: RiskPoint) -> None:
    _require_category(version, point.category)
    errors: dict[str, str] = {}
    if NilDeclaration.objects.filter(version=version, category=point.category).exists():
        errors["text"] = "这一类已确认为“无”。如有风险点，请先取消“无”。"
    if point.pk and point.measures.exclude(category=point.category).exists():
        errors["category"] = "这个风险点在原类别里有防范措施，请先删除或改动措施。"
    if point.post is not None and point.post.department_id != version.table.department_id:
        errors["post"] = "请选本部门的岗位。"
    ruling = point.ruling
    if point.proposed_level is not None:
        if ruling.is_forbidden(point.proposed_level) and ruling.floor is not None:
            errors["proposed_level"] = f"该岗位的职能要求不低于{ruling.floor.label}，不能选更低的等级。"
        elif (
            ruling.needs_reason(point.proposed_level)
            and is_blank(point.proposed_reason)
            and ruling.computed is not None
        ):
            errors["proposed_reason"] = f"按规则应为{ruling.computed.label}，建议更低的等级须写明理由。"
    if FindingMethod.OTHER in point.finding_methods and is_blank(point.finding_other):
        errors["finding_other"] = "选了“其他”，请写明是什么方法。"
    if any(method not in FindingMethod.values for method in point.finding_methods):
        errors["finding_methods"] = "请从所列的查找方法中选。"
    if errors:
        raise ValidationError(errors)
    point.full_clean(exclude=["version"], validate_constraints=False)


def audit_row(row: RiskPoint | Measure, before: dict[str, Any], after: dict[str, Any], actor: Actor) -> None:
    """Write down that a row was added (nothing before), changed, or removed (nothing after)."""
    act = "add" if not before else "change" if after else "remove"
    audit_change(verb_of_row(act, row), row, before, after, actor)


def audit_change(verb: Verb, target: models.Model, before: dict[str, Any], after: dict[str, Any], actor: Actor) -> None:
    changes = audit.changed_fields(before, after)
    if changes:
        audit.record(verb, actor=actor, target=target, detail=changes)
