"""Where people find 制度库, and what waits for them there."""

import datetime
from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids, has_role
from riskcontrol.days import begin_of
from riskpoints.enums import Scope
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.references.regulations.enums import VALID, Kind
from riskpoints.references.regulations.models import Regulation
from riskpoints.references.regulations.permissions import RegulationAction, can, keeps
from riskpoints.regulations import citing
from riskpoints.wings import MenuEntry, OtherTask


def entries(user: User) -> list[MenuEntry]:
    """制度库, for every account of the school."""
    return (
        [MenuEntry("制度库", reverse("regulations:index"), is_beside=True)] if can(user, RegulationAction.VIEW) else []
    )


def tasks(user: User) -> list[OtherTask]:
    """Measures that rest on what ended and regulations that were not drafted in time, for who submits the table;
    regulations whose review is due, for their keeper."""
    versions = _own_tables(user)
    return [*_to_mend(versions), *_to_draft(versions), *_to_review(user)]


def _own_tables(user: User) -> dict[int, TableVersion]:
    headed = department_ids(user, Role.HEAD)
    found = citing.newest(table__department__in=headed) if headed else []
    if has_role(user, Role.OFFICE):
        found += citing.newest(table__scope=Scope.SCHOOL)
    return {version.pk: version for version in found}


def _to_mend(versions: dict[int, TableVersion]) -> list[OtherTask]:
    by_version: dict[int, list[Measure]] = defaultdict(list)
    for measure in citing.resting_on_ended(versions.values()) if versions else []:
        by_version[measure.version_id].append(measure)
    found = []
    for key, measures in by_version.items():
        ended = {row.pk: row for measure in measures for row in measure.regulations.all() if row.is_ended}
        names = "、".join(f"{row}{row.get_state_display()}" for row in ended.values())
        found.append(
            OtherTask(
                "修订，改引新制度",
                f"{versions[key].owner_name}防控表有 {len(measures)} 条措施引用的制度已废止或被替代",
                min(row.state_since for row in ended.values()),
                reverse("riskpoints:version", args=[key]),
                names,
            )
        )
    return found


def _to_draft(versions: dict[int, TableVersion]) -> list[OtherTask]:
    today = timezone.localdate()
    overdue: list[tuple[RiskPoint, datetime.date]] = [
        (point, point.missing_due)
        for point in (citing.lacking(versions.values()) if versions else [])
        if point.missing_due is not None and point.missing_due < today
    ]
    return [
        OtherTask(
            "拟订缺少的制度",
            f"{versions[point.version_id].owner_name}防控表写明缺少“{point.missing_regulation}”，已过拟订期限",
            begin_of(due),
            f"{reverse('riskpoints:version', args=[point.version_id])}#point-{point.pk}",
            f"由{point.missing_drafter}拟订" if point.missing_drafter else "",
        )
        for point, due in overdue
    ]


def _to_review(user: User) -> list[OtherTask]:
    """What has reached its day of review, for its keeper."""
    if not has_role(user, Role.OFFICE, Role.HEAD):
        return []
    due = Regulation.objects.filter(state__in=VALID, next_review_on__lte=timezone.localdate())
    if not has_role(user, Role.OFFICE):
        due = due.filter(Q(kind=Kind.DEPARTMENT, department__in=department_ids(user, Role.HEAD)))
    rows = due.select_related("department").order_by("next_review_on", "pk")
    return [
        OtherTask(
            "评估制度",
            f"{row}到了评估的日子",
            begin_of(row.next_review_on),
            reverse("regulations:page", args=[row.pk]),
            "评估后填写下次评估日期，或开始修订。",
        )
        for row in rows
        if row.next_review_on is not None and keeps(user, row)
    ]
