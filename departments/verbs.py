"""What the audit trail calls the work on the organisation and on accounts: stable keys with today's captions."""

from django.db import models

from riskcontrol.verbs import Fact, Verb


class OrganisationVerb(Verb):
    """Everything that departments writes into the trail."""

    SCHOOL_CREATE = "school.create", "新增学校"
    SCHOOL_CHANGE = "school.change", "修改学校"
    DEPARTMENT_CREATE = "department.create", "新增部门"
    DEPARTMENT_CHANGE = "department.change", "修改部门"
    DEPARTMENT_REMOVE = "department.remove", "删除部门"
    POST_CREATE = "post.create", "新增岗位"
    POST_CHANGE = "post.change", "修改岗位"
    POST_REMOVE = "post.remove", "删除岗位"
    FUNCTION_CREATE = "function.create", "新增岗位职能"
    FUNCTION_CHANGE = "function.change", "修改岗位职能"
    FUNCTION_REMOVE = "function.remove", "删除岗位职能"
    APPOINTMENT_CREATE = "appointment.create", "新增任职"
    APPOINTMENT_CHANGE = "appointment.change", "修改任职"
    APPOINTMENT_REMOVE = "appointment.remove", "删除任职"
    TERM_CREATE = "term.create", "新增主要负责人任期"
    TERM_CHANGE = "term.change", "修改主要负责人任期"
    GROUP_CREATE = "group.create", "新增领导小组"
    GROUP_CHANGE = "group.change", "修改领导小组"
    GROUP_LIST = "group.list", "修改领导小组名单"
    USER_CREATE = "user.create", "新增账号"
    USER_CHANGE = "user.change", "修改账号"
    ROLE_CREATE = "role.create", "新增角色"
    ROLE_CHANGE = "role.change", "修改角色"
    ROLE_REMOVE = "role.remove", "删除角色"
    RESET_PASSWORD = "user.reset_password", "重置密码"
    CHANGE_PASSWORD = "user.change_password", "修改密码"
    REHASH_PASSWORD = "user.rehash_password", "重新保存密码的散列"
    END_SESSIONS = "user.end_sessions", "结束登录"
    CODE_ENABLE = "user.enable_code", "启用动态验证码"
    CODE_REMOVE = "user.remove_code", "取消动态验证码"
    RECOVERY_USE = "user.use_recovery_code", "使用备用码"
    RECOVERY_RENEW = "user.renew_recovery_codes", "更换备用码"
    CALENDAR_MAKE = "user.make_calendar", "建立日历地址"
    CALENDAR_REVOKE = "user.revoke_calendar", "取消日历地址"
    NOTICE_SEND = "notice.send", "发出通知"
    NOTICE_READ = "notice.read", "知悉通知"
    IMPORT = "organisation.import", "从 Excel 导入组织机构"
    DOWNLOAD_SHEET = "organisation.download", "下载组织机构表"


class OrganisationFact(Fact):
    """What 权限变动 looks up in details."""

    MEMBERS = "members", "名单"


READING = (OrganisationVerb.DOWNLOAD_SHEET,)
# What a kind of row is called in keys; its model may be renamed.
KINDS = {
    "School": "school",
    "Department": "department",
    "Post": "post",
    "PostFunction": "function",
    "Appointment": "appointment",
    "PrincipalTerm": "term",
    "LeadershipGroup": "group",
    "User": "user",
    "RoleGrant": "role",
}


def verb_of(act: str, instance: models.Model) -> OrganisationVerb:
    """The verb of creating, changing or removing a row (`create`, `change`, `remove`)."""
    return OrganisationVerb(f"{KINDS[type(instance).__name__]}.{act}")


# As entries were written before there were keys; nothing is ever added or changed here.
FORMER = {
    "新增学校": OrganisationVerb.SCHOOL_CREATE,
    "修改学校": OrganisationVerb.SCHOOL_CHANGE,
    "新增部门": OrganisationVerb.DEPARTMENT_CREATE,
    "修改部门": OrganisationVerb.DEPARTMENT_CHANGE,
    "删除部门": OrganisationVerb.DEPARTMENT_REMOVE,
    "新增岗位": OrganisationVerb.POST_CREATE,
    "修改岗位": OrganisationVerb.POST_CHANGE,
    "删除岗位": OrganisationVerb.POST_REMOVE,
    "新增岗位职能": OrganisationVerb.FUNCTION_CREATE,
    "修改岗位职能": OrganisationVerb.FUNCTION_CHANGE,
    "删除岗位职能": OrganisationVerb.FUNCTION_REMOVE,
    "新增任职": OrganisationVerb.APPOINTMENT_CREATE,
    "修改任职": OrganisationVerb.APPOINTMENT_CHANGE,
    "删除任职": OrganisationVerb.APPOINTMENT_REMOVE,
    "新增主要负责人任期": OrganisationVerb.TERM_CREATE,
    "修改主要负责人任期": OrganisationVerb.TERM_CHANGE,
    "新增领导小组": OrganisationVerb.GROUP_CREATE,
    "修改领导小组": OrganisationVerb.GROUP_CHANGE,
    "修改领导小组名单": OrganisationVerb.GROUP_LIST,
    "新增账号": OrganisationVerb.USER_CREATE,
    "修改账号": OrganisationVerb.USER_CHANGE,
    "新增角色": OrganisationVerb.ROLE_CREATE,
    "修改角色": OrganisationVerb.ROLE_CHANGE,
    "删除角色": OrganisationVerb.ROLE_REMOVE,
    "重置密码": OrganisationVerb.RESET_PASSWORD,
    "重置口令": OrganisationVerb.RESET_PASSWORD,
    "修改密码": OrganisationVerb.CHANGE_PASSWORD,
    "结束登录": OrganisationVerb.END_SESSIONS,
    "启用动态验证码": OrganisationVerb.CODE_ENABLE,
    "取消动态验证码": OrganisationVerb.CODE_REMOVE,
    "使用备用码": OrganisationVerb.RECOVERY_USE,
    "更换备用码": OrganisationVerb.RECOVERY_RENEW,
    "发出通知": OrganisationVerb.NOTICE_SEND,
    "知悉通知": OrganisationVerb.NOTICE_READ,
    "从 Excel 导入组织机构": OrganisationVerb.IMPORT,
    "下载组织机构表": OrganisationVerb.DOWNLOAD_SHEET,
}
FORMER_FACTS = {"名单": OrganisationFact.MEMBERS}
