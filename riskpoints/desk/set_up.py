"""启用准备: what an installation needs before its first year, step by step, read from the data and kept nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from departments.enums import GroupPosition, Role
from departments.models import Department, LeadershipGroup, Post, RoleGrant, School, User
from departments.permissions import OrganisationAction, has_role
from departments.permissions import can as can_organise
from departments.queries import leader_names
from riskpoints.models import Cycle
from riskpoints.permissions import RegisterAction, can
from riskpoints.wings import OtherTask

LISTED = 12  # departments named one by one; the rest are counted

NEEDED = {
    Role.PRINCIPAL: "还没有单位主要负责人，审核后的表没有人签字确定。",
    Role.REVIEWER: "还没有纪委审核员，部门提交的表没有人审核。",
    Role.OFFICE: "还没有领导小组办公室人员，年度没有人开启。",
}


@dataclass(frozen=True)
class Link:
    """Where something is mended."""

    words: str
    address: str


@dataclass(frozen=True)
class Gap:
    """What is missing in a step, who mends it, and where (only for those who may). Advice keeps no step open."""

    words: str
    keeper: Role
    links: tuple[Link, ...] = ()
    more: int = 0
    is_advice: bool = False
    is_mine: bool = False


@dataclass(frozen=True)
class Step:
    """One step: what it is for, who does it, what is missing, and the way there for those who may go it."""

    number: int
    title: str
    purpose: str
    keeper: Role
    gaps: tuple[Gap, ...]
    links: tuple[Link, ...] = ()
    is_next: bool = False

    @property
    def needs(self) -> list[Gap]:
        return [gap for gap in self.gaps if not gap.is_advice]

    @property
    def advice(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_advice]

    @property
    def is_done(self) -> bool:
        return not self.needs

    @property
    def way(self) -> Link | None:
        """Where to go first."""
        return next((link for gap in self.needs for link in gap.links), None)


@dataclass(frozen=True)
class SetUp:
    """All steps in their order."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def words(self) -> str:
        return f"已完成 {self.done}/{len(self.steps)} 步"


# Title, what it is for, who does it.
STEPS = (
    ("学校信息", "表上印的校名、标题都来自这里。", Role.ADMIN),
    (
        "部门",
        "各处室科，每个部门每年一张防控表。部门、岗位、人员、角色和领导小组也可以从一个 Excel 一次导入。",
        Role.ADMIN,
    ),
    (
        "岗位和职能",
        "岗位由系统管理员建立并勾选职能；职能决定等级下限，种类和下限由纪委审核员维护，勾选也由纪委审核员核对、更正。",
        Role.ADMIN,
    ),
    ("人员和角色", "给各人建账号、给予角色；一次性密码当面交给本人。", Role.ADMIN),
    ("领导小组", "附件1 的名单；副组长审核纪委办公室自己的表。", Role.ADMIN),
    ("首个年度", "开启后，每个在用部门和学校各有一张防控表，部门可以开始填报。", Role.OFFICE),
)


def set_up(user: User) -> SetUp:
    """The steps as this person sees them; a fixed number of queries, however large the school."""
    keeps = can_organise(user, OrganisationAction.KEEP)
    sees_posts = keeps or can_organise(user, OrganisationAction.EXTEND_FUNCTIONS)
    opens = can(user, RegisterAction.OPEN_YEAR)
    departments = list(_departments())
    gaps = (
        _school_gaps(keeps),
        _department_gaps(departments, keeps),
        _post_gaps(departments, keeps, user),
        _people_gaps(departments, keeps),
        _group_gaps(departments, keeps),
        _year_gaps(opens),
    )
    links = (
        _links(keeps, ("学校信息", "departments:school")),
        _links(keeps, ("从 Excel 导入", "departments:import"), ("部门列表", "departments:index")),
        _links(sees_posts, ("各岗位的职能", "departments:post_functions"), ("部门与岗位", "departments:index")),
        _links(keeps, ("账号列表", "departments:accounts")),
        _links(keeps, ("领导小组名单", "departments:groups")),
        _links(opens, ("年度与档案", "riskpoints:years")),
    )
    steps = [
        Step(number, *told, tuple(replace(gap, is_mine=has_role(user, gap.keeper)) for gap in found))
        for number, (told, found) in enumerate(zip(STEPS, gaps, strict=True), start=1)
    ]
    first = next((step.number for step in steps if not step.is_done), None)
    return SetUp(
        tuple(replace(step, links=ways, is_next=step.number == first) for step, ways in zip(steps, links, strict=True))
    )


