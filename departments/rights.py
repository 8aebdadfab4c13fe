"""What was changed of accounts, roles and the leadership group's list: an administrator's work, for others to check.

Read from the audit trail, so that nothing that was done is missing.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from departments.models import User
from departments.verbs import OrganisationFact, OrganisationVerb
from riskcontrol.models import AuditEntry

# What an act of the trail is called here; of the others about accounts only their owner has something to know.
VERBS = {
    OrganisationVerb.ROLE_CREATE: "增加角色",
    OrganisationVerb.ROLE_CHANGE: "修改角色",
    OrganisationVerb.ROLE_REMOVE: "取消角色",
    OrganisationVerb.USER_CREATE: "新建账号",
    OrganisationVerb.USER_CHANGE: "修改账号",
    OrganisationVerb.RESET_PASSWORD: "重置密码",
    OrganisationVerb.CODE_REMOVE: "取消动态验证码",
    OrganisationVerb.GROUP_LIST: "修改领导小组名单",
}
# A list with more names than this is counted, not told.
MOST_NAMES = 6


@dataclass(frozen=True)
class RightChange:
    """One change: the entry of the trail, what was done, and how it was and is, where the label doesn't say it."""

    entry: AuditEntry
    verb: str
    details: list[str]


def entries() -> QuerySet[AuditEntry]:
    """The entries about rights, the latest first."""
    return AuditEntry.objects.of(*VERBS).filter(succeeded=True).order_by("-number")


def told(entry: AuditEntry) -> RightChange:
    """An entry in words."""
    act, detail = OrganisationVerb(entry.verb), entry.detail
    verb = VERBS[act]
    if act == OrganisationVerb.GROUP_LIST:
        return RightChange(entry, verb, _names(*entry.said(OrganisationFact.MEMBERS, [[], []])))
    if act == OrganisationVerb.USER_CREATE:
        _, number = detail.get("staff_number", [None, ""])
        return RightChange(entry, verb, [f"工号 {number}"])
    if act == OrganisationVerb.USER_CHANGE and set(detail) == {"is_active"}:
        return RightChange(entry, "启用账号" if detail["is_active"][1] else "停用账号", [])
    return RightChange(entry, verb, _values(detail) if act == OrganisationVerb.USER_CHANGE else [])


def _values(detail: dict[str, Any]) -> list[str]:
    fields = [User._meta.get_field(name) for name in ("real_name", "staff_number")]
    changed = [(field, *detail[field.name]) for field in fields if field.name in detail]
    return [f"{field.verbose_name}由“{old}”改为“{new}”" for field, old, new in changed]


def _names(old: list[str], new: list[str]) -> list[str]:
    """Who was put on the list and who was taken off it."""
    told = []
    for verb, names in (("列入", [n for n in new if n not in old]), ("去掉", [n for n in old if n not in new])):
        if len(names) > MOST_NAMES:
            told.append(f"{verb} {len(names)} 人")
        elif names:
            told.append(f"{verb} {'、'.join(names)}")
    return told or ["顺序有变动"]
