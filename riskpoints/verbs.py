"""What the audit trail calls the work on the register: stable keys with today's captions (riskcontrol.verbs)."""

from django.db import models

from riskcontrol.verbs import Fact, Verb
from riskpoints.enums import Action


class RegisterVerb(Verb):
    """Everything that the register writes into the trail; a decision is called what its act is called."""

    # Decisions
    SUBMIT = "version.submit", Action.SUBMIT.label
    RECALL = "version.recall", Action.RECALL.label
    RETURN = "version.return", Action.RETURN.label
    APPROVE = "version.approve", Action.APPROVE.label
    CONFIRM = "version.confirm", Action.CONFIRM.label
    DISCARD = "version.discard", Action.DISCARD.label
    RECORD = "version.record", Action.RECORD.label
    COMPARE = "version.compare", Action.COMPARE.label
    MISMATCH = "version.mismatch", Action.MISMATCH.label
    # One table's life
    START = "version.start", Action.START.label
    REVISE = "version.revise", Action.REVISE.label
    CARRY_OVER = "version.carry_over", "结转"
    CHANGE_HEAD = "version.change_head", "修改表头"
    IMPORT_SHEET = "version.import", "导入整张表"
    UNDO_IMPORT = "version.undo_import", "撤销导入"
    UNDO_ACT = "version.undo_act", "撤销上一步"
    POINT_ADD = "point.add", "新增风险点"
    POINT_CHANGE = "point.change", "修改风险点"
    POINT_REMOVE = "point.remove", "删除风险点"
    POINT_MOVE = "point.move", "调整风险点顺序"
    MEASURE_ADD = "measure.add", "新增防范措施"
    MEASURE_CHANGE = "measure.change", "修改防范措施"
    MEASURE_REMOVE = "measure.remove", "删除防范措施"
    MEASURE_MOVE = "measure.move", "调整防范措施顺序"
    NIL_DECLARE = "nil.declare", "确认为无"
    NIL_WITHDRAW = "nil.withdraw", "取消无"
    POST_EXEMPT = "exemption.add", "说明岗位无风险点"
    POST_UNEXEMPT = "exemption.remove", "取消岗位无风险点说明"
    RENAME_OWNER = "version.rename_owner", "更新科室名称"
    REFRESH_POST = "post.refresh", "更新岗位名称和等级下限"
    REFRESH_CITATIONS = "measure.refresh", "更新引用制度的名称"
    REFRESH_CO_DEPARTMENTS = "co_departments.refresh", "更新配合部门的名称"
    NOTE_PROPOSER = "version.note_proposer", "采纳建议的提出人不再审核"
    INHERIT = "point.inherit", "采纳接管部门的风险点"
    WALK = "point.walk", "逐条核对"
    OFFER_TAKE = "offer.take", "采纳新版"
    OFFER_DECLINE = "offer.decline", "不采纳新版"
    FOLLOW_SOURCE = "version.follow_source", "更新所本版本"
    ASSESS = "point.assess", Action.ASSESS.label
    REMARK = "version.remark", "审核意见"
    ANSWER_REMARK = "version.answer_remark", "答复审核意见"
    RECORD_MEETING = "version.record_meeting", "登记会议决定"
    NOTE_SIGNATURE = "version.note_signature", "登记签字，待补扫描件"
    ADD_SCAN = "version.add_scan", Action.ADD_SCAN.label
    REPLACE_SCAN = "version.replace_scan", Action.REPLACE_SCAN.label
    RECEIVE_SCANS = "scans.receive", "上传一批签字扫描件"
    SORT_SCANS = "scans.sort", "分派一批签字扫描件"
    DISCARD_SCANS = "scans.discard", "放弃没有分派的扫描件"
    PUBLICATION_POST = "publication.post", "贴出公示"
    PUBLICATION_END = "publication.end", "终止公示"
    PUBLISH = "version.publish", "列入公示"
    UNPUBLISH = "version.unpublish", "退出公示"
    # Years
    YEAR_OPEN = "year.open", "开启年度"
    YEAR_CHANGE = "year.change", "修改年度日程"
    YEAR_WITHDRAW = "year.withdraw", "撤销年度"
    YEAR_CLOSE = "year.close", "关闭年度"
    YEAR_IMPORT = "year.import", "导入年度档案"
    TABLE_ADD = "table.add", "补建防控表"
    TABLE_REMOVE = "table.remove", "移出年度"
    TABLE_RESTORE = "table.restore", "恢复到年度"
    ARCHIVE_BUILD = "archive.build", "生成年度档案"
    SAMPLE_LOAD = "sample.load", "载入示范学校"
    # Reading
    ARCHIVE_DOWNLOAD = "archive.download", "下载年度档案"
    ARCHIVE_VERIFY = "archive.verify", "核验年度档案"
    AUDIT_VERIFY = "audit.verify", "核验审计记录"
    REGISTER_EXPORT = "register.export", "导出登记汇总表"
    CHANGES_EXPORT = "changes.export", "导出年度对照"
    VERSION_EXPORT = "version.export", "导出防控表"
    VERSION_DOWNLOAD = "version.download", "下载防控表"
    POSTS_DOWNLOAD = "posts.download", "下载岗位一览表"
    SCAN_VIEW = "scan.view", "查看签字扫描件"
    BLANK_DOWNLOAD = "blank.download", "下载空白表"
    TEMPLATE_DOWNLOAD = "template.download", "下载导入模板"
    NOTICE_DOWNLOAD = "publication.download", "下载公示稿"
    YEAR_DOWNLOAD = "year.download", "下载全年防控表"
    PROGRESS_DOWNLOAD = "progress.download", "下载进度表"
    GROUP_DOWNLOAD = "group.download", "下载附件1"
    EXPORT_ASK = "export.ask", "排队生成文件"
    EXPORT_REMOVE = "export.remove", "删除导出的文件"


