"""Every write to regulations and what belongs to them, each one audited."""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.enums import Role
from departments.models import Actor
from departments.permissions import afresh, has_role_in
from riskcontrol import audit
from riskcontrol.text import folded, is_blank, stripped
from riskpoints.references.regulations.enums import VALID, Act, Executed, Kind, Plan, State
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, Regulation
from riskpoints.references.regulations.permissions import (
    RegulationAction,
    kinds_to_add,
    may_adopt_at_once,
    require_still,
)
from riskpoints.references.regulations.queries import plain_title
from riskpoints.references.regulations.states import TRANSITIONS
from riskpoints.references.regulations.verbs import RegulationVerb

FIELDS = (
    "title",
    "document_number",
    "kind",
    "issuer",
    "department",
    "adopted_on",
    "effective_on",
    "summary",
    "next_review_on",
)
STATE_FIELDS = ("state", "replaced_by", "ended_on", "reason")
TOKENS = uuid.UUID("0f2a1c56-5b65-4f9f-8f0e-6f8ce3a4c1d7")
# A regulation is revised for good reasons for years, and planned a year ahead.
YEARS = range(2000, 2101)


class RegulationError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def add(values: Mapping[str, Any], *, state: State = State.DRAFTING, token: str = "", actor: Actor) -> Regulation:
    """Register a regulation that is being drafted, or one that is valid already. ValidationError by field.

    With a `token` it is added once, however often its form is sent.
    """
    with transaction.atomic():
        audit.hold()  # two people may register the same one at once
        identity = uuid.uuid5(TOKENS, token) if token else uuid.uuid4()
        if (sent_before := Regulation.objects.filter(identity=identity).first()) is not None:
            return sent_before
        now = timezone.now()
        row = Regulation(identity=identity, state=state, state_since=now, created_at=now, created_by=actor)
        _assign(row, values)
        _require_place(row, actor)
        if state != State.DRAFTING and (state != State.IN_FORCE or not may_adopt_at_once(afresh(actor))):
            raise PermissionDenied("填报员只登记拟订中的制度，施行由部门负责人登记。")
        _validate(row)
        row.save()
        detail = audit.changed_fields({}, audit.field_values(row, *FIELDS, "state"))
        audit.record(RegulationVerb.ADD, actor=actor, target=row, detail=detail)
    return row


def change(regulation: Regulation, values: Mapping[str, Any], *, actor: Actor) -> Regulation:
    """Correct what is said of a regulation; its state has acts of its own. ValidationError by field."""
    with _held(regulation, RegulationAction.EDIT, actor) as locked:
        before = audit.field_values(locked, *FIELDS)
        place = locked.kind, locked.department_id
        _assign(locked, values)
        if (locked.kind, locked.department_id) != place:
            _require_place(locked, actor)
        _validate(locked)
        locked.save()
        changes = audit.changed_fields(before, audit.field_values(locked, *FIELDS))
        if changes:
            audit.record(RegulationVerb.CHANGE, actor=actor, target=locked, detail=changes)
    return locked


def perform(act: Act, regulation: Regulation, values: Mapping[str, Any], *, actor: Actor) -> Regulation:
    """The one door from state to state (states.TRANSITIONS). ValidationError by field, RegulationError where it is not
    possible now."""
    transition = TRANSITIONS[act]
    with _held(regulation, RegulationAction.DECIDE, actor) as locked:
        if locked.state not in transition.sources:
            raise RegulationError(
                f"{locked}现在是“{locked.get_state_display()}”，不能办理“{act.label}”。请刷新后再看。"
            )
        before = audit.field_values(locked, *FIELDS, *STATE_FIELDS)
        said = {name: values.get(name) for name in transition.asks}
        _require_said(locked, said, transition.needs)
        locked.reason, locked.ended_on, locked.replaced_by = "", None, None
        for name, value in said.items():
            if value or name in ("reason", "ended_on", "replaced_by"):  # an empty day leaves the one that is known
                setattr(locked, name, stripped(value) if isinstance(value, str) else value)
        locked.reason = locked.reason or ""
        locked.state, locked.state_since = transition.target, timezone.now()
        _validate(locked)
        locked.save()
        detail = audit.changed_fields(before, audit.field_values(locked, *FIELDS, *STATE_FIELDS))
        audit.record(transition.verb, actor=actor, target=locked, detail=detail)
    return locked


def decide(
    regulation: Regulation, year: int, decision: Plan, *, due: datetime.date | None = None, note: str = "", actor: Actor
) -> PlanDecision:
    """Record what is to become of a regulation in a year (废改立); a later decision of the year takes its place."""
    with _held(regulation, RegulationAction.PLAN, actor) as locked:
        _require_year(year)
        if (decision == Plan.NEW) != (locked.state == State.DRAFTING):
            raise ValidationError({"decision": "“新建”用于拟订中的制度，其余意见用于已有的制度。"})
        if decision != Plan.KEEP and due is None:
            raise ValidationError({"due": f"处理意见是“{decision.label}”的，请填写计划完成时间。"})
        row = PlanDecision(
            regulation=locked,
            year=year,
            decision=decision,
            due=due,
            note=stripped(note),
            decided_by=actor,
            decided_by_name=actor.real_name,
            decided_at=timezone.now(),
        )
        row.full_clean(exclude=["regulation", "decided_by"])
        row.save()
        detail = {"年度": year, "处理意见": decision.label, "计划完成时间": due, "说明": row.note}
        audit.record(RegulationVerb.PLAN, actor=actor, target=locked, detail=detail)
    return row


