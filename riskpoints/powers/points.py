"""Risk points and powers: which points lie on which step, and which matters are so frequent that they may be powers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from departments.models import Department, User
from riskcontrol.text import folded
from riskpoints.content.today import in_force_today
from riskpoints.enums import Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.permissions import visible_versions
from riskpoints.references.powers.models import Power, PowerRevision

OFTEN = 3


@dataclass(frozen=True)
class StepPoints:
    """One step and the points that lie on it; without a name those of the power as a whole. `is_gone`: the revision
    that is shown has no such step any more."""

    name: str
    points: Sequence[RiskPoint]
    is_risk_node: bool = False
    is_gone: bool = False


def by_step(user: User, revision: PowerRevision) -> list[StepPoints]:
    """The points of a power that the person may see, in force today or being written, by step in the order it runs.

    They are found by the number that was frozen with them: a step that was taken out keeps its points.
    """
    versions = visible_versions(user).filter(in_force_today() | Q(status=Status.DRAFT))
    found = RiskPoint.objects.filter(version__in=versions, power_number=revision.power.number)
    grouped: dict[str, list[RiskPoint]] = defaultdict(list)
    for point in found.select_related("version__table__cycle").order_by("-version__table__cycle__year", "order", "id"):
        grouped[point.step_name].append(point)
    whole = [StepPoints("", grouped.pop(""))] if "" in grouped else []
    steps = [StepPoints(step.name, grouped.pop(step.name, []), step.is_risk_node) for step in revision.steps.all()]
    return [*whole, *steps, *(StepPoints(name, points, is_gone=True) for name, points in grouped.items())]


@dataclass(frozen=True)
class Repeated:
    """A matter that several points of a department name, and that is none of its powers yet."""

    department: Department
    matter: str
    count: int


def repeated_matters(departments: Iterable[int]) -> list[Repeated]:
    """What a department writes as 管理事项 in three points or more, in force today or in drafts: a power perhaps."""
    keys = list(departments)
    versions = TableVersion.objects.filter(in_force_today() | Q(status=Status.DRAFT), table__department__in=keys)
    found = RiskPoint.objects.filter(version__in=versions, power_number="").exclude(matter="")
    identities: dict[tuple[int, str], set[object]] = defaultdict(set)
    words: dict[tuple[int, str], str] = {}
    rows = found.values_list("version__table__department", "matter", "identity").order_by("pk")
    for department, matter, identity in rows:
        key = (department, folded(matter))
        identities[key].add(identity)
        words.setdefault(key, matter.strip())
    powers = PowerRevision.objects.filter(power__in=Power.objects.filter(department__in=keys, retired_at=None))
    known = {(key, folded(name)) for key, name in powers.values_list("power__department", "name")}
    names = Department.objects.in_bulk(keys)
    often = [(key, len(found)) for key, found in identities.items() if len(found) >= OFTEN and key not in known]
    return [Repeated(names[key[0]], words[key], count) for key, count in sorted(often, key=lambda item: -item[1])]
