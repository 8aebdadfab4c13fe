"""What is written down of 逐条核对: an answer about a point of a renewal, also when it is changed on its sheet."""

import uuid
from collections.abc import Iterable

from departments.models import Actor
from riskcontrol.text import stripped
from riskpoints.content.walk import is_renewal
from riskpoints.enums import WalkKind
from riskpoints.models import Measure, RiskPoint, TableVersion, WalkAnswer


def note(row: RiskPoint | Measure, kind: WalkKind, points: Iterable[str], actor: Actor, reason: str = "") -> None:
    """Write down that somebody added, changed or removed a point, or changed what it is answered by.

    `points` are the identities of those that a measure answers. Nothing is noted of a version that is no renewal.
    """
    if not is_renewal(row.version):
        return
    if isinstance(row, RiskPoint):
        if kind != WalkKind.ADDED or not is_carried(row):  # one that was removed and is back has its answers
            answer(row, kind, actor, reason)
        return
    wanted = [uuid.UUID(key) for key in points]
    for point in RiskPoint.objects.filter(version=row.version_id, identity__in=wanted).order_by("order", "id"):
        answer(point, WalkKind.CHANGED, actor)


def is_carried(point: RiskPoint) -> bool:
    """Whether the table that the draft was begun from has the point."""
    return RiskPoint.objects.filter(version__revisions=point.version_id, identity=point.identity).exists()


def answer(point: RiskPoint, kind: WalkKind, actor: Actor, reason: str = "") -> bool:
    """Write one answer; the same one again by the same person is nothing new, and False."""
    last = WalkAnswer.objects.filter(version=point.version_id, point_identity=point.identity).last()
    same = {kind, WalkKind.ADDED} if kind == WalkKind.CHANGED else {kind}
    if last is not None and last.kind in same and last.author_id == actor.pk:
        return False
    row = WalkAnswer(
        version_id=point.version_id,
        point_identity=point.identity,
        kind=kind,
        text=point.text,
        reason=stripped(reason),
        author=actor,
        author_name=actor.real_name,
    )
    row.full_clean(exclude=["version", "author"])
    row.save()
    return True


def last_answer(version: TableVersion, identity: uuid.UUID) -> WalkAnswer | None:
    """The answer about a point that was given last, whatever the point is now."""
    return version.walk_answers.filter(point_identity=identity).last()
