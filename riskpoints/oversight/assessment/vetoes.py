"""Proposing a veto of 优秀, letting it take effect, withdrawing and lifting it; what it corrects afterwards (R50)."""

import datetime
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department, User
from departments.permissions import afresh
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import barring, heads
from riskpoints.oversight.assessment.locking import lock_veto, lock_year
from riskpoints.oversight.assessment.permissions import AssessmentAction, can, require_still
from riskpoints.oversight.assessment.states import VETO_TRANSITIONS, AssessmentError, require_veto_possible
from riskpoints.oversight.enums import VetoAct
from riskpoints.oversight.models import Assessment, AssessmentCorrection, Veto, VetoEntry
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.rules.enums import Grade

BOTH = (
    "否决须两个条件同时具备：出现违法违纪案件，并且在社会上造成恶劣影响。只具备一个的不能否决，可由纪委登记为问题办理。"
)
ONLY_PRINCIPAL = "{}已经审定为“优秀”，由单位主要负责人写明更正理由后，否决才能生效。"
ONLY_PRINCIPAL_CLOSED = "{}已经关闭，否决由单位主要负责人确认。"
RIGHTS = {
    VetoAct.CONFIRM: AssessmentAction.CONFIRM_VETO,
    VetoAct.WITHDRAW: AssessmentAction.WITHDRAW_VETO,
    VetoAct.LIFT: AssessmentAction.LIFT_VETO,
}
VERBS = {
    VetoAct.CONFIRM: OversightVerb.VETO_CONFIRM,
    VetoAct.WITHDRAW: OversightVerb.VETO_WITHDRAW,
    VetoAct.LIFT: OversightVerb.VETO_LIFT,
}


@dataclass(frozen=True)
class Case:
    """Both conditions, each with the paper that shows it; no contents."""

    violation_number: str
    violation_organ: str
    violation_on: datetime.date | None
    violation_paper: str
    impact_source: str
    impact_on: datetime.date | None
    impact_paper: str


@dataclass(frozen=True)
class Corrected:
    """By which decision the case was corrected."""

    decision_number: str
    decision_organ: str
    decision_on: datetime.date


def propose(
    cycle: Cycle, department: Department, head: User | None, head_name: str, case: Case, *, actor: Actor
) -> Veto:
    """Propose a veto. ValidationError by field: of one condition alone it says that it can't be one."""
    values = {name: stripped(value) if isinstance(value, str) else value for name, value in asdict(case).items()}
    _require_both(values)
    with transaction.atomic():
        held = lock_year(cycle.pk)
        require_still(actor, AssessmentAction.PROPOSE_VETO, department)
        known = Veto.objects.filter(cycle=held, department=department, violation_number=values["violation_number"])
        double = known.filter(state__in=["proposed", "in_force"]).first()
        if double is not None:
            if double.proposed_by_id == actor.pk:
                return double
            raise AssessmentError("同一决定的否决已经拟定，请打开那一条办理。")
        heads.require_one(held, department, head, head_name)
        veto = Veto(cycle=held, department=department, department_name=department.name, **values)
        veto.head, veto.head_name = head, stripped(head_name) or (head.real_name if head else "")
        veto.proposed_by, veto.proposed_by_name = actor, actor.real_name
        veto.full_clean()
        veto.save()
        _enter(veto, VetoAct.PROPOSE, actor)
        audit.record(OversightVerb.VETO_PROPOSE, actor=actor, target=veto)
    return veto


def _require_both(values: dict[str, object]) -> None:
    empty = [name for name, value in values.items() if value is None or value == "" or is_blank(str(value))]
    for part in ("violation", "impact"):
        names = [name for name in values if name.startswith(part)]
        if all(name in empty for name in names):
            raise ValidationError({names[0]: BOTH})
    today = timezone.localdate()
    errors: dict[str, str] = dict.fromkeys(empty, "请填写：两个条件都要写明依据和存放处。")
    for name in ("violation_on", "impact_on"):
        day = values[name]
        if isinstance(day, datetime.date) and day > today:
            errors[name] = "日期不能晚于今天。"
    if errors:
        raise ValidationError(errors)


