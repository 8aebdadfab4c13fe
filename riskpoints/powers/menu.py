"""What waits for a person, for the menu and the inbox."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids
from riskpoints.references.powers import queries
from riskpoints.references.powers.models import Power
from riskpoints.references.powers.permissions import PowerAction, can
from riskpoints.wings import MenuEntry, OtherTask, PublicLink


def entries(user: User) -> list[MenuEntry]:
    """职权目录, for all who read it."""
    return [MenuEntry("职权目录", reverse("powers:index"), is_beside=True)] if can(user, PowerAction.VIEW) else []


def tasks(user: User) -> list[OtherTask]:
    """What may be filed, what was returned, what asks for a new post or for another department."""
    found = [
        OtherTask(
            "职权备案",
            f"{revision.owner_name}提交的职权 {revision.power.number}“{revision.name}”",
            revision.submitted_at or revision.created_at,
            _address(revision.power),
        )
        for revision in queries.waiting_for(user)
    ]
    own = department_ids(user, Role.HEAD, Role.CLERK)
    if own:
        found += [
            OtherTask(
                "修改职权",
                f"纪委退回了职权 {revision.power.number}“{revision.name}”",
                revision.returned_at or revision.created_at,
                _address(revision.power),
                revision.return_reason,
            )
            for revision in queries.drafts_of(own)
            if revision.is_draft and revision.return_reason
        ]
    return found + asked(user)


def asked(user: User) -> list[OtherTask]:
    """Of the own departments' powers: those that name a closed post, and those of a department that was merged."""
    own = department_ids(user, Role.HEAD, Role.CLERK)
    found = []
    if own:
        found = [
            OtherTask(
                "改定办理岗位",
                f"职权 {revision.power.number}“{revision.name}”的岗位“{'、'.join(names)}”已停用",
                revision.filed_at or timezone.now(),
                _address(revision.power),
                "请修订这项职权，改定由哪个岗位办理，再提交备案。",
            )
            for revision, names in queries.with_closed_posts(own).items()
        ]
        found += [
            OtherTask(
                "改定实施依据",
                f"职权 {revision.power.number}“{revision.name}”引用的{'、'.join(names)}已废止或被替代",
                revision.filed_at or timezone.now(),
                _address(revision.power),
                "请修订这项职权，改引现行的制度，再提交备案。",
            )
            for revision, names in queries.with_ended_regulations(own).items()
        ]
    headed = department_ids(user, Role.HEAD)
    if headed:
        found += [
            OtherTask(
                "接管职权",
                f"{power.department.name}已并入，它的职权 {power.number}“{_name(power)}”等待接管",
                power.created_at,
                _address(power),
                "接管后编号沿用原部门的；不再办理的，请与纪委商定停用。",
            )
            for power in queries.to_take_over(headed)
        ]
    return found


def _name(power: Power) -> str:
    return power.filed.name if power.filed else "草稿"


def _address(power: Power) -> str:
    return reverse("powers:power", args=[power.pk])


def links(version: Any) -> list[PublicLink]:
    """Beside the list of all published tables: the powers that everybody may read."""
    if version is not None or not queries.public().exists():
        return []
    return [PublicLink("公开的职权", reverse("powers:public"))]
