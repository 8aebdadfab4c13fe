"""What the audit trail calls opinions, objections and proposals: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class ParticipationVerb(Verb):
    """Everything that participation writes into the trail."""

    FEEDBACK_SEND = "feedback.send", "提出意见"
    FEEDBACK_ANSWER = "feedback.answer", "答复意见"
    FEEDBACK_CORRECT = "feedback.correct", "更正答复"
    FEEDBACK_RELEASE = "feedback.release", "受理搁置的意见"
    FEEDBACK_REFER = "feedback.refer", "意见转纪委"
    PETITION_REGISTER = "petition.register", "登记信访编号"
    OBJECTION_OPEN = "objection.open", "转出异议"
    OBJECTION_DECIDE = "objection.decide", "审核异议"
    PROPOSAL_MAKE = "proposal.make", "提出建议"
    PROPOSAL_ANSWER = "proposal.answer", "答复建议"
    PROPOSAL_PREPARE = "proposal.prepare", "准备建议的答复"
    PROPOSAL_WITHDRAW = "proposal.withdraw", "撤回建议"
    CO_ANSWER = "co_answer.give", "答复配合的风险点"
    RESULT_DOWNLOAD = "result.download", "下载公示结果"
    FIGURES_DOWNLOAD = "participation.figures_download", "下载参与情况统计"


READING = (ParticipationVerb.RESULT_DOWNLOAD, ParticipationVerb.FIGURES_DOWNLOAD)
# As entries were written before there were keys; nothing is ever added or changed here.
FORMER = {
    "提出意见": ParticipationVerb.FEEDBACK_SEND,
    "答复意见": ParticipationVerb.FEEDBACK_ANSWER,
    "更正答复": ParticipationVerb.FEEDBACK_CORRECT,
    "受理搁置的意见": ParticipationVerb.FEEDBACK_RELEASE,
    "意见转纪委": ParticipationVerb.FEEDBACK_REFER,
    "登记信访编号": ParticipationVerb.PETITION_REGISTER,
    "转出异议": ParticipationVerb.OBJECTION_OPEN,
    "审核异议": ParticipationVerb.OBJECTION_DECIDE,
    "提出建议": ParticipationVerb.PROPOSAL_MAKE,
    "答复建议": ParticipationVerb.PROPOSAL_ANSWER,
    "撤回建议": ParticipationVerb.PROPOSAL_WITHDRAW,
    "下载公示结果": ParticipationVerb.RESULT_DOWNLOAD,
}
