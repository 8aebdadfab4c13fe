"""撤销: a draft as it was before what was done last in it, step by step, as long as nobody else has changed it."""

import uuid
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from departments.models import Actor, Post, User
from departments.permissions import afresh
from riskcontrol import audit
from riskpoints.models import DraftAct, Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion
from riskpoints.tables import acts, editing
from riskpoints.tables.acts import HEAD_KEY, KINDS
from riskpoints.tables.refusal import WorkflowError
from riskpoints.tables.statements import end_exemption
from riskpoints.verbs import RegisterVerb

TOO_LATE = "这一步已经撤销，或者之后草稿又有了改动，不能再撤销。请看最新内容。"
GONE = "这一步涉及的岗位、职权或制度已经不在，不能原样撤销。请逐项修改。"


def last_own_act(version: TableVersion, user: User) -> DraftAct | None:
    """What this person did last in a draft, if it can be undone: nobody has changed anything in it since."""
    found = acts.last_act(version)
    return found if found is not None and found.actor_id == user.pk else None


def undo(version: TableVersion, act_id: int, *, actor: Actor) -> DraftAct:
    """Take back what the person did last, and make the step before it the last one again.

    `act_id` is that of the step that the person saw. Raises WorkflowError where it is not the last one any more, or
    was somebody else's; PermissionDenied, NotOwnError or FrozenError as every change does.
    """
    with editing.together():
        locked = editing.lock_draft(version, actor=actor)
        act = last_own_act(locked, cast(User, afresh(actor)))
        if act is None or act.pk != act_id:
            raise WorkflowError(TOO_LATE)
        take_back(locked, act, actor=actor)
        audit.record(RegisterVerb.UNDO_ACT, actor=actor, target=locked, detail={"撤销": act.said})
    return act


def take_back(version: TableVersion, act: DraftAct, *, actor: Actor) -> None:
    """Write everything as it was before the last act, whoever did it; raises what undo() raises."""
    with editing.editing(version, actor=actor) as held:
        acts.make_final(held)
        try:
            _restore(held, act.before, actor)
        except ObjectDoesNotExist as error:
            raise WorkflowError(GONE) from error
    held.acts.filter(pk=act.pk).delete()
    held.acts.filter(lock=act.lock_before, pk__lt=act.pk).update(lock=held.lock)


def _restore(version: TableVersion, before: dict[str, Any], actor: Actor) -> None:
    """Write everything as it was: what was added goes first, so that a category is empty before it is 无 again."""
    # In the order of the form: PostgreSQL keeps none of keys.
    rows = sorted(before.items(), key=lambda item: ((item[1] or {}).get("order", 0), item[0]))
    by_kind = {kind: {key: values for key, values in rows if key.startswith(f"{kind}:")} for kind in KINDS}
    for kind in ("nil", "exemption"):
        _remove(version, by_kind[kind], actor)
    for key, values in by_kind["point"].items():
        if values is not None:
            _write(version, RiskPoint, key, values, actor)
    for key, values in by_kind["measure"].items():
        if values is not None:
            _write(version, Measure, key, values, actor)
    _remove(version, by_kind["measure"], actor)
    _remove(version, by_kind["point"], actor)
    for key, values in by_kind["nil"].items():
        if values is not None:
            editing.declare_nil(version, key.removeprefix("nil:"), actor=actor)
    for values in by_kind["exemption"].values():
        if values is not None:
            _exempt(version, values, actor)
    if HEAD_KEY in before:
        editing.save_head(version, _read(TableVersion, before[HEAD_KEY]), actor=actor)


def _remove(version: TableVersion, rows: dict[str, Any], actor: Actor) -> None:
    """Remove what was not there before."""
    for key in [key for key, values in rows.items() if values is None]:
        row = acts.stored(version, key)
        if row is None:
            continue
        cast(Any, row).version = version
        if isinstance(row, NilDeclaration):
            editing.withdraw_nil(version, row.category, actor=actor)
        elif isinstance(row, PostExemption):
            end_exemption(row, actor)
        elif isinstance(row, RiskPoint | Measure):
            editing.remove_row(row, actor=actor)


def _write(version: TableVersion, model: Any, key: str, values: dict[str, Any], actor: Actor) -> None:
    """Write a point or a measure with everything it said, the level that was confirmed for it included."""
    row: Any = acts.stored(version, key) or model(version=version, identity=uuid.UUID(values["identity"]))
    row.version = version
    said = editing.row_values(row) if row.pk else {}
    whose = editing.posts_of(row) if row.pk else set()
    for name, value in _read(model, values).items():
        setattr(row, name, value)
    row.lock += 1
    _require_there(row)
    row.save()
    if isinstance(row, Measure):
        row.points.set(version.points.filter(identity__in=values["answered"]))
        row.regulations.set(values["cited"])
    editing.require_own(version, whose | editing.posts_of(row), actor=actor)
    editing.audit_row(row, said, editing.row_values(row), actor)


def _exempt(version: TableVersion, values: dict[str, Any], actor: Actor) -> None:
    post = Post.objects.get(pk=values["post_id"])
    editing.exempt_post(version, post, values["reason"], actor=actor)


def _read(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values as fields hold them, from what JSON keeps of them."""
    by_name = {one.attname: one for one in model._meta.concrete_fields}
    return {name: by_name[name].to_python(value) for name, value in values.items() if name in by_name}


def _require_there(row: models.Model) -> None:
    """ObjectDoesNotExist where something that the row points to has gone meanwhile."""
    for one in row._meta.concrete_fields:
        if one.is_relation:
            getattr(row, one.name)
