"""What stands still beside a version's content from an act on: who wrote, proposed and set levels, the remarks that
reached the department, and the answers of 逐条核对. The act's entry marks it (riskcontrol.watched)."""

from collections.abc import Iterator

from riskcontrol import watched
from riskcontrol.canonical_json import canonical_json
from riskpoints.enums import Status
from riskpoints.evidence.faults import Fault
from riskpoints.models import Remark, TableVersion

NAMES = {"authors": "填写人", "proposers": "提出人", "assessors": "核定人", "walk_answers": "逐条核对"}
# What is kept of an answer: a column that is added later is no part of it, or old marks would fit no more.
WALK = ("pk", "point_identity", "kind", "text", "reason", "author_id", "author_name", "at")
# From which states on nobody is added: whoever reviews is noted up to the approval.
STANDS = {
    "authors": frozenset(Status) - {Status.DRAFT},
    "proposers": frozenset(Status) - {Status.DRAFT},
    "walk_answers": frozenset(Status) - {Status.DRAFT},
    "assessors": frozenset({Status.REVIEWED, Status.CONFIRMED}),
}


def marks(version: TableVersion) -> dict[str, str]:
    """What an act's entry marks: the people, the answers of the walk, and each remark that was sent."""
    found = {_name(kind, version): _stated(kind, version) for kind in NAMES}
    return found | watched.values(*Remark.objects.filter(version=version, sent_at__isnull=False))


def verify() -> Iterator[Fault]:
    """Yield the versions whose people are others than at their last act."""
    known = watched.last_marks("people:")
    if not known:
        return
    versions = TableVersion.objects.exclude(status=Status.DRAFT).select_related("table__cycle", "table__department")
    for version in versions.order_by("pk"):
        for kind, title in NAMES.items():
            name = _name(kind, version)
            mark = known.get(name)
            if mark is not None and version.status in STANDS[kind] and not mark.is_of(name, _stated(kind, version)):
                yield Fault(str(version), f"{title}与审计记录第 {mark.number} 条时的不一致")


def _name(kind: str, version: TableVersion) -> str:
    return f"people:{kind}:{version.pk}"


def _stated(kind: str, version: TableVersion) -> str:
    rows = getattr(version, kind).order_by("pk")
    return canonical_json(
        list(rows.values_list(*WALK) if kind == "walk_answers" else rows.values_list("pk", flat=True))
    )
