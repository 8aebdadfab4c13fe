"""Every write to the content of a power: a new one, a revision of what is filed, each change of a draft."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department, Post
from riskcontrol import audit, files, watched
from riskcontrol.models import StoredFile
from riskcontrol.text import stripped
from riskpoints.references.powers.enums import OPEN, PowerState
from riskpoints.references.powers.models import FrozenPowerError, Power, PowerRevision, PowerStep
from riskpoints.references.powers.numbering import next_serial, prefix_of
from riskpoints.references.powers.permissions import PowerAction, require_still
from riskpoints.references.powers.verbs import PowerVerb
from riskpoints.references.regulations.models import Regulation

TEXT_FIELDS = ("name", "content", "basis", "time_limit", "supervisor")
MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
MOST_STEPS = 30
TOO_MANY = f"一项职权最多 {MOST_STEPS} 个环节，请合并一些。"
NOT_CLEANED = ["power", "base", "created_by", "chart"]
# What the identity of a new power is made from that comes with a token.
TOKENS = uuid.UUID("5c0a1e6e-5a0e-4a55-9a8b-6c6a2b4f2f11")


@dataclass(frozen=True)
class StepInput:
    """One step as it was written; a post of the department is found by its name, any other stays a text."""

    name: str
    post_name: str = ""
    time_limit: str = ""
    is_risk_node: bool = False
    note: str = ""
    identity: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart that was drawn elsewhere; its kind was judged by its content."""

    content: bytes
    kind: str


class PowerConflictError(Exception):
    """Somebody else saved this draft since it was opened; `stored` is the draft as it is now."""

    def __init__(self, stored: PowerRevision) -> None:
        super().__init__("这项职权在您填写期间已被他人修改，请对照后再保存。")
        self.stored = stored


def draft(
    department: Department,
    values: Mapping[str, Any],
    steps: Sequence[StepInput] = (),
    *,
    token: str = "",
    actor: Actor,
) -> PowerRevision:
    """Draft a new power of a department. With a `token` it is added once, however often its form is sent.

    ValidationError by field (`steps` for the steps).
    """
    with transaction.atomic():
        audit.hold()  # numbers are given one after the other
        require_still(actor, PowerAction.DRAFT, department)
        if not department.is_active_on(timezone.localdate()):
            raise ValidationError(f"{department}已停用，不能新增职权。")
        identity = uuid.uuid5(TOKENS, f"{department.pk} {token}") if token else uuid.uuid4()
        sent_before = PowerRevision.objects.filter(power__identity=identity).order_by("number").first()
        if sent_before is not None:
            return sent_before
        prefix = prefix_of(department)
        power = Power(department=department, prefix=prefix, serial=next_serial(prefix), identity=identity)
        power.save()
        revision = PowerRevision(power=power, number=1, created_by=actor)
        _write(revision, values, steps)
        revision.authors.add(actor)
        audit.record(PowerVerb.DRAFT, actor=actor, target=revision, detail=said(revision), marks=watched.values(power))
    return revision


def revise(power: Power, *, actor: Actor) -> PowerRevision:
    """The open revision of a power, or a new draft copied from what is filed of it."""
    with transaction.atomic():
        locked = Power.objects.select_for_update(of=("self",)).select_related("department", "filed").get(pk=power.pk)
        require_still(actor, PowerAction.DRAFT, locked.department)
        found = locked.revisions.filter(state__in=OPEN).first()
        if found is not None:
            return found
        filed = locked.filed
        if locked.is_retired or filed is None:
            raise FrozenPowerError("这项职权已停用或没有备案，不能修订。")
        number = locked.revisions.order_by("-number").values_list("number", flat=True)[0] + 1
        copied = {name: getattr(filed, name) for name in (*TEXT_FIELDS, "regulation_names", "chart", "chart_kind")}
        revision = PowerRevision.objects.create(power=locked, number=number, base=filed, created_by=actor, **copied)
        revision.posts.set(filed.posts.filter(department=locked.department))
        revision.regulations.set(filed.regulations.all())
        for step in filed.steps.all():
            step.pk, step.revision, step._state.adding = None, revision, True
            step.save()
        revision.authors.add(actor)
        audit.record(PowerVerb.DRAFT, actor=actor, target=revision, detail={"修订所本": filed.number} | said(revision))
    return revision


@contextmanager
def held(revision: PowerRevision, action: PowerAction, *, actor: Actor, state: PowerState) -> Iterator[PowerRevision]:
    """An open revision and its power, locked to the end of the transaction, its writer's right asked anew."""
    with transaction.atomic():
        Power.objects.select_for_update(of=("self",)).get(pk=revision.power_id)
        locked = (
            PowerRevision.objects.select_for_update(of=("self",))
            .select_related("power__department", "power__filed")
            .get(pk=revision.pk)
        )
        by_revision = action in (PowerAction.FILE, PowerAction.RETURN)
        require_still(actor, action, locked if by_revision else locked.power.department)
        if locked.state != state:
            raise FrozenPowerError(f"这一稿现在是“{locked.get_state_display()}”，没有办理。可能刚刚有人办理过。")
        yield locked


def save(
    revision: PowerRevision,
    values: Mapping[str, Any],
    steps: Sequence[StepInput],
    *,
    lock: int | None = None,
    actor: Actor,
) -> PowerRevision:
    """Change a draft. ValidationError by field, PowerConflictError, FrozenPowerError."""
    with held(revision, PowerAction.DRAFT, actor=actor, state=PowerState.DRAFT) as locked:
        if lock is not None and lock != locked.lock:
            raise PowerConflictError(locked)
        before = said(locked)
        locked.lock += 1
        _write(locked, values, steps)
        changes = audit.changed_fields(before, said(locked))
        locked.authors.add(actor)
        if changes:
            audit.record(PowerVerb.CHANGE, actor=actor, target=locked, detail=changes)
    return locked


