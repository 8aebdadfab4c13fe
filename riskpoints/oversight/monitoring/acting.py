"""Handing a check in, reviewing it, returning it: the one door through which its state changes."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from departments.permissions import afresh
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.oversight import routing
from riskpoints.oversight.enums import CheckAct
from riskpoints.oversight.handling import findings
from riskpoints.oversight.models import CheckEntry, CheckSheet
from riskpoints.oversight.monitoring import periods
from riskpoints.oversight.monitoring.filling import lock_sheet, missing
from riskpoints.oversight.monitoring.starting import require_unconcerned
from riskpoints.oversight.monitoring.states import TRANSITIONS, CheckError, require_possible
from riskpoints.oversight.permissions import OversightAction, require_still, submitting
from riskpoints.oversight.verbs import OversightVerb

VERBS = {
    CheckAct.SUBMIT: OversightVerb.CHECK_SUBMIT,
    CheckAct.REVIEW: OversightVerb.CHECK_REVIEW,
    CheckAct.RETURN: OversightVerb.CHECK_RETURN,
}
ANSWERS = "您是所查风险点的责任人或岗位任职人，不能复核这次检查。"
TOOK_PART = "您参加了这次检查（开始、填写、提交，或写明是检查人、记录人），不能再复核。"


def perform(act: CheckAct, sheet: CheckSheet, *, actor: Actor, text: str = "") -> CheckSheet:
    """Hand in, review or return a check, with an entry about it.

    CheckError where it is not possible now, PermissionDenied where the actor may not, ValidationError at `text`.
    """
    if act == CheckAct.RETURN and is_blank(text):
        raise ValidationError({"text": "请写明为什么退回，要补充或更正什么。"})
    with transaction.atomic():
        locked = lock_sheet(sheet)
        if _is_pressed_again(act, locked, actor, stripped(text)):
            return locked
        _require_may(act, locked, actor)
        require_possible(act, locked)
        if act == CheckAct.SUBMIT:
            _submit(locked, actor)
        elif act == CheckAct.REVIEW:
            locked.reviewed_by, locked.reviewed_by_name = actor, actor.real_name
            locked.reviewed_at, locked.review_note = timezone.now(), stripped(text)
        locked.state = TRANSITIONS[act].target
        entry = CheckEntry(sheet=locked, act=act, text=stripped(text), by=actor, by_name=actor.real_name)
        entry.full_clean(exclude=["sheet"])
        locked.full_clean()
        locked.save()
        entry.save()
        audit.record(VERBS[act], actor=actor, target=locked, detail={"说明": entry.text} if entry.text else {})
        if act == CheckAct.SUBMIT:
            findings.of_check(locked, actor)
    return locked


def _is_pressed_again(act: CheckAct, sheet: CheckSheet, actor: Actor, text: str) -> bool:
    """Whether the same person has just done the same."""
    last = sheet.entries.order_by("-at", "-pk").first()
    done = last is not None and (last.act, last.by_id, last.text) == (act, actor.pk, text)
    return done and sheet.state == TRANSITIONS[act].target


def _submit(sheet: CheckSheet, actor: Actor) -> None:
    open_ones = missing(sheet)
    if open_ones:
        raise CheckError(f"还有 {len(open_ones)} 处没有填完，不能提交。")
    if not sheet.entries.filter(act=CheckAct.SUBMIT).exists():
        sheet.is_late = timezone.localdate() > periods.last_day(sheet.cycle.year, sheet.period)
    sheet.submitted_by, sheet.submitted_by_name, sheet.submitted_at = actor, actor.real_name, timezone.now()


def _require_may(act: CheckAct, sheet: CheckSheet, actor: Actor) -> None:
    if act == CheckAct.SUBMIT:
        require_still(actor, submitting(sheet.kind), sheet.department)
        require_unconcerned(sheet, actor)
        return
    now = afresh(actor)
    if now is not None and (words := why_not(now, sheet)):
        raise PermissionDenied(words)
    require_still(actor, OversightAction.REVIEW, sheet)


def why_not(user: Actor, sheet: CheckSheet) -> str:
    """Why this person can't review a check although the role would allow it: empty where nothing is in the way, or it
    is somebody else's turn anyway."""
    who = routing.concerned_by(sheet)
    if who.took_part(user):
        return TOOK_PART
    return ANSWERS if who.answers(user) else ""
