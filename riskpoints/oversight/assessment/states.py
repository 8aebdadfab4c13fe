"""What can be done to an assessment and to a veto in which state, as data."""

from dataclasses import dataclass

from riskpoints.oversight.enums import AssessmentAct, AssessmentState, VetoAct, VetoState
from riskpoints.oversight.models import Assessment, Veto

NOT_BEGUN = "未开始"
S, V = AssessmentState, VetoState


@dataclass(frozen=True)
class Transition:
    """From which states an act is possible, and what the state is afterwards."""

    sources: frozenset[AssessmentState]
    target: AssessmentState


@dataclass(frozen=True)
class VetoTransition:
    """The same of a veto."""

    source: VetoState
    target: VetoState


TRANSITIONS = {
    AssessmentAct.FILL: Transition(frozenset({S.SELF}), S.SELF),
    AssessmentAct.SUBMIT: Transition(frozenset({S.SELF}), S.HANDED_IN),
    AssessmentAct.SCORE: Transition(frozenset({S.HANDED_IN, S.SCORING}), S.SCORING),
    AssessmentAct.FINISH: Transition(frozenset({S.HANDED_IN, S.SCORING}), S.SCORED),
    AssessmentAct.RETURN: Transition(frozenset({S.HANDED_IN, S.SCORING, S.SCORED}), S.SELF),
    AssessmentAct.DECIDE: Transition(frozenset({S.SCORED}), S.DECIDED),
}
VETO_TRANSITIONS = {
    VetoAct.CONFIRM: VetoTransition(V.PROPOSED, V.IN_FORCE),
    VetoAct.WITHDRAW: VetoTransition(V.PROPOSED, V.WITHDRAWN),
    VetoAct.LIFT: VetoTransition(V.IN_FORCE, V.LIFTED),
}


class AssessmentError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def require_possible(act: AssessmentAct, row: Assessment) -> None:
    """AssessmentError where the state or the year doesn't allow it."""
    if row.cycle.is_closed:
        raise AssessmentError(f"{row.cycle}已经关闭，考核不能再改。")
    if AssessmentState(row.state) not in TRANSITIONS[act].sources:
        raise AssessmentError(
            f"{row.department_name}的考核现在是“{row.get_state_display()}”，不能{act.label}。请刷新页面看看谁刚办过。"
        )


def require_veto_possible(act: VetoAct, row: Veto) -> None:
    """AssessmentError where the state doesn't allow it; a closed year doesn't matter here."""
    if row.state != VETO_TRANSITIONS[act].source:
        raise AssessmentError(f"这项否决现在是“{row.get_state_display()}”，不能{act.label}。请刷新页面看看谁刚办过。")


def tone(state: str) -> str:
    """The colour of a state, which only repeats its words."""
    return {S.SELF: "filling", S.HANDED_IN: "submitted", S.SCORING: "submitted", S.SCORED: "reviewed"}.get(
        state,  # type: ignore[call-overload] # a state, or none where nobody has begun
        "done" if state == S.DECIDED else "",
    )
