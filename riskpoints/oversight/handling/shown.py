"""Findings and handlings as their pages show them: what the reader may do, whose turn it is, what waits."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.models import User
from riskpoints.dues import Staff, staff
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.oversight.enums import (
    OPEN_HANDLINGS,
    TALKS,
    FindingAct,
    FindingState,
    HandlingAct,
    HandlingKind,
    HandlingState,
    Nature,
)
from riskpoints.oversight.handling import findings, hands
from riskpoints.oversight.handling.permissions import seen_findings, seen_handlings
from riskpoints.oversight.handling.states import FINDING_TRANSITIONS, HandlingError, is_possible
from riskpoints.oversight.models import Finding, Handling
from riskpoints.permissions import can
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key
from riskpoints.rules.working_days import working_days_after

# The acts of a handling in the order in which a page offers them; ESCALATE has a form of its own.
OFFERED = (
    HandlingAct.APPROVE, HandlingAct.RECEIVE, HandlingAct.RECORD_TALK, HandlingAct.REPLY, HandlingAct.ACCEPT,
    HandlingAct.REJECT, HandlingAct.GRANT, HandlingAct.REFUSE, HandlingAct.RECORD_RECEIPT, HandlingAct.RECORD_REPLY,
    HandlingAct.ASK, HandlingAct.ESCALATE, HandlingAct.COMPLAINT, HandlingAct.LEAVE, HandlingAct.WITHDRAW,
)  # fmt: skip
# The calendar that is read to say until when replies of about now are verified.
AROUND = datetime.timedelta(days=500)
DECISIONS = (FindingAct.DEMAND, FindingAct.DROP, FindingAct.PASS_ON, FindingAct.CLOSE)
TONES = {
    HandlingState.DRAFTED: "draft",
    HandlingState.ISSUED: "submitted",
    HandlingState.RECEIVED: "submitted",
    HandlingState.REPLIED: "submitted",
    HandlingState.AGAIN: "returned",
    HandlingState.CLOSED: "done",
    HandlingState.TRANSFERRED: "done",
}
FINDING_TONES = {FindingState.OPEN: "submitted", FindingState.HANDLED: "submitted", FindingState.CLOSED: "done"}


@dataclass(frozen=True)
class Line:
    """A handling in a list: until when it waits, and whether that day is over."""

    row: Handling
    due: datetime.date | None
    is_overdue: bool

    @property
    def tone(self) -> str:
        return "overdue" if self.is_overdue else TONES.get(HandlingState(self.row.state), "")


@dataclass(frozen=True)
class Lists:
    """What a year's page shows: departments' matters, and persons' for those who see any."""

    findings: Sequence[Finding]
    handlings: Sequence[Line]
    personal_findings: Sequence[Finding]
    personal_handlings: Sequence[Line]

    @property
    def is_empty(self) -> bool:
        return not (self.findings or self.handlings or self.personal_findings or self.personal_handlings)


def lists(user: User, cycle: Cycle, *, only_open: bool = False) -> Lists:
    """The matters of a year that the reader sees, and open ones of the years before (they are carried)."""
    of_year = Q(cycle=cycle) | Q(cycle__year__lt=cycle.year, state__in=OPEN_HANDLINGS)
    handled = seen_handlings(user).filter(of_year)
    open_findings = [FindingState.OPEN, FindingState.HANDLED]
    found = seen_findings(user).filter(Q(cycle=cycle) | Q(cycle__year__lt=cycle.year, state__in=open_findings))
    if only_open:
        handled, found = handled.filter(state__in=OPEN_HANDLINGS), found.filter(state__in=open_findings)
    rows, lines = list(found.order_by("-cycle__year", "-sequence")), _lines(handled)
    return Lists(
        findings=[row for row in rows if not row.is_personal],
        handlings=[line for line in lines if not line.row.is_personal],
        personal_findings=[row for row in rows if row.is_personal],
        personal_handlings=[line for line in lines if line.row.is_personal],
    )


def _lines(found: QuerySet[Handling]) -> list[Line]:
    today = timezone.localdate()
    rows = list(found.order_by("-cycle__year", "-sequence").prefetch_related("replies"))
    verified_by, lines = verifying(), []
    for row in rows:
        due = due_of(row, verified_by)
        lines.append(Line(row, due, due is not None and due < today))
    return lines


def verifying() -> Callable[[datetime.date], datetime.date]:
    """Until when a reply of a day is to be verified, by the rule and the calendar of today; two queries."""
    today = timezone.localdate()
    days = int(rules.on(today)[Key.DAYS_VERIFY])
    known = rules.deviations(today - AROUND, today + AROUND)
    return lambda day: working_days_after(day, days, known)


