"""The indicators that are offered for a year (校内默认): groups and weights after sheets that schools use."""

from dataclasses import dataclass

from riskpoints.oversight.enums import Formula, IndicatorKind


@dataclass(frozen=True)
class Row:
    """One indicator as it is typed; with a formula it is automatic."""

    group: str
    text: str
    weight: int
    formula: str = ""
    guide: str = ""

    @property
    def kind(self) -> IndicatorKind:
        return IndicatorKind.AUTOMATIC if self.formula else IndicatorKind.MANUAL


LEADING, POWERS, FINDING = "组织与责任", "职权和流程", "查找与定级"
MEASURES, WATCHING = "防控措施与制度", "监控与整改"
PUBLIC, TEACHING = "公示与参与", "宣传教育"
DEFAULT = (
    Row(LEADING, "按期提交部门防控表", 4, Formula.ON_TIME, "按期得满分，每迟一天减一成。"),
    Row(LEADING, "防控表一次通过审核", 3, Formula.FIRST_PASS, "每退回一次，按次数折减。"),
    Row(LEADING, "责任落实到人，负责人带头查找和防控", 3, guide="有分工、有研究记录得满分，缺一项减 1 分。"),
    Row(POWERS, "职权目录备案", 6, Formula.POWERS, "按已备案职权的比例得分。"),
    Row(POWERS, "权力运行流程图与实际一致，风险环节已标明", 4, guide="抽查两项职权，一项不符减 2 分。"),
    Row(FINDING, "岗位覆盖", 8, Formula.POSTS, "按有风险点或写明没有的岗位比例得分。"),
    Row(FINDING, "四类风险完整", 6, Formula.CATEGORIES, "按有风险点或写明“无”的类别比例得分。"),
    Row(FINDING, "风险点切合岗位实际，等级恰当", 6, guide="抽查三个风险点，一个不实减 2 分。"),
    Row(MEASURES, "一级风险三个阶段都有措施", 5, Formula.STAGES, "按三个阶段措施齐全的一级风险点比例得分。"),
    Row(MEASURES, "防范措施具体", 4, Formula.VAGUE, "空泛的措施按比例减分。"),
    Row(MEASURES, "引用的制度现行有效", 3, Formula.REPEALED, "引用失效制度的按比例减分。"),
    Row(MEASURES, "制度健全并执行", 8, guide="查阅制度和执行记录，缺制度或不执行，每项减 2 分。"),
    Row(WATCHING, "按期完成部门自查", 5, Formula.CHECKS, "按已提交的自查表比例得分。"),
    Row(WATCHING, "防控措施落实", 5, Formula.CARRIED_OUT, "落实得 1，部分落实得 0.5，未落实不得分。"),
    Row(WATCHING, "整改按期", 3, Formula.RECTIFIED, "按期回告的比例得分。"),
    Row(WATCHING, "问题销号", 3, Formula.CLOSED, "按已销号的比例得分。"),
    Row(WATCHING, "自查记录真实，问题不遮不掩", 4, guide="对照台账抽查，一处不实减 2 分。"),
    Row(PUBLIC, "公示意见办结", 3, Formula.OPINIONS, "按已办结的比例得分。"),
    Row(PUBLIC, "对部门的建议答复", 3, Formula.PROPOSALS, "按已答复的比例得分。"),
    Row(PUBLIC, "职工参与查找风险", 4, Formula.TAKING_PART, "六成以上职工提过建议得满分，不足的按比例得分。"),
    Row(TEACHING, "廉政教育参训", 4, Formula.EDUCATION, "按实到人次的比例得分。"),
    Row(TEACHING, "一级岗位人员受教育", 3, Formula.FIRST_POSTS, "按任职人受过教育的一级岗位比例得分。"),
    Row(TEACHING, "教育内容结合岗位风险", 3, guide="有针对本部门风险点的内容得满分。"),
)
