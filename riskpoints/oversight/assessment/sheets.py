"""Drafting the indicators of a year and putting them into use; each change audited."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.models import Cycle
from riskpoints.oversight.assessment.defaults import DEFAULT, Row
from riskpoints.oversight.assessment.permissions import AssessmentAction, require_still
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.enums import Formula, SheetState
from riskpoints.oversight.models import Indicator, IndicatorSheet
from riskpoints.oversight.verbs import OversightVerb

CHANGED = "您填写期间别人更改过考核指标，您的还没有保存。请对照后再保存。"


def of_year(cycle: Cycle) -> IndicatorSheet | None:
    """The sheet of a year, drafted or in use."""
    return IndicatorSheet.objects.filter(cycle=cycle).select_related("cycle").first()


def rows_of(sheet: IndicatorSheet) -> list[Row]:
    """Its indicators as they are typed."""
    return [Row(one.group, one.text, one.weight, one.formula, one.guide) for one in sheet.indicators.all()]


def draft(cycle: Cycle, *, actor: Actor) -> IndicatorSheet:
    """Begin the sheet of a year with the default indicators; pressed twice it is begun once."""
    with transaction.atomic():
        held = Cycle.objects.select_for_update().get(pk=cycle.pk)
        require_still(actor, AssessmentAction.KEEP_SHEET)
        if held.is_closed or held.is_historical:
            raise AssessmentError(f"{held}已经关闭或是补录的年度，不再考核。")
        known = of_year(held)
        if known is not None:
            return known
        sheet = IndicatorSheet(cycle=held, made_by=actor, made_by_name=actor.real_name)
        sheet.full_clean()
        sheet.save()
        _write(sheet, DEFAULT)
        audit.record(OversightVerb.INDICATORS_DRAFT, actor=actor, target=sheet)
    return sheet


def save(sheet: IndicatorSheet, rows: Sequence[Row], *, seen: int, actor: Actor) -> IndicatorSheet:
    """Put these indicators in the place of the draft's. ValidationError where somebody else saved since `seen`, and
    for what a row can't be; AssessmentError once it is in use."""
    with transaction.atomic():
        locked = _lock(sheet, actor)
        if locked.lock != seen:
            raise ValidationError(CHANGED)
        before, typed = _told(rows_of(locked)), [_plain(row) for row in rows]
        if _told(typed) == before:
            return locked
        Indicator.objects.filter(sheet=locked).delete()
        _write(locked, typed)
        locked.lock += 1
        locked.save()
        detail = {"指标": [before, _told(typed)]}
        audit.record(OversightVerb.INDICATORS_CHANGE, actor=actor, target=locked, detail=detail)
    return locked


def activate(sheet: IndicatorSheet, *, actor: Actor) -> IndicatorSheet:
    """Put the sheet into use: from then on nobody changes it. AssessmentError where the weights are not the total."""
    with transaction.atomic():
        locked = _lock(sheet, actor)
        weights = sum(row.weight for row in rows_of(locked))
        if weights != locked.total:
            raise AssessmentError(f"分值合计是 {weights}，要等于 {locked.total} 才能启用。请先改好分值。")
        locked.state = SheetState.ACTIVE
        locked.activated_by, locked.activated_by_name = actor, actor.real_name
        locked.activated_at = timezone.now()
        locked.full_clean()
        locked.save()
        audit.record(OversightVerb.INDICATORS_ACTIVATE, actor=actor, target=locked)
    return locked


def _lock(sheet: IndicatorSheet, actor: Actor) -> IndicatorSheet:
    held = IndicatorSheet.objects.select_for_update(of=("self", "cycle")).select_related("cycle").get(pk=sheet.pk)
    require_still(actor, AssessmentAction.KEEP_SHEET)
    if held.is_active:
        raise AssessmentError("考核指标已经启用，不能再改。")
    if held.cycle.is_closed:
        raise AssessmentError(f"{held.cycle}已经关闭，考核指标不能再改。")
    return held


def _plain(row: Row) -> Row:
    return Row(stripped(row.group), stripped(row.text), row.weight, row.formula, stripped(row.guide))


def _write(sheet: IndicatorSheet, rows: Sequence[Row]) -> None:
    for order, row in enumerate(rows, start=1):
        values = {"group": row.group, "text": row.text, "weight": row.weight, "guide": row.guide}
        made = Indicator(sheet=sheet, order=order, kind=row.kind, formula=row.formula, **values)
        made.full_clean(exclude=["sheet"])
        made.save()


def _told(rows: Sequence[Row]) -> list[str]:
    """The indicators in words, for the trail."""
    kinds = [Formula(row.formula).label if row.formula else row.kind.label for row in rows]
    return [
        f"{row.group}：{row.text} {row.weight} 分（{kind}）{row.guide}"
        for row, kind in zip(rows, kinds, strict=True)
    ]  # fmt: skip
