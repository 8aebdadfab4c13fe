"""What the audit trail calls the year's work: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class CampaignVerb(Verb):
    """Everything that the year's work writes into the trail."""

    EDUCATION_RECORD = "education.record", "登记廉政教育"
    EDUCATION_CHANGE = "education.change", "更改廉政教育记录"
    EDUCATION_FILE = "education.file", "添加教育材料"
    EDUCATION_DOWNLOAD = "education.download", "下载教育材料"
    EDUCATION_PRINT = "education.print", "打印廉政教育记录"


READING = (CampaignVerb.EDUCATION_DOWNLOAD, CampaignVerb.EDUCATION_PRINT)
