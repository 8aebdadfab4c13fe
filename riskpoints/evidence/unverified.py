"""What verify_register can't find, as data: a table or a column of it, with the reason. SECURITY.md is made from it.

A column named with "*" before it is that of every table.
"""

from django.db import models

OF_THE_FRAMEWORK = "框架自己的表，登记册不用它作依据"
PASSING_BY = "登录和计数的临时数据，不是登记册的内容"
DRAFTS = "草稿的行：交出以前没有凭据；交出以后，内容由办理时的快照核对"
SHIPPED = "随程序发来的典型库：没有人改过的行没有记录；改过的由标记核对"
BY_NAME = "凭据写的是名称，指向哪一行不在其中"
UNSORTED = "还没有分派给表的扫描件，不作依据；存入表以后由校验值核对"
POSTED = "公示过哪些版本、何时撤下，由每一版的公示记录说明"
NOT_FOUND: dict[str, str] = {
    "auth_group": OF_THE_FRAMEWORK,
    "auth_group_permissions": OF_THE_FRAMEWORK,
    "auth_permission": OF_THE_FRAMEWORK,
    "departments_user_groups": OF_THE_FRAMEWORK,
    "departments_user_user_permissions": OF_THE_FRAMEWORK,
    "django_content_type": OF_THE_FRAMEWORK,
    "django_session": OF_THE_FRAMEWORK,
    "axes_accessattempt": PASSING_BY,
    "axes_accessattemptexpiration": PASSING_BY,
    "axes_accessfailurelog": PASSING_BY,
    "axes_accesslog": PASSING_BY,
    "departments_keptform": PASSING_BY,
    "departments_loginsession": PASSING_BY,
    "departments_calendaraddress": PASSING_BY,
    "campaign_reminderrun": PASSING_BY,
    "participation_sentcount": PASSING_BY,
    "riskcontrol_daycount": PASSING_BY,
    "riskcontrol_failedlogin": PASSING_BY,
    "riskcontrol_loginturn": PASSING_BY,
    "riskcontrol_ratecount": PASSING_BY,
    "*lock": "只用来发现两个人同时保存",
    "*saved_at": "最后保存的时刻；每次保存在审计记录里",
    "*token": "只用来认出重复提交",
    "departments_user.last_login": "每次登录都变；审计记录里有登录",
    "departments_user.must_change_password": "随密码变动；密码由带密钥的标记核对",  # nosec B105
    "departments_user.password_changed_at": "随密码变动；密码由带密钥的标记核对",
    "campaign_reminder": "提醒只是通知，不作依据；审计记录里有每次催办",
    "library_guidingquestion": SHIPPED,
    "library_typicalmeasure": SHIPPED,
    "library_typicalrisk": SHIPPED,
    "library_typicalrisk_functions": SHIPPED,
    "oversight_finding.state": "随处置变动；处置由标记核对",
    "oversight_findingentry": "问题的经过；数据库不许改动，问题本身和处置由标记核对",
    "participation_proposal.sent_at": "审计记录里有送出的时间",
    "powers_powerprefix": "编号的前缀；每项职权的编号由标记核对",
    "riskcontrol_storedfile.size": "内容由校验值核对",
    "riskcontrol_storedfile.media_type": "内容由校验值核对",
    "riskcontrol_storedfile.stored_at": "内容由校验值核对",
    "riskpoints_measure.order": "顺序由快照里的先后核对；单独改一个不一定改变先后",
    "riskpoints_riskpoint.order": "顺序由快照里的先后核对；单独改一个不一定改变先后",
    "riskpoints_measure_regulations": BY_NAME,
    "riskpoints_postexemption.post_id": BY_NAME,
    "riskpoints_riskpoint.post_id": BY_NAME,
    "riskpoints_riskpoint.power_revision_id": BY_NAME,
    "riskpoints_riskpoint.power_step_id": BY_NAME,
    "riskpoints_riskpoint.co_department_keys": BY_NAME,
    "riskpoints_riskpoint.library_entry_id": "从典型库哪一条选用的来历，不是表的内容",
    "riskpoints_tableversion_proposers": "草稿的提出人；交出以后由办理时的标记核对",
    "riskpoints_publishedversion": POSTED,
    "riskpoints_searchtext": "检索文字；随时可以由风险点重建（index_search），不作依据",
    "riskpoints_sentscans": UNSORTED,
    "riskpoints_sentpage": UNSORTED,
    "riskpoints_draftact": DRAFTS,
    "riskpoints_sourcechoice": DRAFTS,
    "riskpoints_tableimport": DRAFTS,
}


def reason_of(model: type[models.Model], column: str) -> str | None:
    """Why a change of this column (none: the deletion of a row) past the program isn't found; None where it is."""
    table = model._meta.db_table
    for key in (f"{table}.{column or 'DELETE'}", table, f"*{column}"):
        if key in NOT_FOUND:
            return NOT_FOUND[key]
    return None


def section() -> str:
    """The same as a table for SECURITY.md: each reason once, with the places that it is of."""
    places: dict[str, list[str]] = {}
    for place, reason in NOT_FOUND.items():
        places.setdefault(reason, []).append(place.replace("*", "*.") if place.startswith("*") else place)
    rows = [f"| {reason} | {', '.join(f'`{place}`' for place in found)} |\n" for reason, found in places.items()]
    return "| why | tables, columns |\n|---|---|\n" + "".join(rows)