def check(regulation: Regulation, year: int, values: Mapping[str, Any], *, actor: Actor) -> ExecutionCheck:
    """Record how a 校级 regulation was carried out in a year (R59). ValidationError by field."""
    with _held(regulation, RegulationAction.CHECK, actor) as locked:
        _require_year(year)
        if locked.state not in VALID:
            raise RegulationError("执行检查只对现行的校级制度登记。")
        if values["checked_on"] > timezone.localdate():
            raise ValidationError({"checked_on": "检查日期不能晚于今天。"})
        if values["executed"] != Executed.YES and is_blank(values.get("problems") or ""):
            raise ValidationError({"problems": "没有完全执行的，请写明执行中的问题。"})
        row = ExecutionCheck(
            regulation=locked,
            year=year,
            executed=values["executed"],
            problems=stripped(values.get("problems") or ""),
            suggestion=stripped(values.get("suggestion") or ""),
            checked_on=values["checked_on"],
            checked_by=actor,
            checked_by_name=actor.real_name,
            recorded_at=timezone.now(),
        )
        row.full_clean(exclude=["regulation", "checked_by"])
        row.save()
        names = ("executed", "problems", "suggestion", "checked_on")
        detail = {"年度": year, **{_caption(row, name): _shown(row, name) for name in names}}
        audit.record(RegulationVerb.CHECK, actor=actor, target=locked, detail=detail)
    return row


@contextmanager
def _held(regulation: Regulation, action: RegulationAction, actor: Actor) -> Iterator[Regulation]:
    """A regulation locked to the end of the transaction, for somebody who still has the right."""
    with transaction.atomic():
        rows = Regulation.objects.select_for_update(of=("self",)).select_related("department")
        locked = rows.get(pk=regulation.pk)
        require_still(actor, action, locked)
        yield locked


def _assign(row: Regulation, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(row, name, stripped(value) if isinstance(value, str) else value)
    row.title = plain_title(row.title)


def _require_place(row: Regulation, actor: Actor) -> None:
    """A head registers the own department's, the office all others."""
    person = afresh(actor)
    if row.kind not in kinds_to_add(person):
        raise PermissionDenied("这一类制度不由您的角色登记。")
    if row.kind == Kind.DEPARTMENT and not has_role_in(person, row.department_id, Role.HEAD, Role.CLERK):
        raise ValidationError({"department": "部门制度由本部门登记，请选您负责的部门。"})


def _validate(row: Regulation) -> None:
    errors: dict[str, str] = {}
    if row.kind == Kind.DEPARTMENT and row.department_id is None:
        errors["department"] = "部门制度请选制定部门。"
    if row.state in VALID and row.effective_on is None:
        errors["effective_on"] = "现行的制度请填写施行日期。"
    if row.adopted_on and row.effective_on and row.effective_on < row.adopted_on:
        errors["effective_on"] = "施行日期不能早于通过日期。"
    if row.effective_on and row.ended_on and row.ended_on < row.effective_on:
        errors["ended_on"] = "废止日期不能早于施行日期。"
    if (same := _lookalike(row)) is not None:
        errors["title"] = (
            f"已登记过{same}（{same.get_state_display()}），请核对；名称相同的，请填写不同的文号或施行日期。"
        )
    if errors:
        raise ValidationError(errors)
    row.full_clean(exclude=["created_by", "identity"])


def _lookalike(row: Regulation) -> Regulation | None:
    """Another one that no reader could tell from this: same title, same number, same year."""
    mine = _told_apart(row)
    rows = Regulation.objects.exclude(pk=row.pk).exclude(state=State.DROPPED)
    return next((other for other in rows if _told_apart(other) == mine), None)


def _told_apart(row: Regulation) -> tuple[str, str]:
    return folded(row.title), folded(row.document_number or row.year)


def _require_said(row: Regulation, said: Mapping[str, Any], needs: tuple[str, ...]) -> None:
    errors: dict[str, str] = {}
    for name in needs:
        value = said[name]
        if value is None or (isinstance(value, str) and is_blank(value)):
            errors[name] = f"请填写{_caption(row, name)}。"
    ended = said.get("ended_on")
    if ended and ended > timezone.localdate():
        errors["ended_on"] = "日期不能晚于今天。还没有到废止的日子，请到那天再登记。"
    other = said.get("replaced_by")
    if other is not None:
        fresh = Regulation.objects.select_for_update(of=("self",)).filter(pk=other.pk).first()
        if fresh is None or fresh.pk == row.pk or fresh.state not in VALID:
            errors["replaced_by"] = "请选另一项现行的制度。新制度还没有登记的，请先登记。"
    if errors:
        raise ValidationError(errors)


def _require_year(year: int) -> None:
    if year not in YEARS:
        raise ValidationError({"year": "请核对年度。"})


def _caption(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


def _shown(row: Any, name: str) -> Any:
    value = getattr(row, f"get_{name}_display", None)
    return value() if value else getattr(row, name)
