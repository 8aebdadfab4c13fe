"""The columns of the import template, declared once for the sheet that is written and the one that is read."""

from dataclasses import dataclass

from riskpoints import fields


@dataclass(frozen=True)
class Column:
    """One column: the field of FilePoint or FileMeasure it fills, its title, its width in mm, and how it is filled in.

    `of` is point, measure, or both for what says where a row belongs.
    """

    name: str
    title: str
    width: float
    guide: str
    of: str = "point"
    is_for_school: bool = True


COLUMNS = (
    # What nearly every row says stands first, in sight without scrolling; the rest is filled in by few.
    Column("number", "序号", 11, "给风险点编号，供“也针对序号”引用；可以不填。", "both"),
    Column("category", "风险类别", 26, "从下拉列表中选。与上一行相同时可以不填。", "both"),
    Column("post", "岗位", 28, "从下拉列表中选；部门层面的风险点不填。", is_for_school=False),
    Column("text", "风险点", 62, "不超过 1000 字。这一类没有风险点的，填“无”；对本类全部风险点的措施，填“本类各项”。"),
    Column("text", "防范措施", 62, "不超过 2000 字。同一风险点的第二条措施写在下一行，风险点一栏留空。", "measure"),
    Column("likelihood", "发生机率", 18, "高、较高、较小。", is_for_school=False),
    Column("harm", "危害程度", 20, "严重、较为严重、一般。", is_for_school=False),
    Column("level", "建议等级", 22, "一级（高）、二级（中）、三级（低）；不填的按规则得出。", is_for_school=False),
    Column("responsible", "责任人", 24, "风险点的责任人，不超过 64 字。选填。"),
    Column("manifestation", "表现形式", 45, "怎样看得出来，不超过 1000 字。选填。"),
    Column("matter", "管理事项或流程环节", 32, "不超过 200 字。选填。"),
    Column("reason", "建议理由", 32, "建议的等级低于按规则得出的等级时必须写明，不超过 500 字。", is_for_school=False),
    Column("methods", "查找方法", 28, "自己找、群众提、互相查、领导点、组织评、其他；几种之间用顿号。选填。"),
    Column("other", "其他方法", 24, "查找方法有“其他”时写明，不超过 200 字。"),
    Column("state", "状态", 24, "潜在的风险（不填即是）、已存在的风险。"),
    Column("key", "重点领域", 16, "属于重点领域、重点环节或关键岗位的填“是”。"),
    Column("also", "也针对序号", 18, "这条措施还针对哪些序号的风险点，如 2、3。选填。", "measure"),
    Column("stage", "阶段", 20, "前期预防、中期监控、后期处置。选填。", "measure"),
    Column("responsible", "措施责任人", 24, "不超过 64 字。选填。", "measure"),
    Column("timing", "时限或频次", 28, "不超过 64 字。选填。", "measure"),
    Column("basis", "制度依据", 32, "不超过 200 字。选填。", "measure"),
)
# Which row of the draft a row was, in hidden columns: an edited template comes back as changes, not as new rows.
CODES = (Column("code", "风险点编码", 12, "", "point"), Column("code", "措施编码", 12, "", "measure"))
POINT = next(column for column in COLUMNS if (column.of, column.name) == ("point", "text"))
MEASURE = next(column for column in COLUMNS if (column.of, column.name) == ("measure", "text"))
# Titles that only the template has, to be told from the printed form by.
NEEDED = frozenset({"风险类别", "风险点", "防范措施"})
SHARED = "本类各项"


def columns() -> tuple[Column, ...]:
    """All of them, and one for each plain text that has no place of its own (riskpoints/fields.py)."""
    found = [
        Column(field.name, field.title, 32, "日期，如 2027-06-30。选填。" if field.is_day else "选填。", of)
        for of, kind in (("point", fields.POINT), ("measure", fields.MEASURE))
        for field in fields.plain(kind)
    ]
    return (*COLUMNS, *found)


def columns_for(*, is_school: bool) -> tuple[Column, ...]:
    """Those of one kind of table: 附件2 knows neither posts nor levels."""
    return tuple(column for column in columns() if column.is_for_school or not is_school)