def set_chart(revision: PowerRevision, chart: Chart | None, *, actor: Actor) -> PowerRevision:
    """Give a draft a chart that was drawn elsewhere, or take it out (None): the steps are drawn then."""
    with held(revision, PowerAction.DRAFT, actor=actor, state=PowerState.DRAFT) as locked:
        before = said(locked)
        locked.chart, locked.chart_kind = _kept(chart)
        locked.lock += 1
        locked.save()
        locked.authors.add(actor)
        if changes := audit.changed_fields(before, said(locked)):
            audit.record(PowerVerb.CHANGE, actor=actor, target=locked, detail=changes)
    return locked


def _kept(chart: Chart | None) -> tuple[StoredFile | None, str]:
    return (None, "") if chart is None else (files.keep(chart.content, MEDIA_TYPES[chart.kind]), chart.kind)


def _write(revision: PowerRevision, values: Mapping[str, Any], steps: Sequence[StepInput]) -> None:
    for name in TEXT_FIELDS:
        if name in values:
            setattr(revision, name, stripped(values[name] or ""))
    department = revision.power.department
    posts = list(values.get("posts", ()))
    if any(post.department_id != department.pk for post in posts):
        raise ValidationError({"posts": "请选本部门的岗位。"})
    regulations = values.get("regulations")
    if regulations is not None:
        _require_valid(revision, regulations)
        revision.regulation_names = names_of(regulations)
    revision.full_clean(exclude=NOT_CLEANED, validate_constraints=False)
    revision.save()
    if "posts" in values:
        revision.posts.set(posts)
    if regulations is not None:
        revision.regulations.set(regulations)
    _write_steps(revision, steps)


def names_of(regulations: Iterable[Regulation]) -> list[list[str]]:
    """Regulations as they are cited today, in the order of their titles."""
    ordered = sorted(regulations, key=lambda regulation: (regulation.title, regulation.pk))
    return [[str(row.identity), row.cited_as] for row in ordered]


def _require_valid(revision: PowerRevision, regulations: Iterable[Regulation]) -> None:
    """Nothing that ended is newly cited; what was cited before may stay until the draft is submitted."""
    known = {identity for identity, _ in revision.regulation_names}
    ended = [str(row) for row in regulations if not row.is_valid and str(row.identity) not in known]
    if ended:
        raise ValidationError({"regulations": f"{'、'.join(ended)}已不是现行的制度，请改选。"})


def check(department: Department, values: Mapping[str, Any], steps: Sequence[StepInput]) -> None:
    """Raise ValidationError where draft() would refuse a new power; nothing is written."""
    revision = PowerRevision(power=Power(department=department), number=1)
    for name in TEXT_FIELDS:
        setattr(revision, name, stripped(values.get(name) or ""))
    errors: dict[str, Any] = {}
    try:
        revision.full_clean(exclude=NOT_CLEANED, validate_constraints=False)
    except ValidationError as error:
        errors = dict(error.error_dict)
    try:
        if len(steps) > MOST_STEPS:
            raise ValidationError({"steps": TOO_MANY})
        for order, step in enumerate(steps, start=1):
            _check_step(_row(revision, step, order, {}), order)
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)


def _row(revision: PowerRevision, step: StepInput, order: int, posts: Mapping[str, Post]) -> PowerStep:
    return PowerStep(
        revision=revision,
        order=order,
        name=stripped(step.name),
        post=posts.get(stripped(step.post_name)),
        post_name=stripped(step.post_name),
        time_limit=stripped(step.time_limit),
        is_risk_node=step.is_risk_node,
        note=stripped(step.note),
    )


def _write_steps(revision: PowerRevision, steps: Sequence[StepInput]) -> None:
    if len(steps) > MOST_STEPS:
        raise ValidationError({"steps": TOO_MANY})
    posts = {post.name: post for post in Post.objects.active_on().filter(department=revision.power.department_id)}
    known = {str(step.identity): step.identity for step in revision.steps.all()}
    rows = []
    for order, step in enumerate(steps, start=1):
        row = _row(revision, step, order, posts)
        row.identity = known.pop(step.identity, None) or row.identity
        _check_step(row, order)
        rows.append(row)
    revision.steps.all().delete()
    PowerStep.objects.bulk_create(rows)


def _check_step(row: PowerStep, order: int) -> None:
    try:
        row.full_clean(exclude=["revision", "post"], validate_constraints=False)
    except ValidationError as error:
        words = [
            f"第 {order} 个环节的{PowerStep._meta.get_field(name).verbose_name}：{message}"  # type: ignore[union-attr]
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise ValidationError({"steps": words}) from error


def said(revision: PowerRevision) -> dict[str, Any]:
    """What a draft says, for the trail."""
    return audit.field_values(revision, *TEXT_FIELDS) | {
        "posts": sorted(post.name for post in revision.posts.all()),
        "regulations": [name for _, name in revision.regulation_names],
        "chart": revision.chart.sha256 if revision.chart else "",
        "steps": [step_words(step) for step in revision.steps.order_by("order", "id")],
    }


def step_words(step: PowerStep) -> str:
    """A step in one line."""
    rest = [step.post_name, step.time_limit, "风险节点" if step.is_risk_node else "", step.note]
    return "；".join([step.name, *(part for part in rest if part)])


def inputs(steps: Iterable[PowerStep]) -> list[StepInput]:
    """Stored steps as they would be written again."""
    names = [name for name in asdict(StepInput("")) if name != "identity"]
    return [StepInput(**{name: getattr(step, name) for name in names}, identity=str(step.identity)) for step in steps]
