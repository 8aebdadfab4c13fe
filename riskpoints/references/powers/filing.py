"""What becomes of a draft: submitted, taken back, filed, returned, discarded; and of a power: retired, made public,
taken over. Each act is one conditional update under a lock, and an entry of the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from departments.queries import leader_names
from riskcontrol import audit, watched
from riskcontrol.text import is_blank, stripped
from riskpoints.references.powers import drafting
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import FrozenPowerError, Power, PowerRevision
from riskpoints.references.powers.permissions import PowerAction, require_still
from riskpoints.references.powers.verbs import PowerVerb


def submit(revision: PowerRevision, *, actor: Actor) -> PowerRevision:
    """Hand a draft in to the committee; the names of department, posts and leader are frozen. ValidationError where
    something is missing that a catalogue has to say."""
    with drafting.held(revision, PowerAction.SUBMIT, actor=actor, state=PowerState.DRAFT) as locked:
        if wanting := missing(locked):
            raise ValidationError(wanting)
        names = {
            "owner_name": locked.power.department.name,
            "post_names": [post.name for post in locked.posts.all()],
            "regulation_names": drafting.names_of(locked.regulations.all()),
            "supervisor_name": supervisor_of(locked),
        }
        for step in locked.steps.select_related("post"):
            if step.post is not None and step.post.name != step.post_name:
                step.post_name = step.post.name
                step.save(update_fields=["post_name"])
        locked.authors.add(actor)
        submitted = {
            "submitted_at": timezone.now(),
            "submitted_by": actor,
            "submitted_by_name": actor.real_name,
            "return_reason": "",
        }
        _set(locked, PowerState.SUBMITTED, **names, **submitted)
        detail = drafting.said(locked) | names
        audit.record(PowerVerb.SUBMIT, actor=actor, target=locked, detail=detail)
    return locked


def missing(revision: PowerRevision) -> list[str]:
    """What a draft lacks before it can be submitted, in Chinese."""
    found = []
    today = timezone.localdate()
    if is_blank(revision.content):
        found.append("请填写职权范围和内容。")
    if revision.chart_id is None and not revision.steps.exists():
        found.append("请写出办理的环节，或上传流程图。")
    closed = [post.name for post in revision.posts.all() if not post.is_active_on(today)]
    closed += [
        step.post_name
        for step in revision.steps.select_related("post")
        if step.post is not None and not step.post.is_active_on(today)
    ]
    if ended := [str(row) for row in revision.regulations.all() if row.is_ended]:
        found.append(f"{'、'.join(ended)}已废止或被替代，请改选现行的制度。")
    if closed:
        found.append(f"岗位“{'、'.join(dict.fromkeys(closed))}”已停用，请改选在用的岗位。")
    return found


def supervisor_of(revision: PowerRevision) -> str:
    """责任领导: as written, else who is in charge of the department today."""
    department = revision.power.department_id
    return revision.supervisor or leader_names([department])[department]


def recall(revision: PowerRevision, *, actor: Actor) -> PowerRevision:
    """Take a draft back that nobody has filed yet."""
    with drafting.held(revision, PowerAction.RECALL, actor=actor, state=PowerState.SUBMITTED) as locked:
        _set(locked, PowerState.DRAFT)
        audit.record(PowerVerb.RECALL, actor=actor, target=locked)
    return locked


def send_back(revision: PowerRevision, reason: str, *, actor: Actor) -> PowerRevision:
    """Return a draft to its department with the reason."""
    words = _reason(reason, "请写明退回的理由，部门会看到。")
    with drafting.held(revision, PowerAction.RETURN, actor=actor, state=PowerState.SUBMITTED) as locked:
        returned = {"returned_at": timezone.now(), "returned_by_name": actor.real_name, "return_reason": words}
        _set(locked, PowerState.DRAFT, **returned)
        audit.record(PowerVerb.RETURN, actor=actor, target=locked, detail={"理由": words})
    return locked


def discard(revision: PowerRevision, *, actor: Actor) -> PowerRevision:
    """Give a draft up; what it said stays, and its number is not given again."""
    with drafting.held(revision, PowerAction.DISCARD, actor=actor, state=PowerState.DRAFT) as locked:
        _set(locked, PowerState.DISCARDED)
        audit.record(PowerVerb.DISCARD, actor=actor, target=locked, detail=drafting.said(locked))
    return locked


def file(revision: PowerRevision, *, is_public: bool | None = None, actor: Actor) -> PowerRevision:
    """File what was submitted: it is what the catalogue says from now on."""
    with drafting.held(revision, PowerAction.FILE, actor=actor, state=PowerState.SUBMITTED) as locked:
        _set(locked, PowerState.FILED, filed_at=timezone.now(), filed_by=actor, filed_by_name=actor.real_name)
        power = locked.power
        power.filed = locked
        power.is_public = power.is_public if is_public is None else is_public
        power.save(update_fields=["filed", "is_public"])
        detail = {"替代": locked.base.number if locked.base else None, "对外公开": power.is_public}
        audit.record(PowerVerb.FILE, actor=actor, target=locked, detail=detail, marks=watched.values(power))
    return locked


def retire(power: Power, reason: str, *, actor: Actor) -> Power:
    """Take a power out of the catalogue for good, with the reason; what was filed of it can still be read."""
    words = _reason(reason, "请写明停用的理由。")
    with _held_power(power, PowerAction.RETIRE, actor) as locked:
        if locked.filed is None:
            raise FrozenPowerError("这项职权还没有备案，不用停用；请部门作废草稿。")
        if locked.revisions.filter(state__in=[PowerState.DRAFT, PowerState.SUBMITTED]).exists():
            raise FrozenPowerError("这项职权有一稿正在修订。请部门先作废它，或办完备案，再停用。")
        locked.retired_at, locked.retired_by, locked.retired_by_name = timezone.now(), actor, actor.real_name
        locked.retired_reason = words
        locked.save()
        audit.record(PowerVerb.RETIRE, actor=actor, target=locked, detail={"理由": words})
    return locked


def publish(power: Power, is_public: bool, *, actor: Actor) -> Power:
    """Let everybody read what is filed of a power, or no longer."""
    with _held_power(power, PowerAction.PUBLISH, actor) as locked:
        if locked.filed is None:
            raise FrozenPowerError("这项职权还没有备案，不能公开。")
        if locked.is_public != is_public:
            locked.is_public = is_public
            locked.save(update_fields=["is_public"])
            audit.record(PowerVerb.PUBLISH, actor=actor, target=locked, detail={"对外公开": [not is_public, is_public]})
    return locked


def take_over(power: Power, *, actor: Actor) -> Power:
    """Let the successor of a closed department have its power; the number keeps the old prefix and is marked."""
    with transaction.atomic():
        locked = Power.objects.select_for_update(of=("self",)).select_related("department").get(pk=power.pk)
        require_still(actor, PowerAction.TAKE_OVER, locked)
        old, successor = locked.department, locked.department.successor
        if successor is None or old.is_active_on(timezone.localdate()):
            raise FrozenPowerError(f"{old}还在用，它的职权不能接管。")
        if locked.is_retired:
            raise FrozenPowerError("已停用的职权不用接管。")
        if locked.origin_id is None:
            locked.origin, locked.origin_name = old, old.name
        locked.department = successor
        locked.save()
        audit.record(PowerVerb.TAKE_OVER, actor=actor, target=locked, detail={"部门": [old.name, successor.name]})
    return locked


@contextmanager
def _held_power(power: Power, action: PowerAction, actor: Actor) -> Iterator[Power]:
    with transaction.atomic():
        locked = Power.objects.select_for_update(of=("self",)).select_related("department", "filed").get(pk=power.pk)
        require_still(actor, action, locked.department)
        if locked.is_retired:
            raise FrozenPowerError("这项职权已停用，不能再办理。")
        yield locked


def _reason(text: str, wanted: str) -> str:
    if is_blank(text):
        raise ValidationError({"reason": wanted})
    words = stripped(text)
    if len(words) > 500:
        raise ValidationError({"reason": f"请缩短到 500 字以内，现在有 {len(words)} 字。"})
    return words


def _set(locked: PowerRevision, state: PowerState, **values: Any) -> None:
    """One conditional update of the locked row, and the same in the object."""
    rows = PowerRevision.objects.filter(pk=locked.pk, state=locked.state)
    if not rows.update(state=state, saved_at=timezone.now(), **values):
        raise FrozenPowerError("刚刚有人办理过这一稿，没有再办理。")
    locked.state = state
    for name, value in values.items():
        setattr(locked, name, value)
