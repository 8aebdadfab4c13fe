"""Handing a self-assessment in, scoring it, returning it, deciding about it: the one door through which its state
changes; every act with its entry."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments import notices
from departments.models import Actor
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.oversight.assessment import barring, counting, formulas, heads
from riskpoints.oversight.assessment.locking import lock_assessment
from riskpoints.oversight.assessment.permissions import AssessmentAction, require_still
from riskpoints.oversight.assessment.states import TRANSITIONS, AssessmentError, require_possible
from riskpoints.oversight.enums import AssessmentAct
from riskpoints.oversight.models import Assessment, AssessmentEntry, AssessmentItem, ItemScore
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.rules import queries as rules

VERBS = {
    AssessmentAct.SUBMIT: OversightVerb.ASSESSMENT_SUBMIT,
    AssessmentAct.SCORE: OversightVerb.ASSESSMENT_SCORE,
    AssessmentAct.FINISH: OversightVerb.ASSESSMENT_FINISH,
    AssessmentAct.RETURN: OversightVerb.ASSESSMENT_RETURN,
    AssessmentAct.DECIDE: OversightVerb.ASSESSMENT_DECIDE,
}
RIGHTS = {
    AssessmentAct.SUBMIT: AssessmentAction.ASSESS_OWN,
    AssessmentAct.SCORE: AssessmentAction.SCORE,
    AssessmentAct.FINISH: AssessmentAction.SCORE,
    AssessmentAct.RETURN: AssessmentAction.SCORE,
    AssessmentAct.DECIDE: AssessmentAction.DECIDE,
}
MOST_SCORERS = 2
TOO_MANY = "已有两位审核员核分，取平均分。您不用再核。"
FAR = "与自评分相差超过分值的 20%，请写明理由。"


@dataclass(frozen=True)
class Given:
    """What a reviewer gives for one indicator, and why."""

    score: Decimal | None
    reason: str = ""


def items_of(row: Assessment) -> list[AssessmentItem]:
    """The items of an assessment in the order of the sheet, with their scores."""
    return list(row.items.select_related("indicator").prefetch_related("scores"))


def missing(items: Sequence[AssessmentItem]) -> list[str]:
    """What the head has still to write before it can be handed in."""
    manual = [item for item in items if not item.indicator.is_automatic]
    return [
        f"第 {item.indicator.order} 项还没有{'自评分' if item.self_score is None else '自评说明'}"
        for item in manual
        if item.self_score is None or is_blank(item.evidence)
    ]


def submit(row: Assessment, *, actor: Actor) -> Assessment:
    """Hand a self-assessment in: what is reckoned is taken now and stays. AssessmentError while something is open."""
    return _act(AssessmentAct.SUBMIT, row, actor, _submit)


def score(row: Assessment, given: Mapping[int, Given], *, actor: Actor) -> Assessment:
    """Give scores for indicators (by their items' keys). ValidationError at `score-KEY` or `reason-KEY`."""

    def write(locked: Assessment, actor: Actor) -> str:
        return _score(locked, given, actor)

    return _act(AssessmentAct.SCORE, row, actor, write)


def finish(row: Assessment, *, actor: Actor) -> Assessment:
    """Close the scoring: the mean of the scores counts. AssessmentError where an indicator has none."""
    return _act(AssessmentAct.FINISH, row, actor, _finish)


def give_back(row: Assessment, text: str, *, actor: Actor) -> Assessment:
    """Return it to the department with a reason; what the committee gave is given anew. ValidationError at `text`."""
    if is_blank(text):
        raise ValidationError({"text": "请写明为什么退回，要补充或更正什么。"})

    def clear(locked: Assessment, actor: Actor) -> str:
        locked.submitted_by, locked.submitted_by_name, locked.submitted_at = None, "", None
        locked.self_score = locked.reviewed_score = None
        ItemScore.objects.filter(item__assessment=locked).delete()
        return stripped(text)

    return _act(AssessmentAct.RETURN, row, actor, clear)


def decide(
    rows: Sequence[Assessment], *, decided_on: datetime.date, minutes_number: str, actor: Actor
) -> list[Assessment]:
    """Record what a meeting decided about these departments, all or none. ValidationError by field, AssessmentError,
    PermissionDenied."""
    if is_blank(minutes_number):
        raise ValidationError({"minutes_number": "请填写会议纪要编号。"})
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": "会议日期不能晚于今天。"})

    def write(locked: Assessment, actor: Actor) -> str:
        return _decide(locked, decided_on, stripped(minutes_number), actor)

    with transaction.atomic():
        return [_act(AssessmentAct.DECIDE, row, actor, write) for row in rows]


def _act(act: AssessmentAct, row: Assessment, actor: Actor, write: Callable[[Assessment, Actor], str]) -> Assessment:
    """Do an act under the lock; the same pressed twice by the same person is done once."""
    with transaction.atomic():
        locked = lock_assessment(row)
        about: Any = locked.department if RIGHTS[act] == AssessmentAction.SCORE else locked
        require_still(actor, RIGHTS[act], about)
        last = locked.entries.order_by("-at", "-pk").first()
        done = last is not None and (last.act, last.by_id) == (act, actor.pk)
        if done and locked.state == TRANSITIONS[act].target and locked.state not in TRANSITIONS[act].sources:
            return locked
        require_possible(act, locked)
        text = write(locked, actor)
        locked.state = TRANSITIONS[act].target
        locked.lock += 1
        entry = AssessmentEntry(assessment=locked, act=act, text=text, by=actor, by_name=actor.real_name)
        entry.full_clean(exclude=["assessment"])
        locked.full_clean()
        locked.save()
        entry.save()
        audit.record(VERBS[act], actor=actor, target=locked, detail={"说明": text} if text else {})
    return locked


def _submit(locked: Assessment, actor: Actor) -> str:
    items = items_of(locked)
    if open_ones := missing(items):
        raise AssessmentError(f"还不能提交：{'；'.join(open_ones)}。")
    heads.require_first(locked.cycle, locked.department, actor, but=locked)
    counted = counting.counts_of(locked)
    for item in items:
        indicator = item.indicator
        item.score = None
        if indicator.is_automatic:
            found = counting.reckon(locked, indicator, counted)
            item.value, item.reckoning, item.counts = found.value, found.words, dict(found.counts)
            item.self_score = formulas.points_of(indicator.weight, found.value)
        item.full_clean()
        item.save()
    locked.head, locked.head_name = actor, actor.real_name
    locked.submitted_by, locked.submitted_by_name, locked.submitted_at = actor, actor.real_name, timezone.now()
    found_total = formulas.total(((item.indicator.weight, item.self_score) for item in items), locked.sheet.total)
    locked.self_score = found_total.score
    return f"自评 {formulas.plain(found_total.score)} 分"


def _score(locked: Assessment, given: Mapping[int, Given], actor: Actor) -> str:
    _require_unconcerned(locked, actor)
    items = {item.pk: item for item in items_of(locked) if not item.indicator.is_automatic}
    scorers = set(ItemScore.objects.filter(item__assessment=locked).values_list("by", flat=True))
    if actor.pk not in scorers and len(scorers) >= MOST_SCORERS:
        raise AssessmentError(TOO_MANY)
    wanted = {key: one for key, one in given.items() if key in items and one.score is not None}
    _judge({items[key]: one for key, one in wanted.items()})
    if not wanted:
        raise AssessmentError("请至少给一项打分。")
    for key, one in wanted.items():
        known = ItemScore.objects.filter(item=items[key], by=actor).first() or ItemScore(item=items[key], by=actor)
        known.by_name, known.reason = actor.real_name, stripped(one.reason)
        known.score = one.score or Decimal(0)
        known.full_clean()
        known.save()
    said = (f"第 {items[key].indicator.order} 项 {formulas.plain(one.score)} 分" for key, one in wanted.items())  # type: ignore[arg-type]
    return "，".join(said)[:500]


def _judge(given: Mapping[AssessmentItem, Given]) -> None:
    """ValidationError beside each score that can't be, and each that has to say why."""
    errors: dict[str, str] = {}
    for item, one in given.items():
        weight = item.indicator.weight
        if one.score is None or not 0 <= one.score <= weight:
            errors[f"score-{item.pk}"] = f"请填 0 到 {weight} 分。"
        elif formulas.is_far(one.score, item.self_score or Decimal(0), weight) and is_blank(one.reason):
            errors[f"reason-{item.pk}"] = FAR
    if errors:
        raise ValidationError(errors)


def _finish(locked: Assessment, actor: Actor) -> str:
    _require_unconcerned(locked, actor)
    items = items_of(locked)
    without = [item for item in items if not item.indicator.is_automatic and not item.scores.all()]
    if without:
        numbers = "、".join(str(item.indicator.order) for item in without)
        raise AssessmentError(f"第 {numbers} 项还没有核分，核完才能结束。")
    for item in items:
        given = [one.score for one in item.scores.all()]
        item.score = item.self_score if item.indicator.is_automatic else formulas.average(given)
        item.save(update_fields=["score"])
    found = formulas.total(((item.indicator.weight, item.score) for item in items), locked.sheet.total)
    locked.reviewed_score = found.score
    if locked.until is not None:  # whoever is head no longer has no list of the department's to find it in
        notices.notify(
            text=f"{locked}已核分：{formulas.plain(found.score)} 分。",
            link=reverse("oversight:assessment", args=[locked.pk]),
            users=[locked.head],
            actor=actor,
            target=locked,
        )
    return f"核准 {formulas.plain(found.score)} 分"


def _require_unconcerned(locked: Assessment, actor: Actor) -> None:
    if actor.pk in (locked.submitted_by_id, locked.head_id):
        raise PermissionDenied("您提交了这份自评，不能核分。")


def _decide(locked: Assessment, decided_on: datetime.date, minutes_number: str, actor: Actor) -> str:
    if ItemScore.objects.filter(item__assessment=locked, by=actor.pk).exists() or actor.pk == locked.submitted_by_id:
        raise PermissionDenied(f"您核过{locked.department_name}的分，审定请由其他人登记。")
    if locked.submitted_at and decided_on < timezone.localdate(locked.submitted_at):
        raise ValidationError({"decided_on": f"会议日期不能早于{locked.department_name}提交自评的日期。"})
    if locked.reviewed_score is None:  # the database holds it for this state
        raise AssessmentError(f"{locked.department_name}还没有核准分，不能审定。")
    grade = rules.on(decided_on).grade_of(locked.reviewed_score)
    final = barring.barred_grade(grade) if barring.bars(locked) else grade
    locked.grade_by_score, locked.final_grade = grade, final
    locked.decided_on, locked.minutes_number = decided_on, minutes_number
    locked.decided_by, locked.decided_by_name, locked.decided_at = actor, actor.real_name, timezone.now()
    return f"会议纪要 {minutes_number}，{final.label}"