def before_first_year(user: User) -> list[Step]:
    """The steps that are open before the first year is opened; none once there was one."""
    return [] if Cycle.objects.exists() else [step for step in set_up(user).steps[:-1] if not step.is_done]


def tasks(user: User) -> list[OtherTask]:
    """What waits for the administrator as long as a step is open, and for 纪委 and the office where it is their turn.

    Once there is a year the two have their tables in the inbox, and gaps of the organisation are the administrator's.
    """
    keeps, has_year = has_role(user, Role.ADMIN), Cycle.objects.exists()
    if not keeps and (has_year or not has_role(user, Role.REVIEWER, Role.OFFICE)):
        return []
    found = set_up(user)
    step = found.next_step
    if step is None:
        return []
    if has_year:
        return [_task(user, "组织机构有缺项", "".join(gap.words for gap in step.needs))]
    if keeps:
        next_words = f"下一步：{step.title}（{step.needs[0].keeper.label}办理）。{step.needs[0].words}"
        return [_task(user, "启用准备", f"{found.words}。{next_words}")]
    own = [gap for item in found.steps for gap in item.needs if has_role(user, gap.keeper)]
    # The functions can be seen to at any time; a year is opened when the rest is there.
    turn = [gap for gap in own if gap.keeper == Role.REVIEWER or gap in step.needs]
    return [_task(user, "启用准备", f"{found.words}。{gap.words}") for gap in turn[:1]]


def _task(user: User, title: str, note: str) -> OtherTask:
    return OtherTask("办理", title, user.date_joined, reverse("riskpoints:set_up"), note)


def _links(may: bool, *links: tuple[str, str]) -> tuple[Link, ...]:
    return tuple(Link(words, reverse(name)) for words, name in links) if may else ()


def _link(may: bool, words: str, name: str, *args: int) -> tuple[Link, ...]:
    return (Link(words, reverse(name, args=args)),) if may else ()


def _departments() -> QuerySet[Any]:
    """The departments in use with how many posts in use each has, and the grants of active accounts."""
    today = timezone.localdate()
    in_use = (Q(posts__active_from=None) | Q(posts__active_from__lte=today)) & (
        Q(posts__active_to=None) | Q(posts__active_to__gte=today)
    )
    grants = RoleGrant.objects.filter(user__is_active=True).select_related("user")
    found = Department.objects.active_on(today).annotate(post_count=Count("posts", filter=in_use))
    return found.order_by("order", "pinyin", "pk").prefetch_related(Prefetch("grants", grants))


def _school_gaps(keeps: bool) -> list[Gap]:
    if School.objects.filter(pk=1).exists():
        return []
    return [Gap("还没有登记学校信息。", Role.ADMIN, _link(keeps, "登记学校信息", "departments:school_edit"))]


def _named(departments: Iterable[Department], may: bool, name: str) -> tuple[tuple[Link, ...], int]:
    """Links to the first departments, and how many more there are."""
    found = list(departments)
    links = tuple(Link(row.name, reverse(name, args=[row.pk])) for row in found[:LISTED]) if may else ()
    return links, max(0, len(found) - LISTED)


def _lacking(departments: list[Department], words: str, may: bool, name: str, *, is_advice: bool = False) -> list[Gap]:
    if not departments:
        return []
    links, more = _named(departments, may, name)
    names = "、".join(row.name for row in departments[:LISTED]) if not may else ""
    text = f"{len(departments)} 个部门{words}{f'：{names}' if names else ''}"
    return [Gap(text, Role.ADMIN, links, more, is_advice)]


