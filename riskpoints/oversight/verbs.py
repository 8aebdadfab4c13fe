"""What the audit trail calls oversight: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class OversightVerb(Verb):
    """Everything that oversight writes into the trail."""

    CHECK_START = "check.start", "开始检查"
    CHECK_FILL = "check.fill", "填写检查表"
    CHECK_SUBMIT = "check.submit", "提交检查表"
    CHECK_REVIEW = "check.review", "复核检查表"
    CHECK_RETURN = "check.return", "退回检查表"
    CHECK_EVIDENCE = "check.evidence", "添加检查证据"
    CHECK_EVIDENCE_REMOVE = "check.evidence_remove", "移除检查证据"
    CHECK_DOWNLOAD = "check.download", "下载检查证据"
    CHECK_PRINT = "check.print", "打印检查表和检查汇总"


READING = (OversightVerb.CHECK_DOWNLOAD, OversightVerb.CHECK_PRINT)
