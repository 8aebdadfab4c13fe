"""Reads over powers: what is filed, what waits for whom, what asks for a new post or a new department."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from departments.models import Department, User
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import Power, PowerRevision, PowerStep
from riskpoints.references.powers.permissions import files
from riskpoints.references.regulations.enums import ENDED

WITH_STEPS = Prefetch("steps", PowerStep.objects.select_related("post").order_by("order", "id"))


def whole(found: QuerySet[PowerRevision]) -> QuerySet[PowerRevision]:
    """Revisions with all that is shown of them, in the order of their numbers."""
    people = found.select_related("power__department", "power__filed").prefetch_related(
        WITH_STEPS, "posts", "authors", "regulations"
    )
    return people.defer("chart__content").order_by("power__prefix", "power__serial", "-number")


def in_force() -> QuerySet[PowerRevision]:
    """What is filed of the powers that are not retired, in the order of the catalogue."""
    return whole(PowerRevision.objects.filter(pk__in=Power.objects.filter(retired_at=None).values("filed")))


def filed_of(department: Department | int | None) -> QuerySet[PowerRevision]:
    """What a department has filed, for its points to refer to; nothing for the school."""
    return in_force().filter(power__department=department) if department is not None else in_force().none()


@dataclass(frozen=True)
class RiskNode:
    """A step that a department has filed as a risk node."""

    number: str
    step: str


def risk_nodes(department: Department | int) -> list[RiskNode]:
    """The risk nodes of what a department has filed, in the order of the catalogue. One query."""
    filed = Power.objects.filter(department=department, retired_at=None).values("filed")
    steps = PowerStep.objects.filter(revision__in=filed, is_risk_node=True).select_related("revision__power")
    ordered = steps.order_by("revision__power__prefix", "revision__power__serial", "order", "id")
    return [RiskNode(step.revision.power.number, step.name) for step in ordered]


def public() -> QuerySet[PowerRevision]:
    """What everybody may read."""
    return in_force().filter(power__is_public=True)


def waiting_for(user: User) -> list[PowerRevision]:
    """What was submitted and may be filed by this person, the oldest first."""
    found = whole(PowerRevision.objects.filter(state=PowerState.SUBMITTED)).order_by("submitted_at", "pk")
    return [revision for revision in found if files(user, revision)]


def drafts_of(departments: Iterable[int]) -> QuerySet[PowerRevision]:
    """The drafts and what waits for filing of these departments."""
    open_states = [PowerState.DRAFT, PowerState.SUBMITTED]
    return whole(PowerRevision.objects.filter(power__department__in=list(departments), state__in=open_states))


def with_closed_posts(departments: Iterable[int], day: datetime.date | None = None) -> dict[PowerRevision, list[str]]:
    """What is filed of these departments and names posts that are closed, unless a revision is under way already."""
    today = day or timezone.localdate()
    found = in_force().filter(power__department__in=list(departments))
    found = found.exclude(power__in=Power.objects.filter(revisions__state__in=[PowerState.DRAFT, PowerState.SUBMITTED]))
    result: dict[PowerRevision, list[str]] = {}
    for revision in found:
        posts = [*revision.posts.all(), *(step.post for step in revision.steps.all() if step.post is not None)]
        names = [post.name for post in posts if not post.is_active_on(today)]
        if names:
            result[revision] = list(dict.fromkeys(names))
    return result


def with_ended_regulations(departments: Iterable[int]) -> dict[PowerRevision, list[str]]:
    """What is filed of these departments and cites regulations that ended, unless a revision is under way already."""
    found = in_force().filter(power__department__in=list(departments), regulations__state__in=ENDED).distinct()
    found = found.exclude(power__in=Power.objects.filter(revisions__state__in=[PowerState.DRAFT, PowerState.SUBMITTED]))
    return {revision: [str(row) for row in revision.regulations.all() if row.is_ended] for revision in found}


def to_take_over(departments: Iterable[int], day: datetime.date | None = None) -> QuerySet[Power]:
    """The powers of closed departments that these departments took over, and that nobody has accepted yet."""
    today = day or timezone.localdate()
    found = Power.objects.filter(department__successor__in=list(departments), department__active_to__lt=today)
    in_use = Q(filed__isnull=False) | Q(revisions__state__in=[PowerState.DRAFT, PowerState.SUBMITTED])
    return found.filter(in_use, retired_at=None).select_related("department", "filed").distinct()
