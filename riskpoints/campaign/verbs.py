"""What the audit trail calls the year's work: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class CampaignVerb(Verb):
    """Everything that the year's work writes into the trail."""

    EDUCATION_RECORD = "education.record", "登记廉政教育"
    EDUCATION_CHANGE = "education.change", "更改廉政教育记录"
    EDUCATION_FILE = "education.file", "添加教育材料"
    EDUCATION_MEASURES = "education.measures", "标明教育类措施"
    EDUCATION_DOWNLOAD = "education.download", "下载教育材料"
    EDUCATION_PRINT = "education.print", "打印廉政教育记录"
    MILESTONE_CHANGE = "milestone.change", "维护计划节点"
    TASK_CHANGE = "task.change", "维护计划任务"
    TASK_ACT = "task.act", "办理计划任务"
    TASK_DOWNLOAD = "task.download", "下载任务附件"
    SUPERVISION_ISSUE = "supervision.issue", "签发督办单"
    SUPERVISION_RECEIVE = "supervision.receive", "签收督办单"
    SUPERVISION_REPLY = "supervision.reply", "办复督办单"
    DELIVERY_SEND = "delivery.send", "登记报送"
    DELIVERY_RECEIPT = "delivery.receipt", "登记报送回执"
    DELIVERY_PRINT = "delivery.print", "打印报送回执和登记表"
    BASIS_CHANGE = "basis.change", "维护依据文件"
    BASIS_END = "basis.end", "停止引用依据文件"
    BASIS_DOWNLOAD = "basis.download", "下载依据文件"
    ISSUED_REGISTER = "issued.register", "登记发文"
    ISSUED_CHANGE = "issued.change", "更改发文登记"
    ISSUED_VOID = "issued.void", "作废发文"
    ISSUED_DOWNLOAD = "issued.download", "下载发文"
    ISSUED_PRINT = "issued.print", "打印发文登记表"
    LOOK_THROUGH = "table.look_through", "定期复核，无变化"
    REMINDER_SEND = "reminder.send", "催办"
    REMINDER_RUN = "reminder.run", "自动提醒"
    PLAN_PRINT = "plan.print", "打印年度计划"


READING = (
    CampaignVerb.EDUCATION_DOWNLOAD,
    CampaignVerb.EDUCATION_PRINT,
    CampaignVerb.TASK_DOWNLOAD,
    CampaignVerb.PLAN_PRINT,
    CampaignVerb.BASIS_DOWNLOAD,
    CampaignVerb.ISSUED_DOWNLOAD,
    CampaignVerb.ISSUED_PRINT,
    CampaignVerb.DELIVERY_PRINT,
)
