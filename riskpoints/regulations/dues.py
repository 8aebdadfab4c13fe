"""What waits in 制度库 for the boards and reminders: the tasks of menu.py, for everybody at once, and what has its day
later on."""

from collections import defaultdict

from django.urls import reverse

from departments.enums import Role
from departments.models import User
from riskpoints.dues import DueLine, Staff, day_of
from riskpoints.models import Measure, TableVersion
from riskpoints.references.regulations.enums import VALID
from riskpoints.references.regulations.models import Regulation
from riskpoints.references.regulations.permissions import keeps
from riskpoints.regulations import citing

GROUP = "制度库"


def lines(staff: Staff) -> list[DueLine]:
    """Measures that rest on what ended, regulations to be drafted, regulations to be looked at again."""
    versions = {version.pk: version for version in citing.newest()}
    return [*_to_mend(staff, versions), *_to_draft(staff, versions), *_to_review(staff)]


def _owners(staff: Staff, version: TableVersion) -> tuple[User, ...]:
    if version.table.is_school:
        return staff.holding(Role.OFFICE)
    return staff.of(version.table.department_id, Role.HEAD)


def _to_mend(staff: Staff, versions: dict[int, TableVersion]) -> list[DueLine]:
    by_version: dict[int, list[Measure]] = defaultdict(list)
    for measure in citing.resting_on_ended(versions.values()):
        by_version[measure.version_id].append(measure)
    return [
        DueLine(
            key=f"regulation.mend:{key}",
            group=GROUP,
            verb="修订，改引新制度",
            title=f"{versions[key].owner_name}防控表有 {len(measures)} 条措施引用的制度已废止或被替代",
            since=day_of(min(row.state_since for each in measures for row in each.regulations.all() if row.is_ended)),
            address=reverse("riskpoints:version", args=[key]),
            people=_owners(staff, versions[key]),
            department=versions[key].table.department,
            read_at=reverse("regulations:plan"),
        )
        for key, measures in by_version.items()
    ]


def _to_draft(staff: Staff, versions: dict[int, TableVersion]) -> list[DueLine]:
    return [
        DueLine(
            key=f"regulation.draft:{point.identity}",
            group=GROUP,
            verb="拟订缺少的制度",
            title=f"{versions[point.version_id].owner_name}防控表写明缺少“{point.missing_regulation}”",
            since=day_of(versions[point.version_id].created_at),
            due=point.missing_due,
            address=f"{reverse('riskpoints:version', args=[point.version_id])}#point-{point.pk}",
            people=_owners(staff, versions[point.version_id]),
            department=versions[point.version_id].table.department,
            read_at=reverse("regulations:plan"),
        )
        for point in citing.lacking(versions.values())
    ]


def _to_review(staff: Staff) -> list[DueLine]:
    rows = Regulation.objects.filter(state__in=VALID, next_review_on__isnull=False).select_related("department")
    return [
        DueLine(
            key=f"regulation.review:{row.pk}",
            group=GROUP,
            verb="评估制度",
            title=str(row),
            since=day_of(row.state_since),
            due=row.next_review_on,
            address=reverse("regulations:page", args=[row.pk]),
            people=staff.who(lambda person, row=row: keeps(person, row)),  # type: ignore[misc]
            department=row.department,
            read_at=reverse("regulations:page", args=[row.pk]),
        )
        for row in rows.order_by("next_review_on", "pk")
    ]
