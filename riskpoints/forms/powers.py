"""The powers and steps that a point may lie on, as one choice."""

from collections.abc import Sequence
from typing import Any

from riskpoints.models import RiskPoint
from riskpoints.references.powers.models import PowerRevision, PowerStep

KEPT = "kept"
NONE = ("", "不属于目录里的职权")


class PowerChoices:
    """What a department has filed, a group a power: the power as a whole, then its steps.

    What the point chose before is offered as well, though a later revision is filed since, and though only its texts
    are here (it came from another department, or out of an archive).
    """

    def __init__(self, powers: Sequence[PowerRevision], point: RiskPoint | None) -> None:
        self._point = point
        self._revisions: dict[str, tuple[PowerRevision, PowerStep | None]] = {}
        self._groups: list[tuple[str, list[tuple[str, str]]]] = []
        for revision in powers:
            self._add(revision, list(revision.steps.all()), "")
        if point is not None and point.power_revision is not None and self.initial not in self._revisions:
            step = point.power_step
            self._add(point.power_revision, [step] if step else [], "（原来选的，已修订）")

    def _add(self, revision: PowerRevision, steps: Sequence[PowerStep], mark: str) -> None:
        name = f"{revision.power.number} {revision.name}"
        offered: list[tuple[str, str]] = []
        for key, step in [(_key(revision, None), None), *((_key(revision, step), step) for step in steps)]:
            self._revisions[key] = (revision, step)
            node = "（风险节点）" if step is not None and step.is_risk_node else ""
            offered.append((key, f"{name}：{step.name}{node}" if step is not None else f"{name}（整项）"))
        self._groups.append((f"{name}{mark}", offered))

    def __bool__(self) -> bool:
        return bool(self._groups) or self.initial == KEPT

    @property
    def initial(self) -> str:
        """What is chosen in the form of the stored point."""
        point = self._point
        if point is None:
            return ""
        if point.power_revision is not None:
            return _key(point.power_revision, point.power_step)
        return KEPT if point.power_number else ""

    @property
    def choices(self) -> list[Any]:
        kept = []
        if self._point is not None and self.initial == KEPT:
            kept = [(KEPT, f"{self._point.power_words}（照原来的文字）")]
        return [NONE, *kept, *self._groups]

    def values(self, key: str) -> dict[str, Any]:
        """The fields of the point for a choice; none where the texts are to stay as they are."""
        if key == KEPT:
            return {}
        revision, step = self._revisions.get(key, (None, None))
        return {"power_revision": revision, "power_step": step}


def _key(revision: PowerRevision, step: PowerStep | None) -> str:
    return f"step-{step.pk}" if step is not None else f"power-{revision.pk}"
