"""Every write to the library and its questions, each one audited."""

import secrets
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from departments.models import Actor, PostFunction
from riskcontrol import audit
from riskcontrol.text import folded, is_blank, stripped
from riskpoints.references.library.models import GuidingQuestion, TypicalMeasure, TypicalRisk
from riskpoints.references.library.permissions import LibraryAction, can_still
from riskpoints.references.library.values import RiskValues, measure_rows, values_of
from riskpoints.references.library.verbs import LibraryVerb

OWN = "X-"
FEWEST, MOST = 4, 6
REFUSED = "典型风险库和引导问题由纪委审核员维护。"


class ConflictError(Exception):
    """Somebody else saved this since it was opened; `stored` is what there is now."""

    def __init__(self, stored: TypicalRisk) -> None:
        super().__init__("这一条在您填写期间已被他人修改，请对照后再保存。")
        self.stored = stored


def require_keeper(actor: Actor) -> None:
    """PermissionDenied unless the person keeps the library now."""
    if not can_still(actor, LibraryAction.KEEP):
        raise PermissionDenied(REFUSED)


def check(values: RiskValues) -> None:
    """ValidationError by field where save_risk() would refuse these words, whatever else there is."""
    row = TypicalRisk(key="-", **values.fields)
    row.full_clean()
    for measure in measure_rows(row, values.measures):
        _check_measure(measure)


def _check_measure(measure: TypicalMeasure) -> None:
    """ValidationError beside the measure's stage, where a form or a workbook shows it."""
    try:
        measure.full_clean(exclude=["risk"])
    except ValidationError as error:
        said = [f"“{measure.text[:12]}…”{text}" for text in error.messages]
        raise ValidationError({measure.stage or "unstaged": said}) from error


def save_risk(
    values: RiskValues, *, risk: TypicalRisk | None = None, lock: int | None = None, actor: Actor
) -> TypicalRisk:
    """Add or change one entry with its functions and measures. ValidationError by field, ConflictError."""
    with transaction.atomic():
        require_keeper(actor)
        if risk is None:
            audit.hold()  # two new ones of the same words have no row to lock
            row, before = TypicalRisk(key=_new_key(), order=_next_order()), {}
        else:
            row = TypicalRisk.objects.select_for_update().get(pk=risk.pk)
            if lock is not None and row.lock != lock:
                raise ConflictError(row)
            before = values_of(row).told
        functions = _functions(values)
        for name, value in values.fields.items():
            setattr(row, name, value)
        _require_other_words(row)
        measures = measure_rows(row, values.measures)
        row.full_clean()
        for measure in measures:
            _check_measure(measure)
        changes = audit.changed_fields(before, values.told)
        if not changes:
            return row
        row.lock += bool(before)
        row.save()
        row.functions.set(functions)
        row.measures.all().delete()
        for measure in measures:
            measure.risk = row
            measure.save()
        audit.record(LibraryVerb.CHANGE if before else LibraryVerb.ADD, actor=actor, target=row, detail=changes)
    return row


def _functions(values: RiskValues) -> list[PostFunction]:
    found = list(PostFunction.objects.filter(name__in=values.functions))
    if missing := values.functions - {function.name for function in found}:
        raise ValidationError({"functions": f"没有这样的岗位职能：{'、'.join(sorted(missing))}。"})
    return found


def _require_other_words(row: TypicalRisk) -> None:
    """ValidationError where another entry of the category that is in use says the same."""
    others = TypicalRisk.objects.filter(category=row.category, is_active=True).exclude(pk=row.pk)
    same = next((other for other in others if folded(other.text) == folded(row.text)), None)
    if row.is_active and same is not None and not is_blank(row.text):
        raise ValidationError({"text": f"与 {same.key} 的内容相同。请改那一条，或把这里写得不同。"})


def _new_key() -> str:
    while True:
        key = f"{OWN}{secrets.token_hex(4).upper()}"
        if not TypicalRisk.objects.filter(key=key).exists():
            return key


def _next_order() -> int:
    return (TypicalRisk.objects.aggregate(last=Max("order"))["last"] or 0) + 10


def set_active(risk: TypicalRisk, is_active: bool, *, actor: Actor) -> bool:
    """Retire an entry, or bring it back; what was taken from it stays. False where it was so already."""
    with transaction.atomic():
        require_keeper(actor)
        row = TypicalRisk.objects.select_for_update().get(pk=risk.pk)
        if row.is_active == is_active:
            return False
        row.is_active = is_active
        _require_other_words(row)
        row.lock += 1
        row.save(update_fields=["is_active", "lock"])
        verb = LibraryVerb.BRING_BACK if is_active else LibraryVerb.RETIRE
        audit.record(verb, actor=actor, target=row, detail={"is_active": [not is_active, is_active]})
    return True


def questions_of(category: str) -> list[str]:
    """The questions of a category that are in use, in their order."""
    rows = GuidingQuestion.objects.filter(category=category, is_active=True).order_by("order", "id")
    return list(rows.values_list("text", flat=True))


def state_of(category: str) -> str:
    """What changes whenever the questions do; their form carries it to notice that somebody else saved."""
    return audit.sha256("\n".join(questions_of(category)))


def set_questions(category: str, texts: Iterable[str], *, seen: str = "", actor: Actor) -> None:
    """Put these questions in the place of a category's. ValidationError where there are too few, too many or one
    twice, and where somebody else saved others since `seen`."""
    wanted = [stripped(text) for text in texts if not is_blank(text)]
    if not FEWEST <= len(wanted) <= MOST:
        raise ValidationError({"questions": f"请写 {FEWEST} 至 {MOST} 个问题，一行一个，现在有 {len(wanted)} 个。"})
    if len({folded(text) for text in wanted}) < len(wanted):
        raise ValidationError({"questions": "有两个问题相同，请删去一个。"})
    with transaction.atomic():
        require_keeper(actor)
        audit.hold()
        before = questions_of(category)
        if seen and seen != state_of(category):
            raise ValidationError(
                {"questions": f"您填写期间别人改过，还没有保存。现在是：{'；'.join(before)}。请对照后再保存。"}
            )
        if before == wanted:
            return
        stored = {row.text: row for row in GuidingQuestion.objects.filter(category=category)}
        for row in stored.values():
            if row.text not in wanted:
                # One that was shipped stays known, so that the next version doesn't bring it again.
                row.is_active = False
                row.save(update_fields=["is_active"])
        for place, text in enumerate(wanted, start=1):
            row = stored.get(text) or GuidingQuestion(category=category, text=text)
            row.is_active, row.order = True, place * 10
            row.full_clean()
            row.save()
        label = row.get_category_display()
        audit.record(LibraryVerb.QUESTIONS, actor=actor, label=label, detail={"问题": [before, wanted]})
