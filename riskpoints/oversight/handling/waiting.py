"""What waits in findings and handlings, and for whom: read once for inbox, boards and reminders."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from riskpoints.dues import Staff
from riskpoints.oversight.enums import OPEN_HANDLINGS, FindingState, HandlingState
from riskpoints.oversight.handling import hands
from riskpoints.oversight.handling.shown import due_of, verifying, words_of
from riskpoints.oversight.models import Finding, FindingAnswer, Handling, HandlingEntry


@dataclass(frozen=True)
class Waiting:
    """One matter: what has to be done, since when, until when, by whom; `key` names it for reminders."""

    key: str
    verb: str
    title: str
    since: datetime.datetime
    due: datetime.date | None
    address: str
    people: tuple[User, ...]
    matter: Finding | Handling


def everything(people: Staff) -> list[Waiting]:
    """All that waits, whomever for; a number of queries that doesn't grow with it."""
    return [*_handlings(people), *_findings(people)]


def _handlings(people: Staff) -> Iterator[Waiting]:
    verified_by = verifying()
    for row in _open_handlings():
        act = hands.next_act(row, people)
        if act is None:
            continue
        verb = words_of(act, row)
        since = row.entries.all()[0].at if row.entries.all() else row.drafted_at
        yield Waiting(
            key=f"handling.{act.value}:{row.pk}:{row.round}",
            verb=verb,
            title=f"{row}",
            since=since,
            due=due_of(row, verified_by),
            address=reverse("oversight:handling", args=[row.pk]),
            people=hands.WHO[act](row, people).people,
            matter=row,
        )


def _open_handlings() -> QuerySet[Handling]:
    newest_first = Prefetch("entries", queryset=HandlingEntry.objects.order_by("-at", "-pk"))
    rows = Handling.objects.filter(state__in=OPEN_HANDLINGS).select_related("cycle", "department")
    return rows.prefetch_related("replies", newest_first).order_by("pk")


def _findings(people: Staff) -> Iterator[Waiting]:
    answers = Prefetch("answers", queryset=FindingAnswer.objects.select_related("version"))
    rows = Finding.objects.filter(state__in=[FindingState.OPEN, FindingState.HANDLED])
    for row in rows.select_related("cycle", "department").prefetch_related(answers).order_by("pk"):
        address = reverse("oversight:finding", args=[row.pk])
        if row.state == FindingState.OPEN:
            yield Waiting(
                f"finding.decide:{row.pk}",
                "决定怎么处置",
                f"问题 {row}",
                row.registered_at,
                None,
                address,
                hands.committee(row, people).people,
                row,
            )
        if row.demands_revision and not row.answers.all():
            yield Waiting(
                f"finding.answer:{row.pk}",
                "修订防控表",
                f"回应问题 {row}",
                row.registered_at,
                None,
                address,
                people.of(row.department, Role.HEAD),
                row,
            )


def assisting(user: User, department_ids: Sequence[int]) -> list[Handling]:
    """Handlings of persons with which the head of their department was asked to help: only their numbers are told."""
    if not department_ids:
        return []
    sent = [state for state in OPEN_HANDLINGS if state != HandlingState.DRAFTED]
    rows = Handling.objects.filter(asks_head=True, state__in=sent, department__in=department_ids)
    return [row for row in rows.select_related("cycle").order_by("pk") if not hands.is_person(user, row)]


def since_day(one: Waiting) -> datetime.date:
    """The day since which it waits."""
    return timezone.localdate(one.since)
