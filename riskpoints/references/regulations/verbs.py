"""What the audit trail calls changes of 制度库: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class RegulationVerb(Verb):
    """Everything that 制度库 writes into the trail."""

    ADD = "regulation.add", "登记制度"
    CHANGE = "regulation.change", "修改制度"
    ADOPT = "regulation.adopt", "登记制度施行"
    DROP = "regulation.drop", "终止拟订制度"
    REVISE = "regulation.revise", "开始修订制度"
    FINISH = "regulation.finish", "制度修订后施行"
    STOP = "regulation.stop", "停止修订制度"
    REPLACE = "regulation.replace", "登记制度被替代"
    REPEAL = "regulation.repeal", "废止制度"
    REINSTATE = "regulation.reinstate", "撤销废止制度"
    FILE_ADD = "regulation.file_add", "上传制度文件"
    FILE_REPLACE = "regulation.file_replace", "更换制度文件"
    PLAN = "regulation.plan", "登记废改立意见"
    CHECK = "regulation.check", "登记制度执行检查"
    FILE_DOWNLOAD = "regulation.file_download", "下载制度文件"
    LIST_DOWNLOAD = "regulation.list_download", "下载废改立清单"


READING = (RegulationVerb.FILE_DOWNLOAD, RegulationVerb.LIST_DOWNLOAD)
