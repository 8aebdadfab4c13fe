"""Compares what is stored with what was acknowledged: lost changes, torn rows, breaks of the audit chain."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count

from riskcontrol.audit import verify_chain
from riskcontrol.models import AuditEntry
from riskpoints.models import Measure, RiskPoint, TableVersion

KINDS = {"point": RiskPoint, "measure": Measure, "head": TableVersion}
TEXT = {"point": "text", "measure": "text", "head": "duties"}
LABELS = {model._meta.label_lower: kind for kind, model in KINDS.items()}


@dataclass(frozen=True)
class Attempt:
    """One save as its writer knows it. `outcome`: saved, conflict, refused; where no answer came unknown or resent.

    `kind` is new (a point with its measure), point, measure, head or remove; `lock` the row's number before the save.
    """

    writer: str
    kind: str
    version: int
    row: int | None
    outcome: str
    text: str = ""
    measure: str = ""
    lock: int | None = None


@dataclass
class Verdict:
    """What became of the attempts; `lost` has one line for each lost save, the others one for each fault."""

    acknowledged: int = 0
    unanswered: int = 0
    unanswered_saved: int = 0
    resent: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)


class Trail:
    """What the audit trail says of each row: its texts in order, how often it changed, whether it was removed."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.changes: Counter[tuple[str, int]] = Counter()
        self.removed: set[tuple[str, int]] = set()
        self.writes = 0
        self.actors: set[str] = set()
        for entry in AuditEntry.objects.filter(object_type__in=LABELS).order_by("number"):
            self._read(entry)

    def _read(self, entry: AuditEntry) -> None:
        kind = LABELS[entry.object_type]
        row = (kind, int(entry.object_id))
        act = entry.verb.rpartition(".")[2].removesuffix("_head")
        if act == "remove":
            self.removed.add(row)
        elif act in ("add", "change"):
            self.changes[row] += act == "change"
            if TEXT[kind] in entry.detail:
                self.texts[row].append(entry.detail[TEXT[kind]][1])
        else:
            return
        # A point's own measures go with it in the same write.
        self.writes += not (act == "remove" and kind == "measure")
        self.actors.add(entry.actor_number)


def judge(attempts: list[dict[str, Any]]) -> dict[str, Any]:
    """Judge all saves of a run against the database; the result is a Verdict as a dict."""
    made = [Attempt(**item) for item in attempts]
    trail, verdict = Trail(), Verdict()
    verdict.acknowledged = sum(attempt.outcome == "saved" for attempt in made)
    verdict.unanswered = sum(attempt.outcome == "unknown" for attempt in made)
    verdict.unanswered_saved = sum(_is_in_trail(attempt, trail) for attempt in made if attempt.outcome == "unknown")
    verdict.resent = sum(attempt.outcome == "resent" for attempt in made)
    verdict.lost = _lost(made, trail)
    verdict.doubled = list(_saved_twice())
    verdict.torn = [*_rows_beside_trail(trail), *_half_saved(made, trail), *_misplaced(), *_uncounted(trail)]
    verdict.chain = [f"{fault.number}: {fault.reason}" for fault in verify_chain()]
    return asdict(verdict)


def _is_in_trail(attempt: Attempt, trail: Trail) -> bool:
    if attempt.kind == "remove":
        return ("point", attempt.row) in trail.removed
    return any(attempt.text in texts for texts in trail.texts.values())


def _lost(attempts: list[Attempt], trail: Trail) -> list[str]:
    """One line for each acknowledged save that can't be found, with all that speaks against it."""
    found: dict[Attempt, list[str]] = defaultdict(list)
    for attempt in attempts:
        if attempt.outcome == "saved":
            found[attempt] += _missing(attempt, trail)
    for attempt in _last_of_rows(attempts):
        found[attempt] += _gone_back(attempt)
    return [f"{a.kind} {a.row} of {a.writer}, {a.text[-30:]}: {'; '.join(why)}" for a, why in found.items() if why]


