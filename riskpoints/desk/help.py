"""The pages of the help: one a role, and which of them are a person's own.

What they say lies in templates/riskpoints/help/, what a wing adds to a page in the wing's own templates.
"""

from dataclasses import dataclass

from departments.enums import Role
from departments.models import User, Visitor
from departments.permissions import has_role, is_deputy

PUBLIC, DEPUTY = "public", "deputy"


@dataclass(frozen=True)
class HelpPage:
    """One page: its key in the address, whose it is, and what it is about in one sentence."""

    key: str
    title: str
    about: str
    roles: tuple[Role, ...] = ()

    @property
    def template(self) -> str:
        return f"riskpoints/help/{self.key}.html"


PAGES = (
    HelpPage("staff", "职工", "查看登记册和本部门的防控表，把看到的风险提给有关部门。", (Role.STAFF,)),
    HelpPage("head", "部门负责人、填报员", "填报本部门的防控表，提交纪委审核，有变动时修订。", (Role.HEAD, Role.CLERK)),
    HelpPage("leader", "分管领导、书记", "掌握分管部门的进度和风险等级，提出意见。", (Role.LEADER, Role.SECRETARY)),
    HelpPage("principal", "单位主要负责人", "签字确定防控表，或者写明意见退回。", (Role.PRINCIPAL,)),
    HelpPage("reviewer", "纪委审核员", "审核各部门和学校的防控表，核定等级。", (Role.REVIEWER,)),
    HelpPage(DEPUTY, "领导小组副组长", "审核纪委办公室自己的防控表。"),
    HelpPage("office", "领导小组办公室", "开启和关闭年度，掌握进度，汇总学校表，登记签字。", (Role.OFFICE,)),
    HelpPage("admin", "系统管理员", "维护组织机构和账号，生成年度档案。", (Role.ADMIN,)),
    HelpPage("auditor", "审计员", "查看审计记录，核验记录是否完整。", (Role.AUDITOR,)),
    HelpPage(PUBLIC, "公众", "看懂公示的防控表，提意见，查答复。"),
)


def page_of(key: str) -> HelpPage | None:
    """The page with this key, if there is one."""
    return next((page for page in PAGES if page.key == key), None)


def own_pages(user: Visitor) -> list[HelpPage]:
    """The pages of a person's roles; that of the public for who has not logged in."""
    if not isinstance(user, User) or not user.is_authenticated:
        return [page for page in PAGES if page.key == PUBLIC]
    return [page for page in PAGES if has_role(user, *page.roles) or (page.key == DEPUTY and is_deputy(user))]


def other_pages(user: Visitor) -> list[HelpPage]:
    """What else a person may read: all other pages for who has logged in, as everybody may know what the others do."""
    if not isinstance(user, User) or not user.is_authenticated:
        return []
    own = own_pages(user)
    return [page for page in PAGES if page not in own]
