"""Labels, notes and headings of the printed forms, word for word as in the founding document (T14: the forms differ).

A label that stands on two lines of its cell is a tuple of them.
"""

# 附件2. Its numbers are written "1、", its note 2 says 防控措施, its sources are 自查、反馈意见.
SCHOOL_ANNEX = "附件2："
SCHOOL_SIGNER = "单位主要负责人（签字）："
SCHOOL_NAME = ("单位名称", "（公章）")
SCHOOL_FUNCTION = ("业务职能",)
SCHOOL_NOTES = (
    ("1、", "本表一式二份，上级主管单位及填表单位各存一份；"),
    ("2、", "廉政风险点及防控措施根据自查、反馈意见等情况填写；"),
    ("3、", "本表须经单位主要负责人签字，并加盖公章；"),
    ("4、", "如有需要，可另附页。"),
)

# 附件4. Its numbers are written "1.", its note 2 says 防范措施, its sources are 自查、互提、反馈意见.
DEPARTMENT_ANNEX = "附件4"
DEPARTMENT_SIGNER = "部门主要负责人（签字）："
DEPARTMENT_NAME = "科室名称"
DEPARTMENT_HEAD = "负责人姓名"
DEPARTMENT_DUTIES = ("业务工作职责",)
DEPARTMENT_LEVEL = ("单位确定", "风险等级")
LEVEL_SIGNATURE = "签字："
# Of the 校领导班子, about whose posts a meeting decides (R53).
LEVEL_SEAL = "盖章："
MEETING = "会议决定："
DECIDED_AT = "{}{}逐岗位决定，会议纪要 {}"
TO_BE_DECIDED = "　　　　年　　月　　日由会议逐岗位决定，会议纪要编号：　　　　　　"
DEPARTMENT_NOTES = (
    ("1.", "本表一式二份，学校纪委及填表部门各存一份；"),
    ("2.", "廉政风险点及防范措施由各部门根据自查、互提、反馈意见等情况填写；"),
    ("3.", "单位确定风险等级须经主要负责人签字，并加盖公章；"),
    ("4.", "如有需要，可另附页。"),
)

# Both forms.
FILLED_ON = "填表日期："
CATEGORY = "风险类别"
POINTS = "风险点"
MEASURES = "防范措施"
NOTES = "注："
NIL = "无"
BLANK_DATE = "    年  月  日"
CONTINUED = "（续）"

# 附件1.
GROUP_ANNEX = "附件1"
CHIEF = "组　长："
DEPUTY = "副组长："
MEMBERS = "成　员："

# What stands on the side of the points beside measures of the whole category.
ALL_POINTS = "〔本类各项〕"

# Papers of the school's own, without an annex number (domain.md, Decided: not called 附件3).
POST_SHEET_TITLE = "岗位廉政风险防控一览表"
REGISTER_TITLE = "廉政风险登记汇总表"
TOTALS_TITLE = "按部门汇总"
REGISTER_A4 = "本版只印主要栏目，全部栏目见 A3 版和 Excel。"
SEE_ANNEX = "各岗位风险等级详见附页。"
EXTRA_PAGE = "附页"
DRAFT = "草稿"
