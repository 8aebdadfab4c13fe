"""Filling a check in: results, how they were seen, notes, evidence; what is still missing before it is handed in."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.enums import Level
from departments.models import Actor
from riskcontrol import attachments, audit, files
from riskcontrol.text import stripped
from riskpoints.oversight.enums import FAULTS, CheckAct, Result, State
from riskpoints.oversight.models import CheckEvidence, CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring.starting import require_unconcerned
from riskpoints.oversight.monitoring.states import CheckError, require_possible
from riskpoints.oversight.permissions import filling, require_still
from riskpoints.oversight.verbs import OversightVerb

MOST_FILES = 10
HOW_SEEN = "一级风险要写明检查方式。"
PROOF = "一级风险要有证据，或写明没有证据的原因。"


@dataclass(frozen=True)
class Found:
    """What was found about one measure; `by_point`: its result was chosen for all measures of the point."""

    result: str = ""
    seen: str = ""
    sampled: int | None = None
    sampled_of: int | None = None
    note: str = ""
    no_evidence: str = ""
    by_point: bool = False


@dataclass(frozen=True)
class Head:
    """Who looked, who wrote it down, and what is to be said about the whole."""

    checker: str = ""
    recorder: str = ""
    opinion: str = ""


@dataclass(frozen=True)
class Typed:
    """What somebody sends, with the mark of what he or she saw before."""

    what: Found | Head
    seen: str


class ChangedError(Exception):
    """Somebody else saved some of the same: nothing of what was sent is saved. `rows` are the keys of the measures,
    None for the head."""

    def __init__(self, rows: Sequence[int | None]) -> None:
        super().__init__("您填写期间别人更改过同一处，您的还没有保存。请对照后再保存。")
        self.rows = rows


def found(row: CheckMeasure) -> Found:
    """What is saved about a measure."""
    return Found(**{name: getattr(row, name) for name in Found.__dataclass_fields__})


def head(sheet: CheckSheet) -> Head:
    """What is saved about the whole."""
    return Head(sheet.checker, sheet.recorder, sheet.opinion)


def mark(what: Found | Head) -> str:
    """What changes whenever this does: forms carry it to tell what their writer changed from what others did."""
    return audit.sha256(audit.canonical_json(asdict(what)))[:16]


def lock_sheet(sheet: CheckSheet) -> CheckSheet:
    """The sheet with its year and department as they are now, held to the end of the transaction."""
    held = CheckSheet.objects.select_for_update(of=("self", "cycle")).select_related("cycle", "department")
    return held.get(pk=sheet.pk)


def save(sheet: CheckSheet, rows: Mapping[int, Typed], whole: Typed | None, *, actor: Actor) -> CheckSheet:
    """Save what was changed on the page, and leave what others changed meanwhile.

    ChangedError where both changed the same, ValidationError by field of the head, CheckError, PermissionDenied.
    """
    with transaction.atomic():
        locked = lock_sheet(sheet)
        require_still(actor, filling(locked.kind), locked.department)
        require_possible(CheckAct.FILL, locked)
        stored = {
            row.pk: row for row in CheckMeasure.objects.filter(line__sheet=locked, pk__in=rows).select_related("line")
        }
        wanted = {key: rows[key] for key in stored if _is_changed(rows[key], found(stored[key]))}
        followers = _followers(locked, wanted, stored)
        is_new_head = whole is not None and _is_changed(whole, head(locked))
        _refuse_conflicts(wanted, stored, whole if is_new_head else None, locked)
        stored |= {row.pk: row for row, _ in followers}
        wanted |= {row.pk: typed for row, typed in followers}
        detail = {_named(stored[key]): _write(stored[key], typed.what, actor) for key, typed in wanted.items()}
        if is_new_head and whole is not None:
            detail |= _write_head(locked, whole.what)
        if detail:
            if locked.state != State.FILLING:
                locked.state = State.FILLING
                locked.save(update_fields=["state"])
            require_unconcerned(locked, actor)
            audit.record(OversightVerb.CHECK_FILL, actor=actor, target=locked, detail=detail)
    return locked


def _followers(
    sheet: CheckSheet, wanted: Mapping[int, Typed], stored: Mapping[int, CheckMeasure]
) -> list[tuple[CheckMeasure, Typed]]:
    """The same measure at other points of the sheet, where nobody found anything else: one key fills it in everywhere.

    What was found otherwise at one point stays, and what is typed for a later one is that one's alone.
    """
    identities = {stored[key].identity for key in wanted}
    twins = CheckMeasure.objects.filter(line__sheet=sheet, identity__in=identities).select_related("line")
    leading: dict[uuid.UUID, CheckMeasure] = {}
    following = []
    for row in twins.order_by("line__order", "order"):
        first = leading.setdefault(row.identity, row)
        if first.pk in wanted and row.pk not in wanted and found(row) == found(first):
            following.append((row, wanted[first.pk]))
    return following


def _is_changed(typed: Typed, stored: Found | Head) -> bool:
    """Whether the writer changed something, and something else than what is saved by now."""
    return mark(typed.what) not in (typed.seen, mark(stored))


def _refuse_conflicts(
    wanted: Mapping[int, Typed], stored: Mapping[int, CheckMeasure], whole: Typed | None, sheet: CheckSheet
) -> None:
    changed: list[int | None] = [key for key, typed in wanted.items() if typed.seen != mark(found(stored[key]))]
    if whole is not None and whole.seen != mark(head(sheet)):
        changed.append(None)
    if changed:
        raise ChangedError(changed)


def _write(row: CheckMeasure, what: Found | Head, actor: Actor) -> list[str]:
    before = _said(row)
    for name, value in asdict(what).items():
        setattr(row, name, stripped(value) if isinstance(value, str) else value)
    row.saved_by, row.saved_by_name, row.saved_at = actor, actor.real_name, timezone.now()
    row.full_clean()
    row.save()
    return [before, _said(row)]


def _write_head(sheet: CheckSheet, what: Found | Head) -> dict[str, list[str]]:
    before = audit.field_values(sheet, *asdict(what))
    for name, value in asdict(what).items():
        setattr(sheet, name, stripped(value))
    sheet.full_clean()
    sheet.save()
    return audit.changed_fields(before, audit.field_values(sheet, *asdict(what)))


def _named(row: CheckMeasure) -> str:
    return f"{row.line.order}.{row.order} {row.text[:30]}"


def _said(row: CheckMeasure) -> str:
    words = (row.result_words, row.seen_words, row.note, row.no_evidence)
    return "；".join(str(word) for word in words if word)


def add_evidence(row: CheckMeasure, content: bytes, name: str, *, actor: Actor) -> CheckEvidence:
    """Add a file that shows what was seen. The same file again is the one that is there; ValidationError at `file`."""
    suffix = attachments.read(content)
    with transaction.atomic():
        locked = lock_sheet(row.line.sheet)
        require_still(actor, filling(locked.kind), locked.department)
        require_possible(CheckAct.FILL, locked)
        require_unconcerned(locked, actor)
        kept = files.keep(content, attachments.MEDIA_TYPES[suffix])
        known = row.evidence.filter(file=kept).first()
        if known is not None:
            return known
        if row.evidence.count() >= MOST_FILES:
            raise ValidationError({"file": f"一项措施最多 {MOST_FILES} 份证据，请合并后再上传。"})
        added = CheckEvidence(
            measure=row,
            file=kept,
            name=attachments.printed_name(name, suffix),
            suffix=suffix,
            added_by=actor,
            added_by_name=actor.real_name,
        )
        added.full_clean()
        added.save()
        detail = {"措施": _named(row), "文件": added.name}
        audit.record(OversightVerb.CHECK_EVIDENCE, actor=actor, target=locked, detail=detail)
    return added


def remove_evidence(evidence: CheckEvidence, *, actor: Actor) -> None:
    """Take a wrong file away while the check is open; that it was there stays in the trail."""
    with transaction.atomic():
        locked = lock_sheet(evidence.measure.line.sheet)
        require_still(actor, filling(locked.kind), locked.department)
        require_possible(CheckAct.FILL, locked)
        row = CheckEvidence.objects.filter(pk=evidence.pk).select_related("measure__line").first()
        if row is None:
            raise CheckError("这份证据刚刚已经移除。")
        detail = {"措施": _named(row.measure), "文件": row.name}
        row.delete()
        audit.record(OversightVerb.CHECK_EVIDENCE_REMOVE, actor=actor, target=locked, detail=detail)


@dataclass(frozen=True)
class Missing:
    """What has to be written before a check is handed in: of a measure (None: of the whole); `of_point`: it can be
    said once for all measures whose result was chosen for their point."""

    measure: CheckMeasure | None
    words: str
    of_point: bool = False


def missing(sheet: CheckSheet) -> list[Missing]:
    """Everything that is missing, in the order of the page, of a point once; two queries."""
    found_ = [Missing(None, "请写明检查人。")] if not sheet.checker else []
    found_ += [Missing(None, "请写明记录人。")] if not sheet.recorder else []
    rows = list(CheckMeasure.objects.filter(line__sheet=sheet).select_related("line").prefetch_related("evidence"))
    proved = {key for row in rows if row.evidence.all() for key in _proves(row)}
    said = set()
    for row in rows:
        words = _missing_of(row, sheet.level, proved)
        of_point = row.by_point and words in (HOW_SEEN, PROOF)
        if words and not (of_point and (row.line_id, words) in said):
            found_.append(Missing(row, words, of_point))
            said.add((row.line_id, words))
    return found_


def _proves(row: CheckMeasure) -> list[tuple[uuid.UUID | int, str]]:
    """What the evidence of a measure is good for: the same result of it at each point, or of the whole point."""
    return [(row.identity, row.result), *([(row.line_id, row.result)] if row.by_point else [])]


def _missing_of(row: CheckMeasure, level: int, proved: Collection[tuple[uuid.UUID | int, str]]) -> str:
    """What one measure lacks: faults say what is wrong; a 一级 point shows how it was seen (R41: 动态监控)."""
    if not row.result:
        return "请选择落实情况。"
    if row.result in FAULTS and not row.note:
        return f"“{row.get_result_display()}”要写明发现的问题及意见。"
    if level != Level.FIRST:
        return ""
    if row.result == Result.NO_CASE:
        return "" if row.note else "一级风险“本期未发生”，请写明怎么核实的。"
    if not row.seen:
        return HOW_SEEN
    return "" if row.no_evidence or set(_proves(row)) & set(proved) else PROOF
