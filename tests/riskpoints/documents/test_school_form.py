"""附件2 as PDF: verbatim, with its own notes."""

from dataclasses import replace

from riskpoints.documents import school_form_pdf
from riskpoints.documents.data import FormRow, Mark, MeasureLine, PointLine


def test_2011_prints_every_line_of_the_document_in_order(school_form, read):
    printed = read(school_form_pdf(school_form))
    assert len(printed.pages) == 1
    assert printed.has_in_order(
        "附件2：",
        "山东省烟台第一职业中专廉政风险点防控表",
        "单位主要负责人（签字）：",
        "填表日期：2011年11月15日",
        "单位名称（公章）",
        "山东省烟台第一职业中专",
        "业务职能",
        "教育教学",
        "风险类别",
        "风险点",
        "防范措施",
        "重大事项决策",
        "教育教学管理",
        "招生",
        "财务收费",
        "党员干部管理",
        "职称管理",
        "严格按照制度和规定办理",
        "坚持公平公正公开原则",
        "坚持民主决策、群众监督原则",
        "重要人事任免",
        "中层干部任免",
        "坚决执行关于干部任免的各项制度和规定",
        "重大项目安排",
        "基建工程（校舍维修）",
        "大宗物品采购",
        "房屋出租",
        "坚持公开招标和政府采购的原则",
        "坚持专家论证和集体研究决定的原则",
        "大额资金使用",
        "无",
        "无",
        "注：1、本表一式二份，上级主管单位及填表单位各存一份；",
        "2、廉政风险点及防控措施根据自查、反馈意见等情况填写；",
        "3、本表须经单位主要负责人签字，并加盖公章；",
        "4、如有需要，可另附页。",
    )
    assert "签字：" not in printed.text.replace("（签字）：", "")
    assert "等级" not in printed.text


def test_it_prints_no_numbers_posts_or_levels_that_the_document_has_not(school_form, read):
    printed = read(school_form_pdf(school_form))
    for mark in ("①", "〔", "1.", "一级"):
        assert mark not in printed.text


def test_a_draft_leaves_the_date_to_the_pen(school_form, read):
    draft = replace(school_form, mark=Mark.DRAFT, filled_on=None)
    printed = read(school_form_pdf(draft))
    assert "填表日期：年月日" in printed.text
    assert "草稿2011年度第1版" in printed.text
    assert "校验码" not in printed.text


def test_a_long_table_repeats_its_title_and_labels(school_form, read):
    points = tuple(PointLine(f"第{number}项学校层面的重大事项决策风险点及其说明") for number in range(1, 81))
    long = replace(
        school_form,
        rows=(FormRow("重大事项决策", points, (MeasureLine("集体研究"),)), *school_form.rows[1:]),
    )
    printed = read(school_form_pdf(long))
    assert len(printed.pages) >= 2
    assert printed.has_in_order(*[f"第{number}项" for number in range(1, 81)])
    assert "重大事项决策（续）" in printed.pages[1]
    assert "山东省烟台第一职业中专廉政风险点防控表" in printed.pages[1]
    assert "如有需要，可另附页。" in printed.pages[-1]


def test_it_says_which_measures_cover_which_points_where_they_differ(school_form, read):
    measures = (MeasureLine("集体研究", (1, 3)), MeasureLine("公开招标", (2,)), MeasureLine("全程监督"))
    points = (PointLine("招生"), PointLine("采购"), PointLine("基建"))
    form = replace(school_form, rows=(FormRow("重大事项决策", points, measures), *school_form.rows[1:]))
    printed = read(school_form_pdf(form))
    assert printed.has_in_order(
        "1.招生", "集体研究〔针对第1、3项〕", "2.采购", "公开招标", "3.基建", "〔本类各项〕", "全程监督"
    )
    assert "1.基建工程" not in printed.text