def _missing(attempt: Attempt, trail: Trail) -> Iterable[str]:
    """What was acknowledged and can't be found: in the trail, which keeps overwritten texts too, or as a row."""
    kind = "point" if attempt.kind in ("new", "remove") else attempt.kind
    row = (kind, attempt.row or 0)
    is_there = KINDS[kind].objects.filter(pk=attempt.row).exists()
    if attempt.kind == "remove":
        if row not in trail.removed:
            yield "the removal is not in the trail"
        if is_there:
            yield "removed and there again"
        return
    if attempt.text not in trail.texts.get(row, ()):
        yield "not in the trail"
    if row not in trail.removed and not is_there:
        yield "the row is gone"
    if attempt.measure and not any(attempt.measure in texts for texts in trail.texts.values()):
        yield "its measure is not in the trail"


def _last_of_rows(attempts: list[Attempt]) -> Iterable[Attempt]:
    """The acknowledged change of each row that saw its highest number."""
    last: dict[tuple[str, int | None], Attempt] = {}
    for attempt in attempts:
        if attempt.outcome == "saved" and attempt.lock is not None:
            known = last.setdefault((attempt.kind, attempt.row), attempt)
            if (attempt.lock or 0) > (known.lock or 0):
                last[attempt.kind, attempt.row] = attempt
    return last.values()


def _gone_back(attempt: Attempt) -> Iterable[str]:
    """Whether a row stands at least where its last acknowledged change left it; this asks the row, not the trail."""
    row: Any = KINDS[attempt.kind].objects.filter(pk=attempt.row).first()
    if row is None:
        return  # _missing asks whether it was removed by somebody
    number = (attempt.lock or 0) + 1
    if row.lock < number:
        yield f"the row went back from {number} to {row.lock}"
    elif row.lock == number and row.text != attempt.text:
        yield "the row says something else"


def _rows_beside_trail(trail: Trail) -> Iterable[str]:
    """Each row is what its last entry says, and each entry has its row."""
    for kind, model in KINDS.items():
        rows = {row.pk: row for row in model.objects.all()}
        said = {key: texts for (of, key), texts in trail.texts.items() if of == kind}
        for key, texts in said.items():
            if (kind, key) in trail.removed:
                if key in rows:
                    yield f"{kind} {key} is there though its removal is written down"
            elif key not in rows:
                yield f"{kind} {key} is written down and not there"
            elif getattr(rows[key], TEXT[kind]) != texts[-1]:
                yield f"{kind} {key} differs from its last entry"
        if kind != "head":
            yield from (f"{kind} {key} is there without an entry" for key in rows.keys() - said.keys())
            for key, row in rows.items():
                if row.lock != trail.changes[kind, key]:
                    yield f"{kind} {key} was changed {row.lock} times and has {trail.changes[kind, key]} entries"


def _saved_twice() -> Iterable[str]:
    """A form that was sent again since no answer came adds no second row; every text of a run is said once."""
    for model in (RiskPoint, Measure):
        rows = model.objects.values("version", "text").annotate(count=Count("pk")).filter(count__gt=1)
        yield from (f"{row['count']} rows say: {row['text'][:30]}" for row in rows.order_by("version", "text"))


def _half_saved(attempts: list[Attempt], trail: Trail) -> Iterable[str]:
    """A new point and its measure are saved together or not at all."""
    written = {text for texts in trail.texts.values() for text in texts}
    for attempt in attempts:
        if attempt.kind == "new" and (attempt.text in written) != (attempt.measure in written):
            yield f"half saved: {attempt.text[:30]}"


def _misplaced() -> Iterable[str]:
    """A measure stands in the version and category of each of its points, and each point has a measure."""
    for measure in Measure.objects.prefetch_related("points"):
        for point in measure.points.all():
            if (point.version_id, point.category) != (measure.version_id, measure.category):
                yield f"measure {measure.pk} answers point {point.pk} of another version or category"
    yield from (f"point {point.pk} has no measure" for point in RiskPoint.objects.filter(measures__isnull=True))


def _uncounted(trail: Trail) -> Iterable[str]:
    """Each write counts its version up by one, and notes who wrote."""
    versions = list(TableVersion.objects.prefetch_related("authors"))
    counted = sum(version.lock for version in versions)
    if counted != trail.writes:
        yield f"versions count {counted} writes, the trail has {trail.writes}"
    authors = {user.staff_number for version in versions for user in version.authors.all()}
    yield from (f"{number} wrote and is no author" for number in trail.actors - authors)
