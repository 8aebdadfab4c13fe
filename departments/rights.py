"""What was changed of accounts, roles and the leadership group's list: an administrator's work, for others to check.

Read from the audit trail, so that nothing that was done is missing.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from departments.models import User
from departments.services import RESET
from riskcontrol.models import AuditEntry

# What an action of the trail is called here; of the others about accounts only their owner has something to know.
ROLES = {"新增角色": "增加角色", "修改角色": "修改角色", "删除角色": "取消角色"}
ACCOUNTS = {
    "新增账号": "新建账号",
    "修改账号": "修改账号",
    RESET: "重置密码",
    "取消动态验证码": "取消动态验证码",
}
GROUP = "修改领导小组名单"
# A list with more names than this is counted, not told.
MOST_NAMES = 6


@dataclass(frozen=True)
class Change:
    """One change: the entry of the trail, what was done, and how it was and is, where the label doesn't say it."""

    entry: AuditEntry
    verb: str
    details: list[str]


def entries() -> QuerySet[AuditEntry]:
    """The entries about rights, the latest first."""
    about_roles = Q(object_type="departments.rolegrant", action__in=ROLES)
    about_accounts = Q(object_type="departments.user", action__in=ACCOUNTS)
    found = AuditEntry.objects.filter(about_roles | about_accounts | Q(action=GROUP), succeeded=True)
    return found.order_by("-number")


def told(entry: AuditEntry) -> Change:
    """An entry in words."""
    if entry.action == GROUP:
        return Change(entry, entry.action, _names(*entry.detail.get("名单", [[], []])))
    if entry.action == "新增账号":
        _, number = entry.detail.get("staff_number", [None, ""])
        return Change(entry, ACCOUNTS[entry.action], [f"工号 {number}"])
    if entry.action == "修改账号":
        return Change(entry, _of_account(entry.detail), _values(entry.detail))
    return Change(entry, (ROLES | ACCOUNTS)[entry.action], [])


def _of_account(detail: dict[str, Any]) -> str:
    if set(detail) == {"is_active"}:
        return "启用账号" if detail["is_active"][1] else "停用账号"
    return ACCOUNTS["修改账号"]


def _values(detail: dict[str, Any]) -> list[str]:
    labels = {"staff_number": "工号", "real_name": User._meta.get_field("real_name").verbose_name}
    return [f"{labels[name]}由“{old}”改为“{new}”" for name, (old, new) in detail.items() if name in labels]


def _names(old: list[str], new: list[str]) -> list[str]:
    """Who was put on the list and who was taken off it."""
    told = []
    for verb, names in (("列入", [n for n in new if n not in old]), ("去掉", [n for n in old if n not in new])):
        if len(names) > MOST_NAMES:
            told.append(f"{verb} {len(names)} 人")
        elif names:
            told.append(f"{verb} {'、'.join(names)}")
    return told or ["顺序有变动"]