def due_of(handling: Handling, verified_by: Callable[[datetime.date], datetime.date]) -> datetime.date | None:
    """Until when the next act is expected: receipt, reply, verification; a draft has no day."""
    if handling.state == HandlingState.ISSUED:
        return handling.receipt_due
    if handling.state in (HandlingState.RECEIVED, HandlingState.AGAIN):
        return handling.reply_due
    if handling.state == HandlingState.REPLIED:
        replies = [reply for reply in handling.replies.all() if reply.round == handling.round]
        return verified_by(timezone.localdate(replies[0].at)) if replies else None
    return None


@dataclass(frozen=True)
class Offered:
    """An act that the reader can do now."""

    act: HandlingAct
    words: str
    is_next: bool


@dataclass(frozen=True)
class HandlingPage:
    """All that the page of a handling says besides the row itself."""

    tone: str
    due: datetime.date | None
    is_overdue: bool
    acts: Sequence[Offered]
    turn: hands.Turn | None
    turn_verb: str


def handling_page(handling: Handling, user: User) -> HandlingPage:
    """What the reader may do with a handling, and whose turn it is."""
    people = staff()
    due = due_of(handling, verifying())
    is_overdue = due is not None and due < timezone.localdate()
    act = hands.next_act(handling, people)
    return HandlingPage(
        tone="overdue" if is_overdue else TONES.get(HandlingState(handling.state), ""),
        due=due,
        is_overdue=is_overdue,
        acts=[
            Offered(one, words_of(one, handling), one == act) for one in OFFERED if _may(one, handling, user, people)
        ],
        turn=hands.WHO[act](handling, people) if act else None,
        turn_verb=words_of(act, handling) if act else "",
    )


def _may(act: HandlingAct, handling: Handling, user: User, people: Staff) -> bool:
    if not is_possible(act, handling) or not hands.WHO[act](handling, people).includes(user):
        return False
    if act == HandlingAct.RECORD_REPLY:
        return handling.is_on_paper_only or not hands.subjects(handling, people).people
    return True


def words_of(act: HandlingAct, handling: Handling) -> str:
    """What a button says: 移交 is approved and recorded in one, a new round is answered anew."""
    if act == HandlingAct.APPROVE and handling.kind == HandlingKind.TRANSFER:
        return "批准移交"
    if act in (HandlingAct.REPLY, HandlingAct.RECORD_REPLY) and handling.kind in TALKS:
        return "登记书面材料"
    return str(act.label)


@dataclass(frozen=True)
class FindingPage:
    """All that the page of a finding says besides the row itself."""

    tone: str
    acts: Sequence[FindingAct]
    may_handle: bool
    may_answer: bool
    draft: TableVersion | None
    in_force: TableVersion | None
    is_answered: bool
    turn: hands.Turn | None


def finding_page(finding: Finding, user: User) -> FindingPage:
    """What the reader may do with a finding."""
    turn = hands.committee(finding, staff())
    is_ours = turn.includes(user)
    table = table_of(finding)
    is_asked = finding.is_open and finding.demands_revision and table is not None
    answers = list(finding.answers.select_related("version"))
    draft = table.versions.filter(status__in=Status.open()).first() if table and is_asked else None
    named = {answer.version_id for answer in answers}
    return FindingPage(
        tone=FINDING_TONES.get(FindingState(finding.state), ""),
        acts=[act for act in DECISIONS if is_ours and _is_due(act, finding)],
        may_handle=is_ours and finding.state in FINDING_TRANSITIONS[FindingAct.HANDLE].sources,
        may_answer=bool(is_asked and can(user, Action.REVISE, table) and not (draft and draft.pk in named)),
        draft=draft,
        in_force=table.in_force if table else None,
        is_answered=any(answer.version.status == Status.CONFIRMED for answer in answers),
        turn=turn if finding.state == FindingState.OPEN else None,
    )


def _is_due(act: FindingAct, finding: Finding) -> bool:
    if finding.state not in FINDING_TRANSITIONS[act].sources:
        return False
    require = {FindingAct.CLOSE: findings.require_closable, FindingAct.DEMAND: findings.require_demandable}.get(act)
    if require is None:
        return True
    try:
        require(finding)
    except HandlingError:
        return False
    return True


def table_of(finding: Finding) -> ControlTable | None:
    """The department's table that a revision would be made of: that of the newest open year with one in force."""
    rows = ControlTable.objects.filter(department=finding.department_id, in_force__isnull=False, cycle__closed_at=None)
    return rows.select_related("cycle", "in_force__table__cycle").order_by("-cycle__year").first()


def same_subject(finding: Finding, user: User) -> QuerySet[Finding]:
    """The open findings about the same department or person, which one handling may answer together."""
    rows = seen_findings(user).filter(nature=finding.nature, department=finding.department_id)
    if finding.nature == Nature.PERSON:
        rows = rows.filter(person=finding.person_id, person_name=finding.person_name)
    return rows.filter(state__in=FINDING_TRANSITIONS[FindingAct.HANDLE].sources).order_by("pk")


def is_last_round(handling: Handling) -> bool:
    """Whether a reply that is rejected now leaves nothing but a higher step."""
    return handling.round > int(rules.on()[Key.ROUNDS])
