"""Each rule once: who changes it, what holds as long as nobody has, and what the screen says about it."""

from dataclasses import dataclass
from typing import Any

from departments.enums import Role
from riskpoints.rules.enums import CheckEvery, DayKind, Duty, Every, Grade, Key, Mode, Readers

CHANNELS = "中央纪委国家监委举报网站 www.12388.gov.cn，举报电话 12388；学校纪委信箱。"

# The document names laws of its day (R29, T19).
WORDED = "系统默认是文件的原话。法规修订后在这里改；以前核定的等级仍写当时的表述。"
RESPONSIBLE = "文件只说“分级负责”，由谁负责是校内默认。空缺时由上一级代，登记册和清单里写明。"
CHECKED = "文件要求动态监控，没有规定多久一次。一个时段按它最后一天的规定：中途修改不影响已经到期的检查。"
DEADLINE = "文件没有规定期限，这是校内默认。按工作日计算，节假日和调休以“工作日历”为准；已经发出的不受影响。"
AGAIN = "文件只说“整改不力……予以追究”。到了这个次数还不合格，只能升级，不能再次重新整改。"


@dataclass(frozen=True)
class Default:
    """The product's own value of a rule (校内默认), the role that may change it, and a sentence of help."""

    value: Any
    changed_by: Role
    help: str


DEFAULTS: dict[Key, Default] = {
    Key.PUBLICATION_MODE: Default(Mode.AUTOMATIC, Role.OFFICE, "文件只要求公示，没有规定怎么公示。"),
    Key.PUBLICATION_DAYS: Default(5, Role.OFFICE, "从贴出的次日算起；0 表示不设公示期。正在公示的不受影响。"),
    Key.PUBLICATION_DAY_KIND: Default(DayKind.WORKING, Role.OFFICE, "工作日按“工作日历”计算，调休和节假日在那里登记。"),
    Key.BLOCKS_CONFIRMATION: Default(True, Role.OFFICE, "公示期内收到的意见没有办结，表不能签字确定。"),
    Key.RISK_NODES: Default(False, Role.REVIEWER, "选“否”时只提示，不妨碍提交。风险节点在“职权目录”里标明。"),
    Key.RESPONSIBLE_FIRST: Default(Duty.PRINCIPAL, Role.REVIEWER, RESPONSIBLE),
    Key.RESPONSIBLE_SECOND: Default(Duty.LEADER, Role.REVIEWER, RESPONSIBLE),
    Key.RESPONSIBLE_THIRD: Default(Duty.HEAD, Role.REVIEWER, RESPONSIBLE),
    Key.CHECK_FIRST: Default(CheckEvery.QUARTER, Role.REVIEWER, CHECKED),
    Key.CHECK_SECOND: Default(CheckEvery.HALF, Role.REVIEWER, CHECKED),
    Key.CHECK_THIRD: Default(CheckEvery.YEAR, Role.REVIEWER, CHECKED),
    Key.DAYS_RECEIPT: Default(2, Role.REVIEWER, DEADLINE),
    Key.DAYS_REPLY: Default(10, Role.REVIEWER, DEADLINE),
    Key.DAYS_TALK_REPLY: Default(5, Role.REVIEWER, DEADLINE),
    Key.DAYS_VERIFY: Default(10, Role.REVIEWER, DEADLINE),
    Key.ROUNDS: Default(2, Role.REVIEWER, AGAIN),
    Key.CONTACT: Default("领导小组办公室（设在纪委）", Role.OFFICE, "印在公示稿上，写部门、地点和办公电话。"),
    Key.IN_FORCE: Default(
        {"readers": Readers.LOGGED_IN, "except": []}, Role.OFFICE, "公示期内的表总是公开的；这里定期满以后。"
    ),
    Key.HARM_SEVERE: Default("如有可能触犯国家法律，构成犯罪的风险等", Role.REVIEWER, WORDED),
    Key.HARM_CONSIDERABLE: Default(
        "如有可能违反《中国共产党纪律处分条例》、《行政机关公务员处分条例》等相关法规，受到纪律处分的风险等",
        Role.REVIEWER,
        WORDED,
    ),
    Key.HARM_LIMITED: Default("可能造成不良社会影响或一定经济损失的风险", Role.REVIEWER, WORDED),
    Key.REVIEW_EVERY: Default(
        Every.YEAR, Role.REVIEWER, "从签字确定或上次复核算起。到期以前 30 天起请部门负责人修订，或登记复核无变化。"
    ),
    Key.REMIND_OFFSETS: Default(
        {"before": [30, 7, 1], "every": 7}, Role.OFFICE, "到期和逾期的事项自动提醒经办人；随时可以另行催办。"
    ),
    Key.GRADES: Default(
        {Grade.EXCELLENT: 90, Grade.GOOD: 80, Grade.FAIR: 70},
        Role.OFFICE,
        "文件只写了“优秀”，其余等次和分数线是校内默认。已经审定的考核仍按审定那天的规定。",
    ),
    Key.CHANNELS: Default(CHANNELS, Role.OFFICE, "公示页和公示稿上写明。请写单位电话，不写个人手机号。"),
}
