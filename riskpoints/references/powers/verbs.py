"""What the audit trail calls what happens to powers: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class PowerVerb(Verb):
    """Everything that the catalogue of powers writes into the trail."""

    DRAFT = "power.draft", "起草职权"
    CHANGE = "power.change", "修改职权草稿"
    SUBMIT = "power.submit", "提交职权备案"
    RECALL = "power.recall", "撤回职权备案"
    DISCARD = "power.discard", "作废职权草稿"
    FILE = "power.file", "职权备案"
    RETURN = "power.return", "退回职权"
    RETIRE = "power.retire", "停用职权"
    PUBLISH = "power.publish", "设置职权公开"
    TAKE_OVER = "power.take_over", "接管职权"
    DOWNLOAD = "power.download", "下载职权文件"
