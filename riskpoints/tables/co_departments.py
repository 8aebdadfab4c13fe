"""The departments that cooperate at a point (R55): read from their names as it is saved, and as it is handed in."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import audit
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.verbs import RegisterVerb

Named = TypeVar("Named")
SEPARATOR = "、"
OTHER_SEPARATORS = str.maketrans(dict.fromkeys("，,；;\n", SEPARATOR))


def joined(names: Sequence[str]) -> str:
    """The names as one text."""
    return SEPARATOR.join(names)


def split(text: str, names: Sequence[str]) -> list[str]:
    """Which of these names the text says."""
    found, _ = _read(text, {name: name for name in names})
    return [name for name in names if name in found]


def note(point: RiskPoint) -> None:
    """Write down which departments the names of a point mean, in the organisation's order and as they are called now.

    ValidationError where a name is no active department's, or the own one's. One that was closed since it was written
    down stays until somebody takes it out.
    """
    own = point.version.table.department_id
    _write(point, meant(point.co_departments, own=own, named=point.co_department_keys))


def meant(text: str, *, own: int | None, named: Collection[int] = ()) -> list[Department]:
    """The departments that a text names, in the organisation's order: active ones, or those `named` before.

    ValidationError where a name is no such department's, or the own one's.
    """
    if not text.strip():
        return []
    known = _offered(named)
    found, unknown = _read(text, {department.name: department for department in known})
    if unknown:
        refusal = f"“{unknown[:30]}”不是现有的部门，请填部门全称，几个部门之间用顿号。"
        raise ValidationError({"co_departments": refusal})
    if any(department.pk == own for department in found):
        raise ValidationError({"co_departments": "配合部门是别的部门，不用填本部门。"})
    return [department for department in known if department in found]


def names_for(version: TableVersion, point: RiskPoint | None = None) -> list[str]:
    """The departments that a point may name: the active ones but the own, and those it names already."""
    own = version.table.department_id
    offered = _offered(point.co_department_keys if point is not None else ())
    return [row.name for row in offered if row.pk != own]


def without_own(point: RiskPoint) -> None:
    """Leave the own department out of a point that it took over from another one."""
    own = point.version.table.department_id
    if own in point.co_department_keys:
        kept = [key for key in point.co_department_keys if key != own]
        _write(point, list(Department.objects.filter(pk__in=kept)))


def refresh(version: TableVersion, *, actor: Actor) -> None:
    """Take the names of today, before a draft is handed in."""
    naming = [point for point in version.points.all() if point.co_department_keys]
    rows = {row.pk: row for row in Department.objects.all()} if naming else {}
    for point in naming:
        before = point.co_departments
        _write(point, [rows[key] for key in point.co_department_keys if key in rows])
        if point.co_departments != before:
            point.save(update_fields=["co_departments", "co_department_keys"])
            detail = {"co_departments": [before, point.co_departments]}
            audit.record(RegisterVerb.REFRESH_CO_DEPARTMENTS, actor=actor, target=point, detail=detail)


def _write(point: RiskPoint, departments: list[Department]) -> None:
    point.co_departments = joined([department.name for department in departments])
    point.co_department_keys = [department.pk for department in departments]


def _offered(named: Collection[int]) -> list[Department]:
    """All that may be named, those that are named already and the own one too: it is told apart from what there is
    not."""
    today = timezone.localdate()
    return [row for row in Department.objects.all() if row.is_active_on(today) or row.pk in named]


def _read(text: str, known: Mapping[str, Named]) -> tuple[set[Named], str]:
    """What a text names, and the first part that names nothing; a name may hold a separator itself."""
    parts = [part.strip() for part in text.translate(OTHER_SEPARATORS).split(SEPARATOR) if part.strip()]
    found: set[Named] = set()
    while parts:
        for count in range(len(parts), 0, -1):
            one = known.get(joined(parts[:count]))
            if one is not None:
                found.add(one)
                parts = parts[count:]
                break
        else:
            return found, parts[0]
    return found, ""
