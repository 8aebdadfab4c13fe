"""What the audit trail calls changes of the school rules: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class RuleVerb(Verb):
    """Everything that the school rules write into the trail."""

    RULE_CHANGE = "rule.change", "修改校内规则"
    CALENDAR_CHANGE = "calendar.change", "修改工作日历"


# As entries were written before there were keys; nothing is ever added or changed here.
FORMER = {
    "修改校内规则": RuleVerb.RULE_CHANGE,
    "修改工作日历": RuleVerb.CALENDAR_CHANGE,
}
