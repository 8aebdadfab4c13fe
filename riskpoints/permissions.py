"""Who may do what to the register: one table of rules, and which versions a person may see at all."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.enums import DepartmentKind, Role
from departments.models import Appointment, Department, Post, User, Visitor
from departments.permissions import (
    TAKEN_AWAY,
    afresh,
    department_ids,
    has_role,
    has_role_in,
    held_posts,
    is_deputy,
    is_leader_in,
    leads_all,
    own_posts,
    supervises,
)
from riskpoints.enums import Action, ConfirmedBy, Scope, Status
from riskpoints.models import ControlTable, TableVersion


class RegisterAction(models.TextChoices):
    """What people do to the register as a whole, or read of it."""

    VIEW_PROGRESS = "view_progress", "查看全校进度"
    VIEW_CHARGE = "view_charge", "查看分管工作"
    COMPARE_YEARS = "compare_years", "查看年度对照"
    VIEW_REGISTER = "view_register", "查看风险点登记册"
    VIEW_ASSESSMENT = "view_assessment", "查看机率、危害和建议等级"
    POST = "post_publication", "贴出、终止公示"
    OPEN_YEAR = "open_year", "开启年度"
    BUILD_ARCHIVE = "build_archive", "生成和下载年度档案"
    CLOSE_YEAR = "close_year", "关闭年度"
    VIEW_SIGNATURES = "view_signatures", "查看待补的签字扫描件和待核对的补录表"
    SORT_SCANS = "sort_scans", "上传、分派一批签字扫描件"
    VIEW_AUDIT = "view_audit", "查看审计记录"


NOBODY = "现在没有人可以办理：请系统管理员另外指定一名领导小组办公室人员，他没有填写、提交或核定过这张表。"


def fills(user: User, table: ControlTable) -> bool:
    """Head and clerk fill in their department's table, the office the school's (domain.md, "Who fills 附件2"); that of
    the 校领导班子 is written by each leader for the own post, and by the office (R53)."""
    if table.is_school:
        return has_role(user, Role.OFFICE)
    if table.is_leaders:
        return has_role(user, Role.OFFICE) or bool(own_posts(user, table.department_id))
    return has_role_in(user, table.department_id, Role.HEAD, Role.CLERK)


def heads(user: User, table: ControlTable) -> bool:
    """The head submits the department's table (R48), the office the school's and that of the 校领导班子."""
    if table.is_school or table.is_leaders:
        return has_role(user, Role.OFFICE)
    return has_role_in(user, table.department_id, Role.HEAD)


def writes(user: User, table: ControlTable) -> Callable[[int | None], bool]:
    """Says of a post (None: of what belongs to no post) whether its rows are this person's to write.

    Whoever fills a table in writes all of it, but for that of the 校领导班子: there each leader writes the own post's
    rows, and the office what belongs to no post, or to one that nobody with an account holds today (R53).
    """
    if table.department is not None and table.is_leaders:
        return writes_for(user, table.department)
    may = fills(user, table)
    return lambda post: may


def writes_for(user: User, leaders: Department) -> Callable[[int | None], bool]:
    """The same of the 校领导班子 itself, whether it has a table or not."""
    own = own_posts(user, leaders)
    if not has_role(user, Role.OFFICE):
        return lambda post: post in own
    taken = _taken_posts(leaders) - own
    return lambda post: post not in taken


def _taken_posts(department: Department) -> frozenset[int | None]:
    """The posts of a department that somebody with an account in use holds today."""
    today = timezone.localdate()
    held = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        since__lte=today,
        post__department=department,
        post__in=Post.objects.active_on(today),
        user__is_active=True,
    )
    return frozenset(held.values_list("post_id", flat=True))


def wrote(user: User, version: TableVersion) -> bool:
    """Whether the person wrote in this version or submitted it."""
    return version.submitted_by_id == user.pk or any(author.pk == user.pk for author in version.authors.all())


def proposed(user: User, version: TableVersion) -> bool:
    """Whether a proposal of the person was taken over into this version or an earlier one of the table."""
    return any(person.pk == user.pk for person in version.proposers.all())


def took_part(user: User, version: TableVersion) -> bool:
    """Whether the person wrote, submitted, assessed or approved this version, in this round or in one before."""
    return (
        wrote(user, version)
        or version.reviewed_by_id == user.pk
        or any(assessor.pk == user.pk for assessor in version.assessors.all())
    )


def is_reviewer_of(user: User, table: ControlTable) -> bool:
    """纪委 reviews every table but its own office's, which a 副组长 reviews (T23); an administrator never does."""
    return supervises(user, table.department)


