"""What schools call the columns of their lists: which field each title means. Data; a title not here is asked for.

The words are those of public lists of this kind (部门表, 岗位表, 权力目录, 一览表) and of the founding document.
"""

import re
from dataclasses import dataclass

from riskpoints.importing.form_sheet import squeezed


@dataclass(frozen=True)
class Meaning:
    """A field that a column can fill: its key (point or measure, and the field's name), what it is called in the
    preview, and the titles that mean it."""

    key: str
    label: str
    titles: tuple[str, ...]

    @property
    def of(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]


MEANINGS = (
    Meaning("both.number", "序号", ("序号", "编号", "风险点编号", "风险编号", "岗位风险编号", "NO", "NO.")),
    Meaning("both.category", "风险类别", ("风险类别", "类别", "风险类型", "类型", "风险分类", "风险种类")),
    Meaning(
        "point.post",
        "岗位",
        ("岗位", "责任岗位", "岗位名称", "所在岗位", "涉及岗位", "风险岗位", "风险点涉及的岗位", "岗位职务", "职务岗位",
         "职务", "职位", "工作岗位", "适用对象"),
    ),
    Meaning(
        "point.text",
        "风险点",
        ("风险点", "廉政风险点", "廉洁风险点", "风险点描述", "风险描述", "风险点内容", "风险内容", "廉政风险内容",
         "廉政风险", "风险点及表现形式", "廉政风险点及表现形式", "廉政风险表现", "风险名称", "风险项目", "主要风险点",
         "存在的风险点", "潜在风险点", "风险因素", "风险点及主要内容", "业务流程及制度机制风险点"),
    ),
    Meaning(
        "point.manifestation",
        "表现形式",
        ("表现形式", "风险表现形式", "风险点表现形式", "主要表现形式", "具体表现", "具体表现形式", "主要内容及表现形式",
         "风险表现", "可能产生的后果"),
    ),
    Meaning(
        "point.matter",
        "管理事项或流程环节",
        ("管理事项或流程环节", "管理事项", "工作事项", "事项", "职权名称", "权力名称", "职权事项", "权力事项", "职权",
         "重要环节", "工作环节", "流程环节", "业务环节", "环节", "业务流程", "对应职权", "风险领域"),
    ),
    Meaning("point.likelihood", "发生机率", ("发生机率", "机率", "机率大小", "发生概率", "概率", "可能性")),
    Meaning("point.harm", "危害程度", ("危害程度", "危害", "后果", "严重程度", "损害后果", "后果严重程度")),
    Meaning(
        "point.level",
        "建议等级",
        ("建议等级", "风险等级", "廉政风险等级", "等级", "级别", "风险级别", "自评等级", "风险程度", "拟定等级",
         "部门拟定等级", "评定等级"),
    ),
    Meaning("point.reason", "建议理由", ("建议理由", "定级理由", "评级理由")),
    Meaning("point.methods", "查找方法", ("查找方法", "排查方法", "查找方式", "排查方式")),
    Meaning("point.other", "其他方法", ("其他方法",)),
    Meaning("point.responsible", "责任人", ("责任人", "直接责任人", "责任人员", "岗位责任人", "风险责任人")),
    Meaning("point.state", "状态", ("状态", "风险状态", "存在或潜在")),
    Meaning("point.key", "重点领域", ("重点领域", "是否重点", "重点环节", "关键岗位")),
    Meaning(
        "measure.text",
        "防范措施",
        ("防范措施", "防控措施", "防控措施及要求", "防范措施及要求", "防控措施和要求", "防控方法", "防控办法", "措施",
         "监控措施", "预防措施", "主要预防措施", "主要防控措施", "控制措施", "控制活动", "整改措施", "防范控制措施",
         "防控要点及措施", "防范防控措施", "预防和控制措施", "廉政风险防控措施", "廉政风险防范措施", "监管措施"),
    ),
    Meaning("measure.prevention", "前期预防措施", ("前期预防", "前期预防措施", "事前预防", "事前防范")),
    Meaning("measure.monitoring", "中期监控措施", ("中期监控", "中期监控措施", "事中监控", "事中控制")),
    Meaning("measure.response", "后期处置措施", ("后期处置", "后期处置措施", "事后处置", "事后监督")),
    Meaning("measure.stage", "阶段", ("阶段", "措施阶段", "防控阶段")),
    Meaning("measure.responsible", "措施责任人", ("措施责任人", "防控责任人", "落实责任人", "防控主体", "责任主体")),
    Meaning("measure.timing", "时限或频次", ("时限或频次", "完成时限", "时限", "频次", "整改时限")),
    Meaning("measure.basis", "制度依据", ("制度依据", "依据", "相关制度", "制度保障", "授权依据", "实施依据")),
)  # fmt: skip
BY_KEY = {meaning.key: meaning for meaning in MEANINGS}
BY_TITLE = {title: meaning.key for meaning in MEANINGS for title in meaning.titles}
POINT, MEASURE = "point.text", "measure.text"
STAGES = {"measure.prevention": "前期预防", "measure.monitoring": "中期监控", "measure.response": "后期处置"}
MEASURES = (MEASURE, *STAGES)
_ASIDE = re.compile(r"[（(][^（）()]*[)）]")


def meaning_of(title: str) -> str:
    """The key of the field that a title means, with or without what it says in brackets; empty where nobody knows."""
    plain = squeezed(title)
    return BY_TITLE.get(plain) or BY_TITLE.get(_ASIDE.sub("", plain)) or ""


def meanings_of(titles: list[str]) -> dict[int, str]:
    """{place: key} of a row of titles; of two that mean one field only the first. A list that names only how a risk
    shows itself names its points so."""
    found: dict[int, str] = {}
    for place, title in enumerate(titles):
        key = meaning_of(title)
        if key and key not in found.values():
            found[place] = key
    if POINT not in found.values():
        return {place: POINT if key == "point.manifestation" else key for place, key in found.items()}
    return found
