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
    FINDING_REGISTER = "finding.register", "登记问题"
    FINDING_DROP = "finding.drop", "问题不予处置"
    FINDING_PASS_ON = "finding.pass_on", "转办问题"
    FINDING_DEMAND = "finding.demand", "要求修订防控表"
    FINDING_ANSWER = "finding.answer", "修订防控表回应问题"
    FINDING_CLOSE = "finding.close", "问题销号"
    HANDLING_DRAFT = "handling.draft", "拟办处置"
    HANDLING_APPROVE = "handling.approve", "批准发出处置"
    HANDLING_WITHDRAW = "handling.withdraw", "撤销拟办的处置"
    HANDLING_RECEIVE = "handling.receive", "签收处置"
    HANDLING_RECORD_RECEIPT = "handling.record_receipt", "登记签收"
    HANDLING_RECORD_TALK = "handling.record_talk", "登记谈话"
    HANDLING_REPLY = "handling.reply", "整改回告"
    HANDLING_RECORD_REPLY = "handling.record_reply", "登记书面回告"
    HANDLING_ACCEPT = "handling.accept", "核查合格销号"
    HANDLING_REJECT = "handling.reject", "核查不合格"
    HANDLING_ASK = "handling.ask", "申请整改延期"
    HANDLING_GRANT = "handling.grant", "同意整改延期"
    HANDLING_REFUSE = "handling.refuse", "不同意整改延期"
    HANDLING_COMPLAINT = "handling.complaint", "登记群众仍有反映"
    HANDLING_ESCALATE = "handling.escalate", "升级处置"
    HANDLING_LEAVE = "handling.leave", "处置因人员离校结束"
    HANDLING_VIEW = "handling.view", "查看个人事项"
    HANDLING_PRINT = "handling.print", "打印问题和处置文书"
    HANDLING_DOWNLOAD = "handling.download", "下载整改附件"
    INDICATORS_DRAFT = "indicators.draft", "起草考核指标"
    INDICATORS_CHANGE = "indicators.change", "修改考核指标"
    INDICATORS_ACTIVATE = "indicators.activate", "启用考核指标"
    ASSESSMENT_BEGIN = "assessment.begin", "开始自评"
    ASSESSMENT_HEADS = "assessment.heads", "登记负责人变动"
    ASSESSMENT_FILL = "assessment.fill", "填写自评"
    ASSESSMENT_SUBMIT = "assessment.submit", "提交自评"
    ASSESSMENT_SCORE = "assessment.score", "核分"
    ASSESSMENT_FINISH = "assessment.finish", "核分完毕"
    ASSESSMENT_RETURN = "assessment.return", "退回自评"
    ASSESSMENT_DECIDE = "assessment.decide", "登记考核审定"
    ASSESSMENT_CORRECT = "assessment.correct", "更正考核等次"
    ASSESSMENT_DOWNLOAD = "assessment.download", "下载自评备查材料"
    ASSESSMENT_PRINT = "assessment.print", "打印考核评分表和结果"
    VETO_PROPOSE = "veto.propose", "拟定“优秀”否决"
    VETO_CONFIRM = "veto.confirm", "“优秀”否决生效"
    VETO_WITHDRAW = "veto.withdraw", "撤销拟定的“优秀”否决"
    VETO_LIFT = "veto.lift", "解除“优秀”否决"
    VETO_VIEW = "veto.view", "查看“优秀”否决"


READING = (
    OversightVerb.CHECK_DOWNLOAD,
    OversightVerb.CHECK_PRINT,
    OversightVerb.HANDLING_VIEW,
    OversightVerb.HANDLING_PRINT,
    OversightVerb.HANDLING_DOWNLOAD,
    OversightVerb.ASSESSMENT_DOWNLOAD,
    OversightVerb.ASSESSMENT_PRINT,
    OversightVerb.VETO_VIEW,
)
