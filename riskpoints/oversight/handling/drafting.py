"""拟办: a handling is drafted about one or several findings, and higher up where a lower step was not enough (R47)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.enums import Role
from departments.models import Actor, User
from departments.permissions import has_role, is_deputy
from riskcontrol.text import stripped
from riskpoints.oversight.enums import FindingAct, HandlingAct, HandlingKind, HandlingState
from riskpoints.oversight.handling import findings as registering
from riskpoints.oversight.handling.hands import committee
from riskpoints.oversight.handling.locking import (
    lock_finding,
    lock_handling,
    next_number,
    now,
    open_year,
    record,
    require_turn,
)
from riskpoints.oversight.handling.states import (
    HandlingError,
    higher,
    require_finding,
    require_possible,
)
from riskpoints.oversight.models import Finding, Handling, HandlingEntry
from riskpoints.oversight.verbs import OversightVerb

ABOVE_US = "涉及单位主要负责人和副组长的，按管理权限报上级纪委；这里只登记移交。"
ONE_SUBJECT = "几个问题要是同一个部门的，或者同一个人的。"


@dataclass(frozen=True)
class Draft:
    """What is drafted: which step of the ladder, why, and what a department has to do."""

    kind: int
    summary: str
    demand: str = ""
    asks_head: bool = False


def draft(findings: Sequence[Finding], what: Draft, *, token: str, actor: Actor) -> Handling:
    """Draft a handling about these findings. The same token again gives the one it made.

    HandlingError where it is not possible now, PermissionDenied, ValidationError by field.
    """
    with transaction.atomic():
        known = Handling.objects.filter(token=token).first()
        if known is not None:
            return known
        locked = [lock_finding(row) for row in sorted(findings, key=lambda row: row.pk)]
        if not locked or len({(row.nature, row.department_id, row.person_id, row.person_name) for row in locked}) > 1:
            raise ValidationError(ONE_SUBJECT)
        return _draft(locked, what, token, actor)


def _draft(locked: Sequence[Finding], what: Draft, token: str, actor: Actor, below: Handling | None = None) -> Handling:
    cycle = open_year()
    fresh, people = now(actor)
    first = locked[0]
    require_turn(committee(first, people), fresh, "处置")
    for finding in locked if below is None else ():  # what is escalated is being handled already
        require_finding(FindingAct.HANDLE, finding)
    _require_within_our_rights(first, what.kind)
    row = Handling(
        cycle=cycle,
        nature=first.nature,
        kind=what.kind,
        department=first.department,
        department_name=first.department.name,
        person=first.person,
        person_name=first.person_name,
        summary=stripped(what.summary),
        demand=stripped(what.demand),
        asks_head=what.asks_head and first.is_personal,
        drafted_by=fresh,
        drafted_by_name=fresh.real_name,
        escalated_from=below,
        token=token,
    )
    _require_words(row)
    row.sequence = next_number(cycle, Handling, row.nature)
    row.full_clean(exclude=["token"])
    row.save()
    row.findings.set(locked)
    for finding in locked:
        registering.move(finding, FindingAct.HANDLE, fresh, text=row.number)
    enter(row, HandlingAct.DRAFT, fresh)
    named = "、".join(finding.number for finding in locked)
    detail = {"方式": row.get_kind_display(), "问题": named, "事由": row.summary, "要求": row.demand}
    record(OversightVerb.HANDLING_DRAFT, fresh, row, detail)
    return row


def _require_within_our_rights(finding: Finding, kind: int) -> None:
    """Of the principal and the 副组长 only that it was handed on is written down here (干部管理权限)."""
    if kind != HandlingKind.TRANSFER and finding.person is not None and is_above_us(finding.person):
        raise ValidationError({"kind": ABOVE_US})


def is_above_us(person: User) -> bool:
    """Whether the school's committee can't decide about this person."""
    return has_role(person, Role.PRINCIPAL) or is_deputy(person)


def _require_words(row: Handling) -> None:
    """A department is told what to do; of a talk, an admonition, a transfer and of persons no contents are kept."""
    keeps_contents = not row.is_personal and not row.is_on_paper_only
    if keeps_contents and not row.demand:
        raise ValidationError({"demand": "请写明要求部门做什么。"})
    if not keeps_contents and row.demand:
        raise ValidationError({"demand": "谈话、诫勉、移交和涉及个人的处置不在系统里写要求，请清空。"})


def escalate(handling: Handling, what: Draft, *, reason: str, token: str, actor: Actor) -> Handling:
    """End a handling that was not enough, and draft the next one higher on the ladder about the same findings (R47).

    HandlingError, PermissionDenied, ValidationError by field.
    """
    if not stripped(reason):
        raise ValidationError({"text": "请写明为什么升级。"})
    with transaction.atomic():
        known = Handling.objects.filter(token=token).first()
        if known is not None:
            return known
        locked = lock_handling(handling)
        fresh, people = now(actor)
        require_turn(committee(locked, people), fresh, "升级")
        require_possible(HandlingAct.ESCALATE, locked)
        if what.kind not in higher(locked):
            raise ValidationError({"kind": "升级只能选比现在更高的一级。"})
        locked.state = HandlingState.ESCALATED
        locked.save()
        enter(locked, HandlingAct.ESCALATE, fresh, text=stripped(reason))
        record(OversightVerb.HANDLING_ESCALATE, fresh, locked, {"说明": stripped(reason)})
        rows = [lock_finding(row) for row in locked.findings.order_by("pk")]
        return _draft(rows, what, token, fresh, below=locked)


def withdrawn(handling: Handling, actor: User) -> None:
    """What follows a withdrawn draft: its findings wait again."""
    for finding in handling.findings.order_by("pk"):
        registering.release(finding, actor)


def over(handling: Handling, actor: User) -> None:
    """What follows the end of a handling: its findings end with it."""
    for finding in handling.findings.order_by("pk"):
        registering.close_with(finding, actor)


def require_answered(handling: Handling) -> None:
    """HandlingError where one of its findings demands a revision that is not in force yet (R43)."""
    owed = [row for row in handling.findings.filter(demands_revision=True) if not registering.is_answered(row)]
    if owed:
        raise HandlingError(f"{owed[0].number} 要求修订防控表：回应它的修订签字确定以后，才能核查合格。")


def enter(
    handling: Handling, act: HandlingAct, actor: User, *, text: str = "", due: datetime.date | None = None
) -> HandlingEntry:
    """Write down the act and where the handling stands now."""
    entry = HandlingEntry(
        handling=handling, act=act, state=handling.state, text=text, due=due, by=actor, by_name=actor.real_name
    )
    entry.full_clean(exclude=["handling"])
    entry.save()
    return entry
