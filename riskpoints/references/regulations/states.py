"""The life of a regulation as a table of transitions: from where, to where, and what has to be said."""

from dataclasses import dataclass

from riskpoints.references.regulations.enums import ENDED, VALID, Act, State
from riskpoints.references.regulations.verbs import RegulationVerb


@dataclass(frozen=True)
class Transition:
    """One act: the states it starts from, the state it leads to, the fields that it asks for and those it needs."""

    act: Act
    sources: tuple[State, ...]
    target: State
    verb: RegulationVerb
    asks: tuple[str, ...]
    needs: tuple[str, ...]
    help: str


DAYS = ("adopted_on", "effective_on", "document_number", "next_review_on")
TRANSITIONS = {
    found.act: found
    for found in (
        Transition(
            Act.ADOPT,
            (State.DRAFTING,),
            State.IN_FORCE,
            RegulationVerb.ADOPT,
            DAYS,
            ("effective_on",),
            "印发后登记文号和施行日期，防范措施就能引用它。",
        ),
        Transition(
            Act.DROP,
            (State.DRAFTING,),
            State.DROPPED,
            RegulationVerb.DROP,
            ("reason",),
            ("reason",),
            "不再拟订这项制度。登记过的内容和文件都保留。",
        ),
        Transition(
            Act.REVISE,
            (State.IN_FORCE,),
            State.REVISING,
            RegulationVerb.REVISE,
            ("reason",),
            (),
            "修订期间原文仍然有效。修订后另起名称的，改用“登记被替代”。",
        ),
        Transition(
            Act.FINISH,
            (State.REVISING,),
            State.IN_FORCE,
            RegulationVerb.FINISH,
            (*DAYS, "reason"),
            ("effective_on",),
            "修订稿印发后登记新的文号和施行日期；以前的留在办理经过里。修订后的正文请在本页“文件”中更换。",
        ),
        Transition(
            Act.STOP,
            (State.REVISING,),
            State.IN_FORCE,
            RegulationVerb.STOP,
            ("reason",),
            ("reason",),
            "不修订了，原文继续有效。",
        ),
        Transition(
            Act.REPLACE,
            VALID,
            State.REPLACED,
            RegulationVerb.REPLACE,
            ("replaced_by", "ended_on", "reason"),
            ("replaced_by", "ended_on"),
            "引用它的防范措施会提醒部门改引新制度。",
        ),
        Transition(
            Act.REPEAL,
            VALID,
            State.REPEALED,
            RegulationVerb.REPEAL,
            ("ended_on", "reason"),
            ("ended_on", "reason"),
            "引用它的防范措施会提醒部门改引新制度。",
        ),
        Transition(
            Act.REINSTATE,
            ENDED,
            State.IN_FORCE,
            RegulationVerb.REINSTATE,
            ("reason",),
            ("reason",),
            "登记错了才用：恢复为现行。已确定的表不受影响。",
        ),
    )
}


def available(state: str) -> list[Transition]:
    """What can be done to a regulation in this state, in the order of the buttons."""
    return [found for found in TRANSITIONS.values() if state in found.sources]