def confirm(veto: Veto, *, text: str = "", actor: Actor) -> Veto:
    """Let a veto take effect; where 优秀 is decided already, the principal corrects it with a reason (`text`)."""
    with transaction.atomic():
        locked, is_done = _begin(VetoAct.CONFIRM, veto, actor)
        if is_done:
            return locked
        excellent = [row for row in barring.decided(locked) if row.final_grade == Grade.EXCELLENT]
        is_principal = can(afresh(actor), AssessmentAction.LIFT_VETO, locked)
        if excellent and not is_principal:
            raise AssessmentError(ONLY_PRINCIPAL.format(excellent[0].department_name))
        if locked.cycle.is_closed and not is_principal:
            raise AssessmentError(ONLY_PRINCIPAL_CLOSED.format(locked.cycle))
        if excellent and is_blank(text):
            raise ValidationError({"text": "考核已经审定为“优秀”，请写明更正的理由。"})
        for row in excellent:
            _correct(row, locked, barring.barred_grade(Grade.EXCELLENT), text, actor)
        locked.confirmed_by, locked.confirmed_by_name = actor, actor.real_name
        locked.confirmed_at = timezone.now()
        _end(VetoAct.CONFIRM, locked, actor, text=text)
    return locked


def withdraw(veto: Veto, text: str, *, actor: Actor) -> Veto:
    """Take a proposal back, with a reason. ValidationError at `text`."""
    if is_blank(text):
        raise ValidationError({"text": "请写明为什么撤销。"})
    with transaction.atomic():
        locked, is_done = _begin(VetoAct.WITHDRAW, veto, actor)
        if not is_done:
            _end(VetoAct.WITHDRAW, locked, actor, text=text)
    return locked


def lift(veto: Veto, corrected: Corrected, text: str, *, actor: Actor) -> Veto:
    """Lift a veto because the case was corrected; a grade that it had lowered is given back by a correction.

    ValidationError by field.
    """
    values = {"decision_number": corrected.decision_number, "decision_organ": corrected.decision_organ, "text": text}
    errors = {name: "解除须写明纠正原案的决定和理由。" for name, value in values.items() if is_blank(value)}
    if corrected.decision_on > timezone.localdate():
        errors["decision_on"] = "日期不能晚于今天。"
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        locked, is_done = _begin(VetoAct.LIFT, veto, actor)
        if is_done:
            return locked
        _end(VetoAct.LIFT, locked, actor, text=text, corrected=corrected)
        for row in barring.decided(locked):
            is_lowered = row.grade_by_score == Grade.EXCELLENT != row.final_grade
            if is_lowered and not barring.bars(row):
                _correct(row, locked, Grade.EXCELLENT, text, actor)
    return locked


def _begin(act: VetoAct, veto: Veto, actor: Actor) -> tuple[Veto, bool]:
    """The veto under the lock, and whether the same person has just done the same."""
    locked = lock_veto(veto)
    require_still(actor, RIGHTS[act], locked)
    last = locked.entries.order_by("-at", "-pk").first()
    is_done = last is not None and (last.act, last.by_id) == (act, actor.pk)
    if is_done and locked.state == VETO_TRANSITIONS[act].target:
        return locked, True
    require_veto_possible(act, locked)
    return locked, False


def _end(act: VetoAct, locked: Veto, actor: Actor, *, text: str, corrected: Corrected | None = None) -> None:
    _enter(locked, act, actor, text=text, corrected=corrected)
    locked.state = VETO_TRANSITIONS[act].target
    locked.full_clean()
    locked.save()
    audit.record(VERBS[act], actor=actor, target=locked)


def _enter(veto: Veto, act: VetoAct, actor: Actor, *, text: str = "", corrected: Corrected | None = None) -> None:
    entry = VetoEntry(veto=veto, act=act, text=stripped(text), by=actor, by_name=actor.real_name)
    if corrected is not None:
        entry.decision_number = stripped(corrected.decision_number)
        entry.decision_organ = stripped(corrected.decision_organ)
        entry.decision_on = corrected.decision_on
    entry.full_clean(exclude=["veto"])
    entry.save()


def _correct(row: Assessment, veto: Veto, grade: Grade, reason: str, actor: Actor) -> None:
    """更正: another grade, beside the one that the meeting decided."""
    correction = AssessmentCorrection(assessment=row, veto=veto, former_grade=row.final_grade, grade=grade)
    correction.reason, correction.by, correction.by_name = stripped(reason), actor, actor.real_name
    correction.full_clean(exclude=["assessment", "veto"])
    correction.save()
    row.correct(grade)
    detail = {"等次": [Grade(correction.former_grade).label, grade.label]}
    audit.record(OversightVerb.ASSESSMENT_CORRECT, actor=actor, target=row, detail=detail)
