"""Beginning a self-assessment and saving it: scores, what supports them, files."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import attachments, audit, files
from riskcontrol.text import stripped
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import formulas, heads
from riskpoints.oversight.assessment.acting import items_of
from riskpoints.oversight.assessment.locking import lock_assessment, lock_year
from riskpoints.oversight.assessment.permissions import AssessmentAction, require_still
from riskpoints.oversight.assessment.states import AssessmentError, require_possible
from riskpoints.oversight.enums import AssessmentAct
from riskpoints.oversight.models import Assessment, AssessmentItem
from riskpoints.oversight.verbs import OversightVerb

CHANGED = "您填写期间别人保存过这份自评，您的还没有保存。请对照后再保存。"


@dataclass(frozen=True)
class Said:
    """What the head says of one indicator; `file`: its name as it was sent, and its bytes."""

    score: Decimal | None = None
    evidence: str = ""
    file: tuple[str, bytes] | None = None


def begin(cycle: Cycle, department: Department, *, actor: Actor) -> Assessment:
    """Begin the self-assessment of a department, once. AssessmentError where the year isn't judged (yet)."""
    with transaction.atomic():
        held = lock_year(cycle.pk)
        require_still(actor, AssessmentAction.ASSESS_OWN, department)
        known = Assessment.objects.filter(cycle=held, department=department, until__isnull=True).first()
        if known is not None:
            return known
        row = heads.new(held, department, actor, heads.next_day(held, department))
        if held.is_closed:
            raise AssessmentError(f"{held}已经关闭，不能再自评。")
        if department.is_leaders or not department.is_active_on(timezone.localdate()):
            raise AssessmentError(f"{department.name}不在考核范围内（校领导班子和已撤并的部门不自评）。")
        heads.add(row)
        audit.record(OversightVerb.ASSESSMENT_BEGIN, actor=actor, target=row)
    return row


def save(row: Assessment, said: Mapping[int, Said], *, seen: int, actor: Actor) -> Assessment:
    """Save what the head says, by the items' keys. ValidationError at `score-KEY`, `evidence-KEY` or `file-KEY`, or of
    the whole where somebody else saved since `seen`; AssessmentError; PermissionDenied."""
    kept = {key: _read(key, one.file) for key, one in said.items() if one.file is not None}
    with transaction.atomic():
        locked = lock_assessment(row)
        require_still(actor, AssessmentAction.ASSESS_OWN, locked)
        require_possible(AssessmentAct.FILL, locked)
        if locked.lock != seen:
            raise ValidationError(CHANGED)
        items = {item.pk: item for item in items_of(locked) if not item.indicator.is_automatic}
        detail = {}
        for key, one in said.items():
            if key in items and (words := _write(items[key], one, kept.get(key))):
                detail[f"第 {items[key].indicator.order} 项"] = words
        if detail:
            locked.lock += 1
            locked.save()
            audit.record(OversightVerb.ASSESSMENT_FILL, actor=actor, target=locked, detail=detail)
    return locked


def _read(key: int, sent: tuple[str, bytes]) -> tuple[str, str, bytes]:
    name, content = sent
    try:
        suffix = attachments.read(content)
        return attachments.printed_name(name, suffix), suffix, content
    except ValidationError as error:
        raise ValidationError({f"file-{key}": error.message_dict["file"]}) from error


def _write(item: AssessmentItem, one: Said, kept: tuple[str, str, bytes] | None) -> list[str]:
    """Save one item; what changed, in words, nothing where nothing did."""
    weight = item.indicator.weight
    if one.score is not None and not 0 <= one.score <= weight:
        raise ValidationError({f"score-{item.pk}": f"请填 0 到 {weight} 分。"})
    before = _words(item)
    item.self_score, item.evidence = one.score, stripped(one.evidence)
    if kept is not None:
        name, suffix, content = kept
        item.file, item.file_name = files.keep(content, attachments.MEDIA_TYPES[suffix]), name
    after = _words(item)
    if before == after and kept is None:
        return []
    try:
        item.full_clean()
    except ValidationError as error:
        said = {
            f"{'score' if name == 'self_score' else name}-{item.pk}": text for name, text in error.message_dict.items()
        }
        raise ValidationError(said) from error
    item.save()
    return [before, after]


def _words(item: AssessmentItem) -> str:
    score = "" if item.self_score is None else f"{formulas.plain(item.self_score)} 分"
    return "；".join(filter(None, [score, item.evidence, item.file_name]))