# Rows of a table, by the name of their model.
KINDS = {"RiskPoint": "point", "Measure": "measure"}


def verb_of_row(act: str, row: models.Model) -> RegisterVerb:
    """The verb of adding, changing, removing or moving a point or a measure (`add`, `change`, `remove`, `move`)."""
    return RegisterVerb(f"{KINDS[type(row).__name__]}.{act}")


class RegisterFact(Fact):
    """What verification, years and archives look up in details."""

    CONTENT_HASH = "content_hash", "内容校验值"
    OPEN_HASH = "open_hash", "公开内容校验值"
    COMMENT = "comment", "意见"
    YEAR_RECORD = "year_record", "年度资料"
    EXTRACTS = "extracts", "审计记录"
    KEPT_FILES = "kept_files", "存档文件"
    ARCHIVE_HASH = "archive_hash", "档案"
    MEETING_HASH = "meeting_hash", "会议决定校验值"
    SIGNATURE = "signature", "签字"
    DOCUMENTS = "documents", "存档的表"


# The acts that leave a decision, by their verbs.
DECISIONS = {
    verb: Action(verb.value.removeprefix("version."))
    for verb in (
        RegisterVerb.SUBMIT,
        RegisterVerb.RECALL,
        RegisterVerb.RETURN,
        RegisterVerb.APPROVE,
        RegisterVerb.CONFIRM,
        RegisterVerb.DISCARD,
        RegisterVerb.RECORD,
        RegisterVerb.COMPARE,
        RegisterVerb.MISMATCH,
    )
}
READING = (
    RegisterVerb.ARCHIVE_DOWNLOAD,
    RegisterVerb.ARCHIVE_VERIFY,
    RegisterVerb.AUDIT_VERIFY,
    RegisterVerb.REGISTER_EXPORT,
    RegisterVerb.CHANGES_EXPORT,
    RegisterVerb.VERSION_EXPORT,
    RegisterVerb.VERSION_DOWNLOAD,
    RegisterVerb.POSTS_DOWNLOAD,
    RegisterVerb.SCAN_VIEW,
    RegisterVerb.BLANK_DOWNLOAD,
    RegisterVerb.TEMPLATE_DOWNLOAD,
    RegisterVerb.NOTICE_DOWNLOAD,
    RegisterVerb.YEAR_DOWNLOAD,
    RegisterVerb.PROGRESS_DOWNLOAD,
    RegisterVerb.GROUP_DOWNLOAD,
    RegisterVerb.EXPORT_ASK,
    RegisterVerb.EXPORT_REMOVE,
)


def verb_of(action: str) -> RegisterVerb:
    """The verb of a decision."""
    return RegisterVerb(f"version.{action}")


