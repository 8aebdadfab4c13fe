"""逐条核对: each point of a renewal still applies, is changed, or no longer applies; one answer each, kept as proof."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from departments.models import Actor
from riskcontrol import audit
from riskcontrol.text import one_break, stripped
from riskpoints.content.content import load
from riskpoints.content.walk import is_renewal, walk_of
from riskpoints.enums import WalkKind
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import editing, walked
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb

NOT_RENEWED = "这张表不是由以前年度的表结转的，不用逐条核对。"
ADDED = "这个风险点是本年新增的，不用核对。"
CHANGED = "这个风险点已经修改过，就算核对过了。"
SAME = "文字没有改动。仍然适用的，请按“仍然适用”。"


def require_renewal(version: TableVersion) -> None:
    """Raise WorkflowError, saying why, where nothing has to be gone through."""
    if not is_renewal(version):
        raise WorkflowError(NOT_RENEWED)


def state_of(point: RiskPoint, measures: Iterable[Measure]) -> str:
    """A short word for a point with all its measures as they stand: an answer is about what was seen."""
    said = [point.lock, *sorted([measure.pk, measure.lock] for measure in measures)]
    return audit.sha256(audit.canonical_json(said))[:16]


def keep(point: RiskPoint, *, seen: str, actor: Actor) -> None:
    """仍然适用: the point with all its measures stays as it is. Who says so answers for it: becomes an author.

    `seen` is the state_of() what the person saw: ConflictError where it changed since. Raises WorkflowError,
    ValidationError where the point was added or changed, PermissionDenied, FrozenError.
    """
    with transaction.atomic():  # nothing is changed: what was done before can still be undone
        locked = editing.lock_draft(point.version, actor=actor)
        require_renewal(locked)
        stored = _stored(locked, point, seen, actor)
        if not walked.is_carried(stored):
            raise ValidationError(ADDED)
        last = walked.last_answer(locked, stored.identity)
        if last is not None and last.kind == WalkKind.CHANGED:
            walk = walk_of(load(locked))
            if walk is not None and walk.by_identity[stored.identity].is_done:
                raise ValidationError(CHANGED)
        if walked.answer(stored, WalkKind.KEPT, actor):
            locked.authors.add(actor)
            _record(stored, {"核对": WalkKind.KEPT.label}, actor)


def change(point: RiskPoint, text: str, *, lock: int | None, actor: Actor) -> None:
    """修改: the words of the point become others. ValidationError where they stay the same; else as save_point()."""
    require_renewal(point.version)
    if stripped(one_break(text)) == stripped(one_break(point.text)):
        raise ValidationError({"text": SAME})
    editing.save_point(point.version, {"text": text}, point=point, lock=lock, actor=actor)


def drop(point: RiskPoint, reason: str = "", *, seen: str, actor: Actor) -> None:
    """不再适用: the point goes, with the measures that answer nothing else. Raises what keep() raises."""
    with editing.editing(point.version, actor=actor) as locked:
        require_renewal(locked)
        stored = _stored(locked, point, seen, actor)
        editing.remove_row(stored, reason=stripped(one_break(reason)), actor=actor)
        detail = {"核对": WalkKind.REMOVED.label} | ({"理由": stripped(reason)} if stripped(reason) else {})
        _record(stored, detail, actor)


def _stored(locked: TableVersion, point: RiskPoint, seen: str, actor: Actor) -> RiskPoint:
    """The point as it is now, if it is this person's to answer for and stands as it was seen."""
    stored = locked.points.select_for_update().filter(pk=point.pk).first()
    if stored is None:
        raise editing.ConflictError(None)
    editing.require_own(locked, [stored.post_id], actor=actor)
    answers = Q(points=stored) | Q(points__isnull=True, category=stored.category)
    if seen != state_of(stored, locked.measures.filter(answers).distinct()):
        raise editing.ConflictError(stored)
    stored.version = locked
    return stored


def _record(point: RiskPoint, detail: dict[str, str], actor: Actor) -> None:
    label = f"{point.version}：{point}"
    audit.record(RegisterVerb.WALK, actor=actor, target=point, label=label, detail=detail)
