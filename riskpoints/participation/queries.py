"""Reads of proposals and opinions for the lists."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import Department
from departments.permissions import department_ids
from riskpoints.content.today import in_force_today
from riskpoints.models import Cycle, RiskPoint, TableVersion
from riskpoints.participation.enums import FeedbackState, ProposalState
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, visible_opinions, visible_proposals
from riskpoints.permissions import led_departments
from riskpoints.register.search import FORM_ORDER
from riskpoints.rules import queries as rules
from riskpoints.rules.working_days import working_days_after


@dataclass(frozen=True)
class Tab:
    """One list of the page: its key, name, address and how much of it waits."""

    key: str
    label: str
    address: str
    waiting: int


# A proposal is answered within so many working days (校内默认).
ANSWER_DAYS = 10
WAITING_FIRST = Case(When(state=ProposalState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
NEW_FIRST = Case(When(state=FeedbackState.NEW, then=Value(0)), default=Value(1), output_field=IntegerField())


def received(user: Any) -> QuerySet[Proposal]:
    """Proposals to the departments that the person fills in for, those to answer first."""
    mine = [*department_ids(user, Role.HEAD, Role.CLERK), *led_departments(user)]
    return visible_proposals(user).filter(department__in=mine).order_by(WAITING_FIRST, "-sent_at", "-id")


def sent(user: Any) -> QuerySet[Proposal]:
    """The person's own proposals, newest first."""
    return visible_proposals(user).filter(proposer=user).order_by("-sent_at", "-id")


def every(user: Any) -> QuerySet[Proposal]:
    """All proposals, for those who organise and check."""
    if not can(user, ParticipationAction.VIEW_ALL):
        return Proposal.objects.none()
    return visible_proposals(user).order_by(WAITING_FIRST, "-sent_at", "-id")


def opinions(user: Any) -> QuerySet[Feedback]:
    """All opinions on published tables, those to answer first."""
    return visible_opinions(user).order_by(NEW_FIRST, "quarantine", "-sent_at", "-id")


def tabs(user: Any, *, cooperating: int | None = None) -> list[Tab]:
    """The lists that this person has, the one with the most to do first; `cooperating`: how many points of others wait
    for an answer, None for who has no such list."""
    found = []
    if department_ids(user, Role.HEAD, Role.CLERK) or led_departments(user):
        waiting = received(user).filter(state=ProposalState.OPEN).count()
        found.append(Tab("received", "本部门收到的", reverse("participation:received"), waiting))
    if can(user, ParticipationAction.READ_OPINIONS):
        waiting = opinions(user).filter(state=FeedbackState.NEW).count()
        found.append(Tab("opinions", "群众意见", reverse("participation:opinions"), waiting))
    if can(user, ParticipationAction.VIEW_ALL):
        found.append(Tab("every", "全部建议", reverse("participation:every"), 0))
    if cooperating is not None:
        found.append(Tab("cooperation", "配合的风险点", reverse("participation:cooperation"), cooperating))
    if can(user, ParticipationAction.PROPOSE):
        found.append(Tab("sent", "我提出的", reverse("participation:sent"), 0))
    return found


def time_of(cycle: Cycle) -> tuple[datetime.datetime, datetime.datetime]:
    """The time of a year for what is about no version: from New Year, or from the closing of the year before, where
    that came first, to the next."""
    years = cycle.year, cycle.year + 1
    closed = dict(Cycle.objects.filter(year__in=[cycle.year - 1, cycle.year]).values_list("year", "closed_at"))
    days = [timezone.make_aware(datetime.datetime(year, 1, 1)) for year in years]  # noqa: DTZ001 - made aware here
    begin, end = (min(day, closed.get(year - 1) or day) for day, year in zip(days, years, strict=True))
    return begin, end


def points_of(department: Department) -> QuerySet[RiskPoint]:
    """The points of a department in force today, in the order of the form: what everybody of the school reads."""
    versions = TableVersion.objects.filter(in_force_today(), table__department=department)
    found = RiskPoint.objects.filter(version__in=versions.values("pk")).annotate(rank=FORM_ORDER)
    return found.select_related("post").order_by("rank", "order", "pk")


def answer_days(moments: Iterable[datetime.datetime]) -> dict[datetime.date, datetime.date]:
    """By when a proposal of each of these days is to be answered (校内默认: ten working days), read at once."""
    days = {timezone.localdate(moment) for moment in moments}
    if not days:
        return {}
    known = rules.deviations(min(days), max(days) + datetime.timedelta(days=ANSWER_DAYS * 7 + 60))
    return {day: working_days_after(day, ANSWER_DAYS, known) for day in days}


def late(proposals: Iterable[Proposal]) -> set[int]:
    """The keys of those that are open for longer than they should be."""
    waiting = [proposal for proposal in proposals if proposal.is_open]
    due = answer_days(proposal.sent_at for proposal in waiting)
    today = timezone.localdate()
    return {row.pk for row in waiting if due[timezone.localdate(row.sent_at)] < today}