# As entries were written before there were keys; nothing is ever added or changed here.
FORMER = {
    "提交纪委审核": RegisterVerb.SUBMIT,
    "撤回": RegisterVerb.RECALL,
    "退回修改": RegisterVerb.RETURN,
    "审核通过，核定等级": RegisterVerb.APPROVE,
    "确定": RegisterVerb.CONFIRM,
    "作废本修订稿": RegisterVerb.DISCARD,
    "补录历史表": RegisterVerb.RECORD,
    "核对补录": RegisterVerb.COMPARE,
    "核对不符，退回重录": RegisterVerb.MISMATCH,
    "开始填报": RegisterVerb.START,
    "修订": RegisterVerb.REVISE,
    "结转": RegisterVerb.CARRY_OVER,
    "修改表头": RegisterVerb.CHANGE_HEAD,
    "从 Excel 导入": RegisterVerb.IMPORT_SHEET,
    "新增风险点": RegisterVerb.POINT_ADD,
    "修改风险点": RegisterVerb.POINT_CHANGE,
    "删除风险点": RegisterVerb.POINT_REMOVE,
    "调整风险点顺序": RegisterVerb.POINT_MOVE,
    "新增防范措施": RegisterVerb.MEASURE_ADD,
    "修改防范措施": RegisterVerb.MEASURE_CHANGE,
    "删除防范措施": RegisterVerb.MEASURE_REMOVE,
    "调整防范措施顺序": RegisterVerb.MEASURE_MOVE,
    "确认为无": RegisterVerb.NIL_DECLARE,
    "取消无": RegisterVerb.NIL_WITHDRAW,
    "说明岗位无风险点": RegisterVerb.POST_EXEMPT,
    "取消岗位无风险点说明": RegisterVerb.POST_UNEXEMPT,
    "更新科室名称": RegisterVerb.RENAME_OWNER,
    "更新岗位名称和等级下限": RegisterVerb.REFRESH_POST,
    "采纳建议的提出人不再审核": RegisterVerb.NOTE_PROPOSER,
    "采纳接管部门的风险点": RegisterVerb.INHERIT,
    "采纳新版": RegisterVerb.OFFER_TAKE,
    "不采纳新版": RegisterVerb.OFFER_DECLINE,
    "更新所本版本": RegisterVerb.FOLLOW_SOURCE,
    "核定等级": RegisterVerb.ASSESS,
    "审核意见": RegisterVerb.REMARK,
    "答复审核意见": RegisterVerb.ANSWER_REMARK,
    "登记签字，待补扫描件": RegisterVerb.NOTE_SIGNATURE,
    "登记签字扫描件": RegisterVerb.ADD_SCAN,
    "更换签字扫描件": RegisterVerb.REPLACE_SCAN,
    "贴出公示": RegisterVerb.PUBLICATION_POST,
    "终止公示": RegisterVerb.PUBLICATION_END,
    "列入公示": RegisterVerb.PUBLISH,
    "退出公示": RegisterVerb.UNPUBLISH,
    "开启年度": RegisterVerb.YEAR_OPEN,
    "修改年度日程": RegisterVerb.YEAR_CHANGE,
    "撤销年度": RegisterVerb.YEAR_WITHDRAW,
    "关闭年度": RegisterVerb.YEAR_CLOSE,
    "导入年度档案": RegisterVerb.YEAR_IMPORT,
    "补建防控表": RegisterVerb.TABLE_ADD,
    "移出年度": RegisterVerb.TABLE_REMOVE,
    "恢复到年度": RegisterVerb.TABLE_RESTORE,
    "生成年度档案": RegisterVerb.ARCHIVE_BUILD,
    "载入示范学校": RegisterVerb.SAMPLE_LOAD,
    "下载年度档案": RegisterVerb.ARCHIVE_DOWNLOAD,
    "核验年度档案": RegisterVerb.ARCHIVE_VERIFY,
    "核验审计记录": RegisterVerb.AUDIT_VERIFY,
    "导出登记汇总表": RegisterVerb.REGISTER_EXPORT,
    "导出年度对照": RegisterVerb.CHANGES_EXPORT,
    "导出防控表": RegisterVerb.VERSION_EXPORT,
    "下载防控表": RegisterVerb.VERSION_DOWNLOAD,
    "下载岗位一览表": RegisterVerb.POSTS_DOWNLOAD,
    "查看签字扫描件": RegisterVerb.SCAN_VIEW,
    "下载空白表": RegisterVerb.BLANK_DOWNLOAD,
    "下载导入模板": RegisterVerb.TEMPLATE_DOWNLOAD,
    "下载公示稿": RegisterVerb.NOTICE_DOWNLOAD,
    "下载全年防控表": RegisterVerb.YEAR_DOWNLOAD,
    "下载进度表": RegisterVerb.PROGRESS_DOWNLOAD,
    "下载附件1": RegisterVerb.GROUP_DOWNLOAD,
    "下载签字扫描件": RegisterVerb.SCAN_VIEW,
}
FORMER_FACTS = {
    "内容校验值": RegisterFact.CONTENT_HASH,
    "公开内容校验值": RegisterFact.OPEN_HASH,
    "意见": RegisterFact.COMMENT,
    "年度资料": RegisterFact.YEAR_RECORD,
    "审计记录": RegisterFact.EXTRACTS,
    "存档文件": RegisterFact.KEPT_FILES,
    "档案": RegisterFact.ARCHIVE_HASH,
}
