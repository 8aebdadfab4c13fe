"""Reads over several models: departments, posts and functions as the screens list them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from departments.enums import GroupPosition, Level, Role
from departments.models import (
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    PostFunction,
    PrincipalTerm,
    RoleGrant,
    User,
)
from departments.verbs import OrganisationVerb
from riskcontrol import verbs
from riskcontrol.models import AuditEntry
from riskcontrol.web.failures import Failures

# For so long a person is told at each login who reset the password.
RESET_DAYS = 30
# For so long after a reset by somebody else nobody confirms a table with the account.
RESET_HOURS = 24


@dataclass(frozen=True)
class DepartmentRow:
    """One department of the list."""

    department: Department
    in_use: bool
    post_count: int
    leader: str


@dataclass(frozen=True)
class PostRow:
    """One post of a department: the worst floor of its functions, who holds it now or will."""

    post: Post
    in_use: bool
    floor: Level | None
    holders: tuple[Appointment, ...]


@dataclass(frozen=True)
class FunctionRow:
    """One 岗位职能 and how many posts have it."""

    function: PostFunction
    post_count: int


def leader_names(departments: Iterable[Department | int]) -> dict[int, str]:
    """Who is in charge of each department: its own 分管领导, else whoever is in charge of all. One query."""
    keys: list[int] = [row.pk if isinstance(row, Department) else row for row in departments]
    theirs = Q(department__in=keys) | Q(department=None, user__is_active=True)
    grants = RoleGrant.objects.filter(theirs, role=Role.LEADER)
    own: dict[int, str] = {}
    of_all: list[str] = []
    for department_id, name in grants.order_by("id").values_list("department_id", "user__real_name"):
        if department_id is None:
            of_all.append(name)
        else:
            own[department_id] = name
    return {key: own.get(key, "、".join(of_all)) for key in keys}


def department_rows(day: datetime.date) -> list[DepartmentRow]:
    """All departments in printed order, those in use on the day first, with their roles read along."""
    posts_in_use = Q(posts__active_to__isnull=True) | Q(posts__active_to__gte=day)
    counted = Department.objects.annotate(post_count=Count("posts", filter=posts_in_use))
    departments = counted.order_by("order", "pinyin", "pk").prefetch_related(  # a count drops the model's own order
        Prefetch("grants", RoleGrant.objects.select_related("user"))
    )
    leaders = leader_names(departments)
    rows = [DepartmentRow(found, found.is_active_on(day), found.post_count, leaders[found.pk]) for found in departments]
    return sorted(rows, key=lambda row: not row.in_use)


def post_rows(department: Department, day: datetime.date) -> list[PostRow]:
    """The posts of a department in printed order, those in use on the day first."""
    rows = []
    for post in department.posts.prefetch_related("functions", "appointments"):
        holders = [held for held in post.appointments.all() if held.until is None or held.until >= day]
        rows.append(PostRow(post, post.is_active_on(day), post.floor, tuple(holders)))
    return sorted(rows, key=lambda row: not row.in_use)


def resets_of(user: User) -> list[AuditEntry]:
    """When and by whom else this person's password was reset or authenticator taken away lately, the latest first.

    From the trail, not from a mark on the account: whoever took the account over could take a mark away.
    """
    since = timezone.now() - datetime.timedelta(days=RESET_DAYS)
    found = AuditEntry.objects.of(OrganisationVerb.RESET_PASSWORD, OrganisationVerb.CODE_REMOVE).filter(
        object_type=User._meta.label_lower, object_id=str(user.pk), succeeded=True, at__gte=since
    )
    # Nobody resets the own password, so a number that was exchanged afterwards hides nothing.
    own = Q(action__in=verbs.stored(OrganisationVerb.CODE_REMOVE), actor_number=user.staff_number)
    return list(found.exclude(own).order_by("-number"))


def reset_notice(entry: AuditEntry) -> str:
    """One reset in words, for the account's owner."""
    who = f"系统管理员{entry.actor_name}" if entry.actor_name else "有人在服务器控制台"
    when = f"{timezone.localtime(entry.at):%Y年%-m月%-d日 %H:%M}"
    done = "取消了您的动态验证码" if entry.verb == OrganisationVerb.CODE_REMOVE else "重置了您的口令"
    return f"{who}于 {when} {done}。如果不是您要求的，请立即告知审计员。"


