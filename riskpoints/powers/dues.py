"""What waits in 职权目录 for the boards and reminders: the tasks of menu.py, for everybody at once."""

import datetime

from django.urls import reverse

from departments.enums import Role
from departments.models import Department, User
from riskpoints.dues import DueLine, Staff, day_of
from riskpoints.references.powers import queries
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import Power, PowerRevision
from riskpoints.references.powers.permissions import files

GROUP = "职权目录"


def lines(staff: Staff) -> list[DueLine]:
    """What is to be filed, what came back, and what has to be mended or taken over."""
    everywhere = list(Department.objects.values_list("pk", flat=True))
    found = _on_their_way(staff)
    for revision in queries.with_closed_posts(everywhere):
        found.append(_to_mend(staff, revision, "post", "改定办理岗位"))
    for revision in queries.with_ended_regulations(everywhere):
        found.append(_to_mend(staff, revision, "basis", "改定实施依据"))
    for power in queries.to_take_over(everywhere):
        heir = power.department.successor_id
        title = f"{power.department.name}并入前的职权 {power.number}"
        people = staff.of(heir, Role.HEAD)
        found.append(_line(power, "take", "接管职权", title, people, power.department, day_of(power.created_at)))
    return found


def _on_their_way(staff: Staff) -> list[DueLine]:
    found = []
    states = [PowerState.SUBMITTED, PowerState.DRAFT]
    for revision in queries.whole(PowerRevision.objects.filter(state__in=states)):
        power, title = revision.power, _title(revision)
        if revision.state == PowerState.SUBMITTED:
            people = staff.who(lambda person, revision=revision: files(person, revision))  # type: ignore[misc]
            since = day_of(revision.submitted_at)
            found.append(_line(power, "file", "职权备案", title, people, power.department, since))
        elif revision.return_reason:
            people = staff.of(power.department_id, Role.HEAD, Role.CLERK)
            since = day_of(revision.returned_at)
            found.append(_line(power, "return", "修改职权", title, people, power.department, since))
    return found


def _to_mend(staff: Staff, revision: PowerRevision, kind: str, verb: str) -> DueLine:
    power = revision.power
    people = staff.of(power.department_id, Role.HEAD, Role.CLERK)
    return _line(power, kind, verb, _title(revision), people, power.department, day_of(revision.filed_at))


def _title(revision: PowerRevision) -> str:
    return f"{revision.owner_name}的职权 {revision.power.number}“{revision.name}”"


def _line(
    power: Power,
    kind: str,
    verb: str,
    title: str,
    people: tuple[User, ...],
    department: Department,
    since: datetime.date,
) -> DueLine:
    address = reverse("powers:power", args=[power.pk])
    # What was never filed is opened by those who draft and file it.
    read_at = address if power.filed_id else ""
    return DueLine(
        key=f"power.{kind}:{power.pk}",
        group=GROUP,
        verb=verb,
        title=title,
        since=since,
        address=address,
        people=people,
        department=department,
        read_at=read_at,
    )
