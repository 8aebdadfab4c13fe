"""Who may propose, answer and read what others said: one table of rules."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q

from departments.enums import Role
from departments.models import Department
from departments.permissions import afresh, department_ids, has_role, has_role_in, is_deputy
from riskpoints.enums import FindingMethod
from riskpoints.participation.enums import FeedbackState
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.permissions import fills, is_reviewer_of, led_departments, reviews, writes_for

PROPOSERS = (
    Role.STAFF,
    Role.HEAD,
    Role.CLERK,
    Role.LEADER,
    Role.REVIEWER,
    Role.OFFICE,
    Role.PRINCIPAL,
)


class ParticipationAction(models.TextChoices):
    """What people do with proposals and opinions."""

    PROPOSE = "propose", "向部门提建议"
    DECIDE = "decide_proposal", "采纳或不采纳建议"
    PREPARE = "prepare_answer", "准备建议的答复"
    WITHDRAW = "withdraw_proposal", "撤回自己的建议"
    VIEW_ALL = "view_participation", "查看全部建议"
    READ_OPINIONS = "read_feedback", "查看群众意见"
    ANSWER = "answer_feedback", "答复群众意见"
    REFER = "refer_feedback", "把涉及个人的意见转纪委"
    REGISTER = "register_petition", "登记信访编号"
    DECIDE_OBJECTION = "decide_objection", "审核对公示表的异议"
    VIEW_COOPERATION = "view_cooperation", "查看配合的风险点"
    CO_ANSWER = "answer_cooperation", "答复配合的风险点"
    VIEW_CO_ANSWERS = "view_co_answers", "查看配合部门的答复"
    VIEW_FIGURES = "view_participation_figures", "查看参与情况统计"
    VIEW_ALL_FIGURES = "view_all_participation_figures", "查看各部门的参与情况统计"


def decides(user: Any, department: Department, post: int | None) -> bool:
    """Whether the person answers proposals to a department: its head; in the 校领导班子 whoever writes the rows that
    are proposed (R53)."""
    return writes_for(user, department)(post) if department.is_leaders else has_role_in(user, department, Role.HEAD)


RULES: dict[str, Callable[[Any, Any], bool]] = {
    ParticipationAction.PROPOSE: lambda user, obj: has_role(user, *PROPOSERS),
    ParticipationAction.DECIDE: lambda user, proposal: decides(user, proposal.department, proposal.post_id),
    ParticipationAction.PREPARE: lambda user, proposal: has_role_in(user, proposal.department_id, Role.CLERK),
    ParticipationAction.WITHDRAW: lambda user, proposal: proposal.proposer_id == user.pk,
    ParticipationAction.VIEW_ALL: lambda user, obj: has_role(user, Role.OFFICE, Role.REVIEWER),
    # Who signs and who leads beside him read what the public says of a table (R33).
    ParticipationAction.READ_OPINIONS: lambda user, obj: (
        has_role(user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL) or is_deputy(user)
    ),
    ParticipationAction.ANSWER: lambda user, obj: has_role(user, Role.OFFICE),
    ParticipationAction.REFER: lambda user, obj: has_role(user, Role.OFFICE, Role.REVIEWER),
    ParticipationAction.REGISTER: lambda user, feedback: (
        has_role(user, Role.REVIEWER) and feedback.referred_to_id in (None, user.pk)
    ),
    # Whoever may review the table: never one who wrote in it.
    ParticipationAction.DECIDE_OBJECTION: lambda user, objection: reviews(user, objection.feedback.version),
    # R55: whose department cooperates at a point sees that point, its head answers; asked with the department.
    ParticipationAction.VIEW_COOPERATION: lambda user, department: (
        has_role(user, Role.OFFICE, Role.REVIEWER) or has_role_in(user, department, Role.STAFF, Role.HEAD, Role.CLERK)
    ),
    ParticipationAction.CO_ANSWER: lambda user, department: has_role_in(user, department, Role.HEAD),
    ParticipationAction.VIEW_CO_ANSWERS: lambda user, version: (
        has_role(user, Role.OFFICE, Role.REVIEWER) or fills(user, version.table) or is_reviewer_of(user, version.table)
    ),
    # A head sees the own department's line only.
    ParticipationAction.VIEW_FIGURES: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.HEAD
    ),
    ParticipationAction.VIEW_ALL_FIGURES: lambda user, obj: has_role(user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL),
}


def can(user: Any, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def method_of(user: Any, department: Department) -> FindingMethod:
    """Which of the five methods a proposal of this person is (R18): 领导点, 组织评, 自己找 or 互相查."""
    if has_role(user, Role.PRINCIPAL) or has_role_in(user, department, Role.LEADER):
        return FindingMethod.LEADERS
    if has_role_in(user, department, Role.STAFF, Role.HEAD, Role.CLERK):
        return FindingMethod.SELF
    if has_role(user, Role.OFFICE, Role.REVIEWER):
        return FindingMethod.ORGANISATION
    return FindingMethod.MUTUAL


def can_still(user: Any, action: str, obj: Any = None) -> bool:
    """can() with the rights as they are in the database now: asked under the lock."""
    return can(afresh(user), action, obj)


def visible_proposals(user: Any) -> models.QuerySet[Proposal]:
    """One's own proposals, those to one's own department, and all for those who organise and check (R52, R54)."""
    found = Proposal.objects.select_related("department", "post", "proposer", "decided_by", "version")
    if not getattr(user, "is_active", False):
        return found.none()
    if can(user, ParticipationAction.VIEW_ALL):
        return found
    own = Q(department__in=[*department_ids(user, Role.HEAD, Role.CLERK), *led_departments(user)])
    return found.filter(Q(proposer=user) | own)


def visible_opinions(user: Any) -> models.QuerySet[Feedback]:
    """All opinions on published tables, for the office, the committee, the principal and the 副组长."""
    found = Feedback.objects.select_related("version__table__cycle", "version__table__department", "objection")
    if not can(user, ParticipationAction.READ_OPINIONS):
        return found.none()
    others = ~Q(state=FeedbackState.REFERRED)
    if has_role(user, Role.REVIEWER):  # what names a person is the committee's alone, or one reviewer's
        others |= Q(referred_to__isnull=True) | Q(referred_to=user)
    return found.filter(others)


def visible_objections(user: Any) -> models.QuerySet[Objection]:
    """Objections, for those who read opinions."""
    found = Objection.objects.select_related("feedback__version__table__cycle", "feedback__version__table__department")
    return found if can(user, ParticipationAction.READ_OPINIONS) else found.none()