def failure_notice(found: Failures) -> str:
    """Failed logins since the last good one in words, for the account's owner."""
    last = f"{timezone.localtime(found.last_at):%Y年%-m月%-d日 %H:%M}"
    return (
        f"上次登录以后，有 {found.count} 次用您的工号登录失败（来自 {found.places} 个地址，最近一次 {last}）。"
        "如果不是您本人输错，请修改密码，并告知审计员。"
    )


def posts_without_floors(day: datetime.date) -> int:
    """How many posts are in use, where not one of them has a function: then no floor is at work anywhere (R25, R27).

    0 as soon as one post has one.
    """
    posts = Post.objects.active_on(day)
    return 0 if posts.filter(functions__isnull=False).exists() else posts.count()


def was_reset_lately(user: User) -> bool:
    """Whether somebody else reset this person's password or took the authenticator away within a day: whoever did it
    knows the one-time password, or needs no code any more."""
    since = timezone.now() - datetime.timedelta(hours=RESET_HOURS)
    return any(entry.at >= since for entry in resets_of(user))


def principal_terms() -> list[PrincipalTerm]:
    """All terms, the present one first; a principal from before terms were kept has one that began on no known day."""
    terms = list(PrincipalTerm.objects.select_related("user"))
    known = {term.user_id for term in terms if term.until is None}
    grants = RoleGrant.objects.filter(role=Role.PRINCIPAL).exclude(user__in=known).select_related("user")
    return [*(PrincipalTerm(user=grant.user) for grant in grants), *terms]


def principals_on(day: datetime.date) -> list[User]:
    """Who was 单位主要负责人 on a day, the last appointed first; two on the day on which one followed the other."""
    found = [
        term
        for term in principal_terms()
        if (term.since is None or term.since <= day) and (term.until is None or term.until >= day)
    ]
    found.sort(key=lambda term: (term.since or datetime.date.min, term.pk or 0), reverse=True)
    return list({term.user_id: term.user for term in found}.values())


def deputies_on(day: datetime.date) -> list[str]:
    """Who may be in charge in the principal's place: the 副组长 of the group in office on the day, and the leaders."""
    group = LeadershipGroup.on(day)
    deputies = GroupMember.objects.filter(group=group, position=GroupPosition.DEPUTY) if group else []
    leaders = User.objects.filter(grants__role=Role.LEADER, is_active=True).order_by("pinyin", "pk").distinct()
    names = [member.person_name for member in deputies]
    names += [leader.real_name for leader in leaders]  # first by today's name: that is how one is chosen
    names += [name for leader in leaders for name in leader.names_on(day)]
    return list(dict.fromkeys(names))


def posts_to_tick(department: Department, day: datetime.date) -> QuerySet[Post]:
    """The posts of a department that are in use or will be, in printed order, with their functions."""
    return department.posts.exclude(active_to__lt=day).prefetch_related("functions")


def posts_by_department(day: datetime.date) -> list[tuple[Department, list[PostRow]]]:
    """The posts of the whole school that are in use or will be, by department in printed order. Three queries."""
    posts = Post.objects.exclude(active_to__lt=day).prefetch_related("functions")
    departments = Department.objects.prefetch_related(Prefetch("posts", posts))
    rows = (
        (row, [PostRow(post, post.is_active_on(day), post.floor, ()) for post in row.posts.all()])
        for row in departments
    )
    return [(department, found) for department, found in rows if found]


def function_rows() -> list[FunctionRow]:
    """All functions with the number of posts that have them, the retired ones last."""
    functions = PostFunction.objects.annotate(post_count=Count("posts")).order_by("is_retired", "order", "id")
    return [FunctionRow(found, found.post_count) for found in functions]