def _department_gaps(departments: list[Department], keeps: bool) -> list[Gap]:
    if not departments:
        return [Gap("还没有部门。", Role.ADMIN, _link(keeps, "新增部门", "departments:department_new"))]
    if any(row.is_discipline_office for row in departments):
        return []
    words = "没有标明哪个部门是纪委办公室；标明后，它的表由副组长审核，不由本部门的人审核。"
    return [Gap(words, Role.ADMIN, _link(keeps, "部门列表", "departments:index"), is_advice=True)]


def _post_gaps(departments: list[Any], keeps: bool, user: User) -> list[Gap]:
    if not departments:
        return [Gap("部门建立以后，再建立各部门的岗位。", Role.ADMIN)]
    without = [row for row in departments if not row.post_count]
    extends = can_organise(user, OrganisationAction.EXTEND_FUNCTIONS)
    found = _lacking(without, "还没有岗位", keeps, "departments:post_new")
    posts = Post.objects.active_on().filter(department__in=departments)
    total, bare = posts.count(), posts.filter(functions=None).count()
    look = _link(keeps or extends, "逐个部门核对", "departments:post_functions" if extends else "departments:index")
    if total and bare == total:
        found.append(Gap(f"{total} 个岗位都没有勾选职能，等级没有下限，请核对。", Role.REVIEWER, look))
    elif bare:
        words = f"{total} 个岗位中 {bare} 个没有勾选职能，确实没有的不必勾选。"
        found.append(Gap(words, Role.REVIEWER, look, is_advice=True))
    return found


def _people_gaps(departments: list[Department], keeps: bool) -> list[Gap]:
    held = list(RoleGrant.objects.filter(user__is_active=True).values_list("role", flat=True).order_by())
    accounts = _link(keeps, "到账号里给予角色", "departments:accounts")
    found = [Gap(words, Role.ADMIN, accounts) for role, words in NEEDED.items() if role not in held]
    # The 校领导班子 has neither: each leader writes the own post, and a meeting decides (R53).
    others = [row for row in departments if not row.is_leaders]
    headless = [row for row in others if row.head is None]
    found += _lacking(headless, "没有部门负责人", keeps, "departments:department_edit")
    leaders = leader_names(departments)
    unled = [row for row in others if not leaders[row.pk]]
    found += _lacking(unled, "没有分管领导", keeps, "departments:department_edit", is_advice=True)
    if held.count(Role.ADMIN) < 2:
        words = "只有一位系统管理员。自己的角色由另一位系统管理员增加；忘记密码时也由另一位重置。"
        found.append(Gap(words, Role.ADMIN, _link(keeps, "新建账号", "departments:account_new"), is_advice=True))
    if Role.AUDITOR not in held:
        found.append(Gap("还没有审计员，审计记录没有人查看。", Role.ADMIN, accounts, is_advice=True))
    return found


def _group_gaps(departments: list[Department], keeps: bool) -> list[Gap]:
    group = LeadershipGroup.on()
    if group is None:
        return [Gap("还没有现任的领导小组名单。", Role.ADMIN, _link(keeps, "录入名单", "departments:group_new"))]
    members = list(group.members.select_related("user"))
    mend = _link(keeps, "修改名单", "departments:group_edit", group.pk)
    found = []
    if all(row.position != GroupPosition.CHIEF for row in members):
        found.append(Gap("名单里没有组长。", Role.ADMIN, mend))
    deputies = [row for row in members if row.position == GroupPosition.DEPUTY and row.user and row.user.is_active]
    if not deputies:
        # Only a 副组长 reviews the discipline office's own table; without such a department it is advice.
        is_advice = not any(row.is_discipline_office for row in departments)
        words = "没有写明工号的副组长，纪委办公室自己的表没有人审核。"
        found.append(Gap(words, Role.ADMIN, mend, is_advice=is_advice))
    if group.office_director_id is None:
        found.append(Gap("没有写明办公室主任。", Role.ADMIN, mend, is_advice=True))
    return found


def _year_gaps(opens: bool) -> list[Gap]:
    if Cycle.objects.exists():
        return []
    return [Gap("还没有开启年度。", Role.OFFICE, _link(opens, "开启年度", "riskpoints:year_open"))]
