"""Who judges: one table of rules for indicators, assessments and vetoes, and whose results a person sees."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from departments.enums import Role
from departments.models import Department, User, Visitor
from departments.permissions import (
    TAKEN_AWAY,
    afresh,
    department_ids,
    has_role,
    has_role_in,
    is_deputy,
    leads_all,
)
from riskpoints.oversight.enums import AssessmentState
from riskpoints.oversight.models import Assessment, Veto
from riskpoints.oversight.permissions import OF_A_DEPARTMENT, checks

SEE_ALL = (Role.REVIEWER, Role.OFFICE, Role.PRINCIPAL)
READERS = (*SEE_ALL, Role.HEAD, Role.LEADER)
# From here on the department reads what the committee gave.
TOLD = (AssessmentState.SCORED, AssessmentState.DECIDED)


class AssessmentAction(models.TextChoices):
    """What people do with assessments."""

    READ = "read_assessments", "查看考核"
    KEEP_SHEET = "keep_indicators", "制定考核指标"
    ASSESS_OWN = "assess_own", "自评"
    SCORE = "score_assessment", "核分、退回自评"
    DECIDE = "decide_assessment", "登记审定"
    READ_VETO = "read_veto", "查看“优秀”否决"
    PROPOSE_VETO = "propose_veto", "拟定“优秀”否决"
    CONFIRM_VETO = "confirm_veto", "确认“优秀”否决生效"
    WITHDRAW_VETO = "withdraw_veto", "撤销拟定的否决"
    LIFT_VETO = "lift_veto", "解除“优秀”否决、更正等次"


def _decides(user: User, row: Assessment | None) -> bool:
    """Nobody records what was decided about the own department or the own work."""
    if not has_role(user, Role.PRINCIPAL, Role.OFFICE):
        return False
    return row is None or not (has_role_in(user, row.department_id, *OF_A_DEPARTMENT) or user.pk == row.head_id)


def _assesses_own(user: User, about: Department | Assessment | None) -> bool:
    """The head of today; what was before a change is written by whoever was head then."""
    if isinstance(about, Assessment):
        return user.pk == about.head_id if about.until else has_role_in(user, about.department_id, Role.HEAD)
    return has_role_in(user, about, Role.HEAD)


def _is_about(user: User, veto: Veto | None) -> bool:
    return veto is not None and (user.pk == veto.head_id or has_role_in(user, veto.department_id, Role.HEAD))


def _reads_veto(user: User, veto: Veto | None) -> bool:
    reads = has_role(user, Role.REVIEWER, Role.PRINCIPAL) or is_deputy(user)
    return reads and not _is_about(user, veto)


def _confirms_veto(user: User, veto: Veto | None) -> bool:
    may = (has_role(user, Role.PRINCIPAL) or is_deputy(user)) and not _is_about(user, veto)
    return may and (veto is None or user.pk != veto.proposed_by_id)


def _withdraws_veto(user: User, veto: Veto | None) -> bool:
    return _confirms_veto(user, veto) or checks(user, veto.department if veto is not None else None)


RULES: dict[str, Callable[[Any, Any], bool]] = {
    AssessmentAction.READ: lambda user, obj: has_role(user, *READERS) or is_deputy(user),
    AssessmentAction.KEEP_SHEET: lambda user, obj: has_role(user, Role.OFFICE),
    AssessmentAction.ASSESS_OWN: _assesses_own,
    AssessmentAction.SCORE: checks,
    AssessmentAction.DECIDE: _decides,
    AssessmentAction.READ_VETO: _reads_veto,
    AssessmentAction.PROPOSE_VETO: checks,
    AssessmentAction.CONFIRM_VETO: _confirms_veto,
    AssessmentAction.WITHDRAW_VETO: _withdraws_veto,
    AssessmentAction.LIFT_VETO: lambda user, veto: has_role(user, Role.PRINCIPAL) and not _is_about(user, veto),
}
REFUSALS = {
    AssessmentAction.READ: "考核由部门负责人、纪委、领导小组办公室和领导查看。",
    AssessmentAction.KEEP_SHEET: "考核指标由领导小组办公室制定。",
    AssessmentAction.ASSESS_OWN: "自评由部门负责人填写和提交。",
    AssessmentAction.SCORE: "核分由不属于这个部门的纪委审核员进行；纪委办公室由副组长核分。",
    AssessmentAction.DECIDE: "审定由单位主要负责人或领导小组办公室登记；本人和本部门的考核由其他人登记。",
    AssessmentAction.READ_VETO: "“优秀”否决由纪委、副组长和单位主要负责人办理；本人不能办理。",
    AssessmentAction.PROPOSE_VETO: "“优秀”否决由不属于这个部门的纪委审核员拟定；纪委办公室的由副组长拟定。",
    AssessmentAction.CONFIRM_VETO: "“优秀”否决由单位主要负责人或副组长确认，拟定的人和本人不能确认。",
    AssessmentAction.WITHDRAW_VETO: "拟定的否决由纪委、副组长或单位主要负责人撤销。",
    AssessmentAction.LIFT_VETO: "“优秀”否决由单位主要负责人解除，本人不能解除。",
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def require(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied with the reason where the person may not."""
    if not can(user, action, obj):
        raise PermissionDenied(REFUSALS[AssessmentAction(action)])


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """The same with the rights as they are in the database now: asked under the lock."""
    if can(afresh(user), action, obj):
        return
    raise PermissionDenied(TAKEN_AWAY if can(user, action, obj) else REFUSALS[AssessmentAction(action)])


def seen_departments(user: Visitor) -> list[int] | None:
    """The departments whose assessments the person sees; None: all."""
    if not can(user, AssessmentAction.READ):
        return []
    if has_role(user, *SEE_ALL) or is_deputy(user) or leads_all(user):  # type: ignore[arg-type] # who may is an account
        return None
    return department_ids(user, Role.HEAD, Role.LEADER)


def seen_assessments(user: Visitor) -> models.QuerySet[Assessment]:
    """The assessments that the person may open; others do not exist for them (404)."""
    departments, key = seen_departments(user), getattr(user, "pk", None)
    found = Assessment.objects.select_related("cycle", "department", "sheet")
    if departments is None:
        return found
    # Whoever was head for a part of a year finds the own one, whatever he or she is now.
    own = Q(head=key, until__isnull=False) if getattr(user, "is_active", False) else Q(pk__in=[])
    return found.filter(Q(department__in=departments) | own)


def seen_vetoes(user: Visitor) -> models.QuerySet[Veto]:
    """The vetoes that the person may open, with their case; never the own one."""
    if not can(user, AssessmentAction.READ_VETO):
        return Veto.objects.none()
    own = department_ids(user, Role.HEAD)
    found = Veto.objects.select_related("cycle", "department").exclude(department__in=own)
    return found.exclude(head=getattr(user, "pk", None))


def sees_scores(user: Visitor, row: Assessment) -> bool:
    """Whether the person reads what the committee gave: the department and its leader once it is done."""
    if row.state in TOLD:
        return True
    if has_role_in(user, row.department_id, Role.HEAD) or getattr(user, "pk", None) == row.head_id:
        return False
    return has_role(user, *SEE_ALL) or is_deputy(user)  # type: ignore[arg-type] # who reads is an account
