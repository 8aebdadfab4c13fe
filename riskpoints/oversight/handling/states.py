"""The states of findings and handlings as data (R44–R47)."""

from dataclasses import dataclass

from riskpoints.oversight.enums import (
    LADDERS,
    OPEN_HANDLINGS,
    TALKS,
    FindingAct,
    FindingState,
    HandlingAct,
    HandlingKind,
    HandlingState,
    Nature,
)
from riskpoints.oversight.models import Finding, Handling


class HandlingError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class FindingTransition:
    """From which states an act is possible, and what the state is afterwards (None: it stays)."""

    sources: frozenset[FindingState]
    target: FindingState | None


@dataclass(frozen=True)
class Transition:
    """The same of a handling; `says_why`: the act has to say why, `only` for which kinds (None: for all)."""

    sources: frozenset[HandlingState]
    target: HandlingState | None
    says_why: bool = False
    only: frozenset[HandlingKind] | None = None


_OPEN = frozenset({FindingState.OPEN})
_UNDER_WAY = frozenset({FindingState.OPEN, FindingState.HANDLED})
FINDING_TRANSITIONS = {
    FindingAct.HANDLE: FindingTransition(_OPEN, FindingState.HANDLED),
    FindingAct.RELEASE: FindingTransition(frozenset({FindingState.HANDLED}), FindingState.OPEN),
    FindingAct.DROP: FindingTransition(_OPEN, FindingState.DROPPED),
    FindingAct.PASS_ON: FindingTransition(_OPEN, FindingState.PASSED_ON),
    FindingAct.DEMAND: FindingTransition(_UNDER_WAY, None),
    FindingAct.ANSWER: FindingTransition(_UNDER_WAY, None),
    FindingAct.CLOSE: FindingTransition(_UNDER_WAY, FindingState.CLOSED),
}

_DRAFTED = frozenset({HandlingState.DRAFTED})
_ISSUED = frozenset({HandlingState.ISSUED})
_ASKED = frozenset({HandlingState.RECEIVED, HandlingState.AGAIN})
_REPLIED = frozenset({HandlingState.REPLIED})
_SENT = frozenset(OPEN_HANDLINGS) - _DRAFTED
_WRITTEN = frozenset(HandlingKind) - frozenset(TALKS)
TRANSITIONS = {
    HandlingAct.APPROVE: Transition(_DRAFTED, HandlingState.ISSUED),
    HandlingAct.WITHDRAW: Transition(_DRAFTED, HandlingState.WITHDRAWN, says_why=True),
    HandlingAct.RECEIVE: Transition(_ISSUED, HandlingState.RECEIVED, only=_WRITTEN),
    HandlingAct.RECORD_RECEIPT: Transition(_ISSUED, HandlingState.RECEIVED, only=_WRITTEN),
    HandlingAct.RECORD_TALK: Transition(_ISSUED, HandlingState.RECEIVED, only=frozenset(TALKS)),
    HandlingAct.REPLY: Transition(_ASKED, HandlingState.REPLIED),
    HandlingAct.RECORD_REPLY: Transition(_ASKED, HandlingState.REPLIED),
    HandlingAct.ACCEPT: Transition(_REPLIED, HandlingState.CLOSED, says_why=True),
    HandlingAct.REJECT: Transition(_REPLIED, HandlingState.AGAIN, says_why=True),
    HandlingAct.ASK: Transition(_ASKED, None, says_why=True),
    HandlingAct.GRANT: Transition(_ASKED, None),
    HandlingAct.REFUSE: Transition(_ASKED, None, says_why=True),
    HandlingAct.COMPLAINT: Transition(_SENT, None, says_why=True),
    HandlingAct.ESCALATE: Transition(_SENT, HandlingState.ESCALATED, says_why=True),
    HandlingAct.LEAVE: Transition(frozenset(OPEN_HANDLINGS), HandlingState.LEFT, says_why=True),
}


def target_of(act: HandlingAct, handling: Handling) -> HandlingState:
    """Where the act leads: what is approved is sent out, but 移交追究 is over with it (record only, R47)."""
    if act == HandlingAct.APPROVE and handling.kind == HandlingKind.TRANSFER:
        return HandlingState.TRANSFERRED
    return TRANSITIONS[act].target or HandlingState(handling.state)


def is_possible(act: HandlingAct, handling: Handling) -> bool:
    """Whether state and kind allow the act, whoever does it."""
    transition = TRANSITIONS[act]
    if handling.state not in transition.sources:
        return False
    if transition.only is not None and handling.kind not in transition.only:
        return False
    if act in (HandlingAct.ACCEPT, HandlingAct.REJECT, HandlingAct.COMPLAINT):
        return not handling.must_escalate
    if act == HandlingAct.ASK:
        return handling.asked_due is None and not handling.entries.filter(act=HandlingAct.ASK).exists()
    if act in (HandlingAct.GRANT, HandlingAct.REFUSE):
        return handling.asked_due is not None
    if act == HandlingAct.LEAVE:
        return handling.is_personal
    return True


def require_possible(act: HandlingAct, handling: Handling) -> None:
    """HandlingError where state or kind does not allow the act."""
    if is_possible(act, handling):
        return
    if handling.must_escalate and handling.is_open and act in (HandlingAct.ACCEPT, HandlingAct.REJECT):
        raise HandlingError("按规定这件处置必须升级，不能再作其他核查。")
    words = f"这件处置现在是“{handling.get_state_display()}”，不能{act.label}。请刷新页面看看谁刚办过。"
    raise HandlingError(words)


def require_finding(act: FindingAct, finding: Finding) -> None:
    """HandlingError where the state of a finding does not allow the act."""
    if finding.state not in FINDING_TRANSITIONS[act].sources:
        words = f"这个问题现在是“{finding.get_state_display()}”，不能{act.label}。请刷新页面看看谁刚办过。"
        raise HandlingError(words)


def higher(handling: Handling) -> tuple[HandlingKind, ...]:
    """The steps of the ladder above this one; a principal's or 副组长's go to 移交 only (see drafting)."""
    return tuple(kind for kind in LADDERS[Nature(handling.nature)] if kind > handling.kind)
