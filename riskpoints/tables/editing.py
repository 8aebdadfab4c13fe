"""Every write to the content of a draft: the head of the form, points, measures; the statements stand beside it."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max

from departments.models import Actor, User
from riskcontrol import audit
from riskpoints import fields
from riskpoints.models import Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.references.regulations.models import Regulation
from riskpoints.tables import acts, citations, co_departments
from riskpoints.tables.drafts import (
    FROZEN,
    ConflictError,
    UnchangedError,
    apply_rule,
    as_one,
    audit_change,
    audit_row,
    editing,
    lock_draft,
    note_post,
    note_power,
    posts_of_measure,
    refresh_names_and_floors,
    require_category,
    require_draft,
    require_own,
)
from riskpoints.tables.soundness import check_point, is_nil, judged, require_sound_point
from riskpoints.tables.statements import declare_nil, end_exemption, exempt_post, withdraw_exemption, withdraw_nil
from riskpoints.verbs import RegisterVerb

__all__ = [
    "FROZEN",
    "HEAD_FIELDS",
    "MEASURE_FIELDS",
    "POINT_FIELDS",
    "ConflictError",
    "apply_rule",
    "as_one",
    "audit_change",
    "audit_row",
    "check_point",
    "declare_nil",
    "editing",
    "exempt_post",
    "head_state",
    "is_nil",
    "judged",
    "lock_draft",
    "measure_values",
    "next_order",
    "note_post",
    "note_proposer",
    "posts_of",
    "posts_of_measure",
    "refresh_names_and_floors",
    "remove_row",
    "require_draft",
    "require_own",
    "row_values",
    "save_head",
    "save_measure",
    "save_point",
    "together",
    "withdraw_exemption",
    "withdraw_nil",
]

POINT_FIELDS, MEASURE_FIELDS = fields.typed(fields.POINT), fields.typed(fields.MEASURE)
# What the identities of rows are made from that come with a token.
TOKENS = uuid.UUID("5d0c5a52-6f0b-4b6e-9d59-2b1a1c3c7a10")
HEAD_FIELDS = fields.typed(fields.HEAD)
# Far more than any table has: without a bound one person could fill the disk and everybody's pages (issue 17).
MOST = {RiskPoint: 500, Measure: 1000}


def together() -> Any:
    """Several changes as one: all are saved or none."""
    return transaction.atomic()


def save_head(
    version: TableVersion, values: Mapping[str, Any], *, lock: int | None = None, actor: Actor
) -> TableVersion:
    """Save 业务工作职责, 负责人姓名 and 填表日期. `lock` is the head_state() the writer saw; see ConflictError."""
    with editing(version, actor=actor) as locked:
        require_own(locked, [None], actor=actor)
        acts.keep_head(locked)
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
        acts.keep(row)
        whose = [row.post_id] if row.pk else []
        before_judged = judged(row)
        _assign(row, values, POINT_FIELDS)
        if "power_revision" in values:
            note_power(row)
        require_own(locked, [*whose, row.post_id], actor=actor)
        if "co_departments" in values:
            co_departments.note(row)
        apply_rule(row)
        require_sound_point(locked, row)
        if judged(row) != before_judged:
            # The reviewer confirmed something else: the level must be confirmed anew.
            row.confirmed_level, row.confirmed_reason = None, ""
        row.save()
        for exemption in PostExemption.objects.filter(version=locked, post_id=row.post_id):
            exemption.version = locked
            end_exemption(exemption, actor)
        audit_row(row, before, audit.field_values(row, *POINT_FIELDS), actor)
    return row


def save_measure(
    version: TableVersion,
    values: Mapping[str, Any],
    *,
    points: Iterable[RiskPoint] = (),
    regulations: Iterable[Regulation] | None = None,
    measure: Measure | None = None,
    lock: int | None = None,
    token: str = "",
    actor: Actor,
) -> Measure:
    """Add or change one 防范措施, the points it answers and the regulations it rests on.

    No point means the whole category; `regulations` None leaves them as they are. `token` as for a point.
    """
    chosen = list(points)
    with editing(version, actor=actor) as locked:
        if measure is None and (row := _sent_before(Measure, locked, token)) is not None:
            _require_same(row, values, MEASURE_FIELDS)
        row, before = _row_to_save(Measure, locked, measure, lock, MEASURE_FIELDS, token)
        acts.keep(row)
        old = measure_values(row) if row.pk else {}
        whose = posts_of_measure(row.points.all()) if row.pk else set()
        require_own(locked, whose | posts_of_measure(chosen), actor=actor)
        _assign(row, values, MEASURE_FIELDS)
        cited = None if regulations is None else citations.write_down(row, regulations)
        if any(p.version_id != locked.pk or p.category != row.category for p in chosen):
            raise ValidationError({"points": "只能选同一类别里的风险点。"})
        require_category(locked, row.category)
        if is_nil(locked, row.category):
            raise ValidationError({"text": "这一类已确认为“无”，防范措施也是“无”。如有措施，请先取消“无”。"})
        row.full_clean(exclude=["version"], validate_constraints=False)
        row.save()
        row.points.set(chosen)
        if cited is not None:
            row.regulations.set(cited)
        audit_row(row, before and old, measure_values(row), actor)
    return row


def measure_values(row: Measure) -> dict[str, Any]:
    """What a measure says, the points it answers and what it rests on, for the trail."""
    points = sorted(str(identity) for identity in row.points.values_list("identity", flat=True))
    return audit.field_values(row, *MEASURE_FIELDS) | {"points": points, "regulation_names": row.cited}


def row_values(row: RiskPoint | Measure) -> dict[str, Any]:
    """What a point or a measure says, for the trail."""
    return measure_values(row) if isinstance(row, Measure) else audit.field_values(row, *POINT_FIELDS)


def remove_row(row: RiskPoint | Measure, *, reason: str = "", actor: Actor) -> bool:
    """Remove a point or a measure from a draft; what it said stays in the audit trail, a `reason` in 逐条核对.

    A point's own measures go with it unless they answer another point, too. False where it was gone already.
    """
    removed = False
    with editing(row.version, actor=actor) as locked:
        stored = type(row).objects.filter(pk=row.pk, version=locked).first()
        if stored is None:
            raise UnchangedError
        require_own(locked, posts_of(stored), actor=actor)
        stored.version = locked
        measures = list(stored.measures.all()) if isinstance(stored, RiskPoint) else []
        for one in [stored, *measures]:
            one.version = locked
            acts.keep(one)
        said = {measure: measure_values(measure) for measure in measures}
        orphans = [measure for measure in measures if len(said[measure]["points"]) == 1]
        for item in [*orphans, stored]:
            audit_row(item, row_values(item), {}, actor, reason if item is stored else None)
            item.delete()
        for measure in measures:
            if measure not in orphans:  # it answers one point less
                audit_row(measure, said[measure], measure_values(measure), actor, None)
        removed = True
    return removed


def posts_of(row: RiskPoint | Measure) -> set[int | None]:
    """Whose a point or a measure is."""
    return {row.post_id} if isinstance(row, RiskPoint) else posts_of_measure(row.points.all())


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
        raise UnchangedError
    raise ConflictError(row)


def _row_to_save(
    model: Any, version: TableVersion, row: Any, lock: int | None, fields: tuple[str, ...], token: str
) -> tuple[Any, dict[str, Any]]:
    if row is None:
        if model.objects.filter(version=version).count() >= MOST[model]:
            what = model._meta.verbose_name
            raise ValidationError({"text": f"一张表最多 {MOST[model]} 个{what}。请合并相近的，或删去多余的再加。"})
        new = model(version=version, order=next_order(model, version))
        if token:
            new.identity = _identity(model, version, token)
        return new, {}
    stored = model.objects.select_for_update().filter(pk=row.pk, version=version).first()
    if stored is None or (lock is not None and stored.lock != lock):
        raise ConflictError(stored)
    stored.version = version
    stored.lock += 1
    return stored, audit.field_values(stored, *fields)


def next_order(model: Any, version: TableVersion) -> int:
    """The place of a row that comes last among those of its kind."""
    return (model.objects.filter(version=version).aggregate(last=Max("order"))["last"] or 0) + 1


def _assign(row: models.Model, values: Mapping[str, Any], fields: tuple[str, ...]) -> None:
    for name in fields:
        if name in values:
            empty_day = values[name] == "" and isinstance(row._meta.get_field(name), models.DateField)
            setattr(row, name, None if empty_day else values[name])
