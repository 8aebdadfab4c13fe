"""Who keeps which part of the year's work: one table of rules."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models

from departments.enums import Role
from departments.models import Department, User, Visitor
from departments.permissions import TAKEN_AWAY, afresh, department_ids, has_role, has_role_in, is_deputy
from riskpoints.campaign.models import EducationRecord
from riskpoints.permissions import heads

READERS = tuple(role for role in Role if role != Role.ADMIN)


class CampaignAction(models.TextChoices):
    """What people do with the year's work."""

    READ = "read_campaign", "查看年度工作"
    RECORD_EDUCATION = "record_education", "登记廉政教育"
    RECORD_SCHOOL_EDUCATION = "record_school_education", "登记全校的廉政教育"
    HOST_EDUCATION = "host_education", "登记这个部门的廉政教育"
    KEEP_PLAN = "keep_plan", "维护年度计划"
    REPORT_TASK = "report_task", "报告任务、申请延期、签收和办复督办单"
    JUDGE_TASK = "judge_task", "办结、退回任务，审批延期，签发督办单"
    KEEP_DELIVERIES = "keep_deliveries", "登记报送和回执"
    KEEP_ISSUED = "keep_issued", "登记发文"
    LOOK_THROUGH = "look_through", "定期复核现行表"
    CHANGE_EDUCATION = "change_education", "更改廉政教育记录"
    REMIND = "remind", "查看办公室看板、催办"


def _keeps_record(user: User, record: EducationRecord) -> bool:
    """Office and committee keep every record, a head those of the own department; none of a closed year."""
    return not record.cycle.is_closed and (
        has_role(user, Role.OFFICE, Role.REVIEWER) or has_role_in(user, record.department_id, Role.HEAD)
    )


RULES: dict[str, Callable[[Any, Any], bool]] = {
    CampaignAction.READ: lambda user, obj: has_role(user, *READERS) or is_deputy(user),
    CampaignAction.RECORD_EDUCATION: lambda user, obj: has_role(user, Role.HEAD, Role.OFFICE, Role.REVIEWER),
    CampaignAction.RECORD_SCHOOL_EDUCATION: lambda user, obj: has_role(user, Role.OFFICE, Role.REVIEWER),
    CampaignAction.HOST_EDUCATION: lambda user, department: (
        has_role(user, Role.OFFICE, Role.REVIEWER) or has_role_in(user, department, Role.HEAD)
    ),
    CampaignAction.CHANGE_EDUCATION: _keeps_record,
    CampaignAction.KEEP_PLAN: lambda user, obj: has_role(user, Role.OFFICE),
    CampaignAction.KEEP_DELIVERIES: lambda user, obj: has_role(user, Role.OFFICE),
    CampaignAction.KEEP_ISSUED: lambda user, obj: has_role(user, Role.OFFICE),
    CampaignAction.LOOK_THROUGH: lambda user, version: heads(user, version.table),
    CampaignAction.REMIND: lambda user, obj: has_role(user, Role.OFFICE),
    CampaignAction.REPORT_TASK: lambda user, task: has_role_in(user, task.lead_department_id, Role.HEAD),
    # Whoever heads the department that reports never accepts its report.
    CampaignAction.JUDGE_TASK: lambda user, task: (
        has_role(user, Role.OFFICE) and not has_role_in(user, task.lead_department_id, Role.HEAD)
    ),
}
REFUSALS = {
    CampaignAction.READ: "年度工作由本校职工查看。请系统管理员先给您的账号指定角色。",
    CampaignAction.RECORD_EDUCATION: "廉政教育由部门负责人、纪委审核员和领导小组办公室登记。",
    CampaignAction.KEEP_PLAN: "年度计划由领导小组办公室维护。",
    CampaignAction.KEEP_ISSUED: "发文由领导小组办公室登记。",
    CampaignAction.KEEP_DELIVERIES: "报送由领导小组办公室登记。",
    CampaignAction.LOOK_THROUGH: "现行表由部门负责人复核，学校防控表由领导小组办公室复核。",
    CampaignAction.REMIND: "办公室看板由领导小组办公室查看，催办由领导小组办公室发出。",
    CampaignAction.REPORT_TASK: "任务由牵头部门的负责人办理。",
    CampaignAction.JUDGE_TASK: "由领导小组办公室办理；本部门牵头的任务，由办公室的其他人办理。",
    CampaignAction.CHANGE_EDUCATION: "这条记录由组织部门的负责人、纪委审核员和领导小组办公室更改；年度关闭后不能再改。",
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def require(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied with the reason where the person may not."""
    if not can(user, action, obj):
        raise PermissionDenied(REFUSALS[CampaignAction(action)])


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """The same with the rights as they are in the database now: asked under the lock."""
    if not can(afresh(user), action, obj):
        raise PermissionDenied(TAKEN_AWAY)


def hosts_for(user: Visitor) -> models.QuerySet[Department]:
    """The departments for which the person may record: a head's own, all for the office and the committee."""
    active = Department.objects.active_on()
    if can(user, CampaignAction.RECORD_SCHOOL_EDUCATION):
        return active
    return active.filter(pk__in=department_ids(user, Role.HEAD))
