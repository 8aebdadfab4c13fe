"""Whose turn it is: who may draft, approve, receive, reply, verify a handling. Drafted ≠ approved ≠ verified.

Where nobody is left on a step, the next one takes it, and the page says so; an administrator does none of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from departments.enums import Role
from departments.models import Department, User
from departments.permissions import has_role, has_role_in, is_deputy
from riskcontrol.text import folded
from riskpoints.dues import Staff
from riskpoints.oversight.enums import BY_ORGAN, TALKS, HandlingAct, HandlingKind, HandlingState
from riskpoints.oversight.models import Finding, Handling
from riskpoints.oversight.permissions import OF_A_DEPARTMENT, checks
from riskpoints.oversight.routing import names_of

COMMITTEE, DEPUTIES, PRINCIPAL, SECRETARY = "纪委审核员", "副组长", "单位主要负责人", "纪委书记或党组织书记"
Step = tuple[str, Callable[[User], bool]]


@dataclass(frozen=True)
class Turn:
    """Who may do something now, and as what; nobody where all are barred."""

    duty: str
    people: tuple[User, ...]

    def includes(self, user: User) -> bool:
        return any(person.pk == user.pk for person in self.people)

    @property
    def words(self) -> str:
        """Their names, or what has to be done so that somebody can."""
        if not self.people:
            return "现在没有人可以办理，请系统管理员另外指定纪委审核员、副组长等角色。"
        return f"{'、'.join(person.real_name for person in self.people)}（{self.duty}）"


def is_person(user: User, matter: Finding | Handling) -> bool:
    """Whether a matter about a person is about this one, by account or, where there is none, by name."""
    if not matter.is_personal:
        return False
    by_name = matter.person_id is None and folded(matter.person_name) in names_of(user)
    return matter.person_id == user.pk or by_name


def is_of_department(user: User, department: Department | int) -> bool:
    """Whether the person belongs to the department that a matter is about."""
    return has_role_in(user, department, *OF_A_DEPARTMENT)


def _is_free(user: User, matter: Finding | Handling) -> bool:
    """Not the subject, and no administrator; of a department matter nobody of the department."""
    if has_role(user, Role.ADMIN) or is_person(user, matter):
        return False
    return matter.is_personal or not is_of_department(user, matter.department)


def _committee(matter: Finding | Handling) -> list[Step]:
    return [
        (COMMITTEE, lambda user: checks(user, matter.department)),
        (DEPUTIES, is_deputy),
        (PRINCIPAL, lambda user: has_role(user, Role.PRINCIPAL) and not matter.is_personal),
    ]


def _approvers(handling: Handling) -> list[Step]:
    """By kind and subject (spec: 拟办 → 已发出)."""
    heads: list[Step] = [
        (f"{DEPUTIES}、{PRINCIPAL}", lambda user: is_deputy(user) or has_role(user, Role.PRINCIPAL)),
    ]
    if handling.kind == HandlingKind.TALK:
        return [(SECRETARY, lambda user: has_role(user, Role.SECRETARY)), *heads]
    if handling.is_personal or handling.kind in BY_ORGAN:
        return heads
    own = handling.department.is_discipline_office
    committee = (lambda user: False) if own else (lambda user: has_role(user, Role.REVIEWER))
    return [(f"{COMMITTEE}、{DEPUTIES}", lambda user: is_deputy(user) or committee(user)), *heads]


def _turn(steps: Iterable[Step], people: Staff, barred: Callable[[User], bool]) -> Turn:
    for duty, may in steps:
        free = people.who(lambda user, may=may: may(user) and not barred(user))  # type: ignore[misc]
        if free:
            return Turn(duty, free)
    return Turn("", ())


def committee(matter: Finding | Handling, people: Staff) -> Turn:
    """Who registers, drafts, withdraws, escalates, grants, records talks."""
    return _turn(_committee(matter), people, lambda user: not _is_free(user, matter))


def approvers(handling: Handling, people: Staff) -> Turn:
    """Who approves a draft: never whoever drafted it."""
    return _turn(
        _approvers(handling),
        people,
        lambda user: not _is_free(user, handling) or user.pk == handling.drafted_by_id,
    )


def verifiers(handling: Handling, people: Staff) -> Turn:
    """Who verifies a reply: neither whoever approved the handling nor whoever replied."""
    repliers = {reply.by_id for reply in handling.replies.all() if reply.round == handling.round}
    barred = {handling.approved_by_id, *repliers}
    return _turn(_committee(handling), people, lambda user: not _is_free(user, handling) or user.pk in barred)


def subjects(handling: Handling, people: Staff) -> Turn:
    """Who receives and replies: the head of the department, or the person."""
    if handling.is_personal:
        return Turn("本人", people.who(lambda user: user.pk == handling.person_id))
    return Turn("部门负责人", people.of(handling.department, Role.HEAD))


def recorders(handling: Handling, people: Staff) -> Turn:
    """Who writes down what came on paper: the office for departments, never for persons; the committee for both."""
    own = committee(handling, people)
    if handling.is_personal:
        return own
    office = people.who(lambda user: has_role(user, Role.OFFICE) and _is_free(user, handling))
    return Turn("领导小组办公室、纪委", tuple(dict.fromkeys([*office, *own.people])))


WHO: dict[HandlingAct, Callable[[Handling, Staff], Turn]] = {
    HandlingAct.APPROVE: approvers,
    HandlingAct.WITHDRAW: committee,
    HandlingAct.RECEIVE: subjects,
    HandlingAct.RECORD_RECEIPT: recorders,
    HandlingAct.RECORD_TALK: committee,
    HandlingAct.REPLY: subjects,
    HandlingAct.RECORD_REPLY: recorders,
    HandlingAct.ACCEPT: verifiers,
    HandlingAct.REJECT: verifiers,
    HandlingAct.ASK: subjects,
    HandlingAct.GRANT: committee,
    HandlingAct.REFUSE: committee,
    HandlingAct.COMPLAINT: committee,
    HandlingAct.ESCALATE: committee,
    HandlingAct.LEAVE: committee,
}
# Whose turn it is in each state; WITHDRAW, ESCALATE and the like are open to the committee besides.
NEXT: dict[HandlingState, HandlingAct] = {
    HandlingState.DRAFTED: HandlingAct.APPROVE,
    HandlingState.ISSUED: HandlingAct.RECEIVE,
    HandlingState.RECEIVED: HandlingAct.REPLY,
    HandlingState.AGAIN: HandlingAct.REPLY,
    HandlingState.REPLIED: HandlingAct.ACCEPT,
}


def next_act(handling: Handling, people: Staff) -> HandlingAct | None:
    """What has to be done now: a talk is written down, and so is what nobody can answer in the system."""
    act = NEXT.get(HandlingState(handling.state))
    if act is None:
        return None
    if handling.must_escalate and handling.state != HandlingState.DRAFTED:
        return HandlingAct.ESCALATE
    if handling.asked_due is not None:
        return HandlingAct.GRANT
    if act == HandlingAct.RECEIVE and handling.kind in TALKS:
        return HandlingAct.RECORD_TALK
    if act in (HandlingAct.RECEIVE, HandlingAct.REPLY) and not subjects(handling, people).people:
        return HandlingAct.RECORD_RECEIPT if act == HandlingAct.RECEIVE else HandlingAct.RECORD_REPLY
    return act