def reviews(user: User, version: TableVersion) -> bool:
    """Whoever wrote, submitted or proposed what stands in a table never reviews it (domain.md, "Who decides?")."""
    return is_reviewer_of(user, version.table) and not wrote(user, version) and not proposed(user, version)


def confirms(user: User, version: TableVersion) -> bool:
    """The principal confirms, or the office records the signed paper: never who wrote, submitted or set levels,
    whatever roles they hold, never an administrator. A typed-in paper is compared instead.

    What a meeting decided about the 校领导班子 is recorded by the office alone, by nobody who holds one of its posts.
    """
    if has_role(user, Role.ADMIN) or version.is_historical or took_part(user, version):
        return False
    if version.table.is_leaders:
        return has_role(user, Role.OFFICE) and not is_leader_in(user, version.table.department_id)
    return has_role(user, Role.PRINCIPAL, Role.OFFICE)


def who_confirms(version: TableVersion) -> list[User]:
    """All who may confirm or record this version now; an empty list means that somebody has to be named."""
    found = User.objects.filter(grants__role__in=[Role.PRINCIPAL, Role.OFFICE], is_active=True).distinct()
    return [user for user in found.order_by("pinyin", "staff_number") if confirms(user, version)]


def compares(user: User, version: TableVersion) -> bool:
    """A reviewer compares a typed-in paper with its scan: nobody who typed it in, no administrator."""
    apart = not took_part(user, version) and version.confirmed_by_id != user.pk
    return version.is_historical and apart and is_reviewer_of(user, version.table)


def keeps_scans(user: User, version: TableVersion) -> bool:
    """The office adds scans to a version in force. What rests on a paper alone is not for those who took part in it;
    the principal's own confirmation and a paper that was typed in have their second pair of eyes."""
    if not has_role(user, Role.OFFICE) or version.table.cycle.is_closed:
        return False
    if version.table.is_leaders and is_leader_in(user, version.table.department_id):
        return False
    if version.is_historical:
        return version.status in (Status.REVIEWED, Status.CONFIRMED)
    rests_on_paper = version.confirmed_how != ConfirmedBy.BROWSER
    return version.status == Status.CONFIRMED and not (rests_on_paper and took_part(user, version))


def returns(user: User, version: TableVersion) -> bool:
    """The reviewer returns; once reviewed the principal may, too, instead of signing: not what a meeting decides."""
    if version.status == Status.REVIEWED and has_role(user, Role.PRINCIPAL) and not version.table.is_leaders:
        return confirms(user, version)
    return reviews(user, version)


def sees_assessment(user: User, version: TableVersion) -> bool:
    """Likelihood, harm, proposals and reasons are for those who fill in, review, confirm or lead."""
    table = version.table
    return (
        fills(user, table)
        or has_role(user, Role.REVIEWER, Role.OFFICE, Role.PRINCIPAL)
        or has_role_in(user, table.department_id, Role.LEADER)
        or is_reviewer_of(user, table)
    )


def sees_review(user: User, version: TableVersion) -> bool:
    """The reviewer's levels and reasons are the reviewers' own until they decide: approve, or return."""
    if version.status == Status.SUBMITTED:
        return is_reviewer_of(user, version.table)
    if version.status in (Status.DRAFT, Status.DISCARDED):
        acts = [decision for decision in version.decisions.all() if decision.action != Action.DISCARD]
        last = max(acts, key=lambda decision: (decision.at, decision.pk), default=None)
        return last is not None and last.action == Action.RETURN  # after a recall they are still undecided
    return True


