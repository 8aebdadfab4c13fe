"""What the audit trail calls changes of the library: stable keys with today's captions."""

from riskcontrol.verbs import Verb


class LibraryVerb(Verb):
    """Everything that the library writes into the trail."""

    SHIP = "library.ship", "随系统更新典型风险库"
    ADD = "library.add", "新增典型风险"
    CHANGE = "library.change", "修改典型风险"
    RETIRE = "library.retire", "停用典型风险"
    BRING_BACK = "library.bring_back", "恢复典型风险"
    IMPORT = "library.import", "从 Excel 导入典型风险库"
    EXPORT = "library.export", "导出典型风险库"
    NOT_APPLICABLE = "library.not_applicable", "确认典型风险不适用"
    APPLICABLE = "library.applicable", "撤回典型风险不适用"
    QUESTIONS = "library.questions", "修改引导问题"