RULES: dict[str, Callable[[Any, Any], bool]] = {
    Action.START: fills,
    Action.REVISE: fills,
    Action.EDIT: lambda user, version: fills(user, version.table),
    Action.SUBMIT: lambda user, version: heads(user, version.table),
    Action.RECALL: lambda user, version: heads(user, version.table),
    Action.DISCARD: lambda user, version: heads(user, version.table),
    Action.ASSESS: reviews,
    Action.APPROVE: reviews,
    Action.RETURN: returns,
    Action.CONFIRM: confirms,
    Action.RECORD: lambda user, obj: has_role(user, Role.OFFICE),
    Action.COMPARE: compares,
    Action.MISMATCH: compares,
    Action.ADD_SCAN: keeps_scans,
    Action.REPLACE_SCAN: keeps_scans,
    RegisterAction.VIEW_PROGRESS: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER
    ),
    RegisterAction.VIEW_CHARGE: lambda user, obj: has_role(user, Role.PRINCIPAL, Role.LEADER),
    RegisterAction.COMPARE_YEARS: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER, Role.HEAD
    ),
    # Whoever belongs to the school; the auditor reads the trail and no tables.
    RegisterAction.VIEW_REGISTER: lambda user, obj: has_role(user, *(role for role in Role if role != Role.AUDITOR)),
    RegisterAction.VIEW_ASSESSMENT: sees_assessment,
    RegisterAction.POST: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.OPEN_YEAR: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.BUILD_ARCHIVE: lambda user, obj: has_role(user, Role.ADMIN),
    RegisterAction.CLOSE_YEAR: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.VIEW_SIGNATURES: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.AUDITOR
    ),
    # Which tables they may be added to is asked of each (ADD_SCAN, CONFIRM).
    RegisterAction.SORT_SCANS: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.VIEW_AUDIT: lambda user, obj: has_role(user, Role.AUDITOR),
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this to the object; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def can_still(user: Visitor, action: str, obj: Any = None) -> bool:
    """can() with the rights as they are in the database now: asked under the lock, before something is written."""
    return can(afresh(user), action, obj)


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied where the right was taken away since the page was opened; asked under the lock."""
    if not can_still(user, action, obj):
        raise PermissionDenied(TAKEN_AWAY)


def led_departments(user: Visitor) -> list[int]:
    """The 校领导班子 in which the person writes the own post's points; none for most people."""
    departments = dict.fromkeys(held.post.department_id for held in held_posts(user))
    return [key for key in departments if own_posts(user, key)]


def visible_versions(user: Visitor) -> models.QuerySet[TableVersion]:
    """The versions a person may open; what is not in here does not exist for them (404)."""
    decided = [Status.REVIEWED, Status.CONFIRMED]
    handed_in = [Status.SUBMITTED, *decided]
    in_force = Q(pk=F("table__in_force"))
    visible = Q(pk__in=[])
    of_leaders = Q(table__department__kind=DepartmentKind.LEADERS)
    filled = department_ids(user, Role.HEAD, Role.CLERK)
    if filled:  # head and clerk of the 校领导班子, if there are any, write nothing in its table
        visible |= Q(table__department__in=filled) & (in_force | ~of_leaders)
    if held := led_departments(user):
        visible |= Q(table__department__in=held)
    belonging = department_ids(user, Role.STAFF)
    if belonging:
        visible |= in_force & Q(table__department__in=belonging)
    led = department_ids(user, Role.LEADER)
    if led or leads_all(user):
        departments = Q(table__scope=Scope.DEPARTMENT) if leads_all(user) else Q(table__department__in=led)
        visible |= departments & Q(status__in=handed_in)
    if has_role(user, Role.REVIEWER):
        visible |= Q(status__in=handed_in)
    if has_role(user, Role.OFFICE):
        visible |= Q(table__scope=Scope.SCHOOL) | of_leaders | Q(status__in=decided)
    if has_role(user, Role.PRINCIPAL):
        visible |= Q(status__in=decided)
    if has_role(user, Role.LEADER, Role.ADMIN):
        visible |= in_force
    if isinstance(user, User) and user.is_active and user.pk and is_deputy(user):
        visible |= Q(table__department__is_discipline_office=True, status__in=handed_in) | in_force
    return TableVersion.objects.filter(visible)
