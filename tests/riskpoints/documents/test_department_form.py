"""附件4 as PDF: every label in its place, and hard content that still looks right."""

from dataclasses import replace

import pikepdf
import pytest

from riskpoints.documents import department_form_pdf
from riskpoints.documents.data import DepartmentPaper, FormRow, LevelCell, LevelPosts, Mark, MeasureLine, PointLine
from tests.riskpoints.documents.cases import CATEGORIES, HIGH, LOW, MIDDLE, RARE, many, with_row

NOTES = (
    "注：1.本表一式二份，学校纪委及填表部门各存一份；",
    "2.廉政风险点及防范措施由各部门根据自查、互提、反馈意见等情况填写；",
    "3.单位确定风险等级须经主要负责人签字，并加盖公章；",
    "4.如有需要，可另附页。",
)
RUNNING = "烟台一职专部门廉政风险点防控表总务处"


def test_it_prints_every_label_and_line_in_the_order_of_the_form(department_form, read):
    printed = read(department_form_pdf(department_form))
    assert len(printed.pages) == 1
    assert printed.has_in_order(
        "附件4",
        "烟台一职专部门廉政风险点防控表",
        "部门主要负责人（签字）：填表日期：2026年11月5日",
        "科室名称总务处负责人姓名总务处负责人",
        "业务工作职责校舍维修与基建、物资采购、固定资产管理。",
        "风险类别风险点防范措施",
        "岗位职责风险1.接受供应商宴请〔采购员，一级（高）〕",
        "①三人以上询价②纪委抽查原始单据",
        "2.验收走过场〔基建管理员，一级（高）〕三方到场验收",
        "业务流程风险拆分维修项目〔基建管理员，二级（中）〕合并立项",
        "制度机制风险无无",
        "外部环境风险节日慰问〔仓库保管员，三级（低）〕节前提醒",
        "单位确定风险等级部门风险等级：一级（高）一级（高）岗位：采购员、基建管理员三级（低）岗位：仓库保管员签字：",
        *NOTES,
    )
    assert "校验码8F3K-2Q7M-11AA-06D8-27AC" in printed.text
    assert "第1页共1页" in printed.text
    assert "草稿" not in printed.text


def test_it_is_pdf_a_with_embedded_subset_fonts_and_its_metadata(department_form, read):
    with read(department_form_pdf(department_form)).open() as pdf:
        metadata = pdf.open_metadata()
        assert metadata.pdfa_status == "3U"
        assert metadata["dc:title"] == "烟台一职专部门廉政风险点防控表（总务处）"
        assert metadata["dc:creator"] == ["山东省烟台第一职业中专"]
        assert metadata["pdf:Keywords"] == "8F3K-2Q7M-11AA-06D8-27AC"
        assert pdf.Root.Lang == "zh-CN"
        assert str(pdf.docinfo.CreationDate).startswith("D:20261120")
        fonts = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/Font"]
        descendants = [font.DescendantFonts[0] for font in fonts if "/DescendantFonts" in font]
        assert len(descendants) >= 3
        for font in descendants:
            assert "/FontFile3" in font.FontDescriptor or "/FontFile2" in font.FontDescriptor
            assert str(font.BaseFont)[7] == "+"


def test_the_same_content_gives_the_same_bytes(department_form):
    assert department_form_pdf(department_form) == department_form_pdf(replace(department_form))


def test_a_draft_says_so_on_every_page_and_carries_no_code(department_form, read):
    draft = replace(department_form, mark=Mark.DRAFT, version_label="2026年度第2版", filled_on=None)
    printed = read(department_form_pdf(with_row(draft, many(30))))
    assert len(printed.pages) > 1
    for page in printed.pages:
        assert page.count("草稿") == 2
        assert "草稿2026年度第2版" in page
    assert "校验码" not in printed.text
    assert "填表日期：年月日" in printed.text


def test_proposed_levels_are_called_proposed(department_form, read):
    proposed = replace(department_form, level=replace(department_form.level, is_proposed=True))
    printed = read(department_form_pdf(proposed))
    assert "部门拟定等级：一级（高）" in printed.text
    assert "部门风险等级" not in printed.text


def test_the_blank_form_fits_one_page_and_leaves_the_date_to_the_pen(department_form, read):
    blank = DepartmentPaper(
        author="学校",
        mark=Mark.BLANK,
        title_lines=department_form.title_lines,
        department_name="",
        head_name="",
        duties="",
        rows=tuple(map(FormRow, CATEGORIES)),
    )
    printed = read(department_form_pdf(blank))
    assert len(printed.pages) == 1
    assert printed.has_in_order(
        "附件4",
        "部门主要负责人（签字）：填表日期：年月日",
        "科室名称负责人姓名业务工作职责风险类别风险点防范措施",
        *CATEGORIES,
        "单位确定风险等级签字：",
        *NOTES,
    )
    assert "无" not in printed.text
    assert "草稿" not in printed.text


def test_a_category_without_a_point_stays_empty_and_one_point_has_no_number(department_form, read):
    printed = read(department_form_pdf(with_row(department_form, FormRow(CATEGORIES[0]))))
    assert printed.has_in_order("防范措施岗位职责风险业务流程风险拆分维修项目")
    assert "1.拆分" not in printed.text


def test_sixty_points_repeat_heading_label_title_and_department_on_every_page(department_form, read):
    printed = read(department_form_pdf(with_row(department_form, many(60))))
    count = len(printed.pages)
    assert 5 <= count <= 12
    assert printed.has_in_order(*[f"{n}.第{n}个风险点" for n in range(1, 61)])
    assert printed.has_in_order(*[f"第{n}条措施" for n in range(1, 61)])
    for number, page in enumerate(printed.pages, start=1):
        assert f"第{number}页共{count}页" in page
        if "个风险点" in page:
            assert page.count("风险类别风险点防范措施") == 1
            assert page.count("岗位职责风险") == 1
            assert page.count("岗位职责风险（续）") == (number > 1)
    for page in printed.pages[1:]:
        assert page.count(RUNNING) == 1
    assert printed.text.count("（签字）：") == 1


def test_a_point_stays_beside_its_measures_on_the_page(department_form, read):
    printed = read(department_form_pdf(with_row(department_form, many(60))))
    for number in range(1, 61):
        page = next(page for page in printed.pages if f"{number}.第{number}个风险点" in page)
        assert f"第{number}条措施" in page


@pytest.mark.parametrize("length", [800, 2500])
def test_a_long_measure_loses_no_character_across_pages(department_form, read, length):
    sentence = "严格执行采购管理办法（2024年修订）、GB/T 9704-2012 及 OA 系统流程，"
    long = (sentence * (length // len(sentence) + 1))[: length - 1] + "。"
    form = with_row(department_form, FormRow(CATEGORIES[0], (PointLine("风险点甲"),), (MeasureLine(long, (1,)),)))
    printed = read(department_form_pdf(form))
    assert len(printed.pages) > 1
    body = "".join(page.split("校验码")[0] for page in printed.pages)
    for repeated in (RUNNING, "风险类别风险点防范措施", "岗位职责风险（续）"):
        body = body.replace(repeated, "")
    assert "".join(long.split()) in body


def test_forty_posts_go_to_an_extra_page_and_the_cell_says_so(department_form, read):
    posts = tuple(f"第{number}号岗位管理员" for number in range(1, 41))
    level = LevelCell(
        HIGH, (LevelPosts(HIGH, posts[:10]), LevelPosts(MIDDLE, posts[10:25]), LevelPosts(LOW, posts[25:]))
    )
    printed = read(department_form_pdf(replace(department_form, level=level)))
    assert printed.has_in_order(
        "单位确定风险等级部门风险等级：一级（高）各岗位风险等级详见附页。签字：",
        "如有需要，可另附页。",
        "附页总务处各岗位廉政风险等级风险等级岗位数岗位",
        "一级（高）10第1号岗位管理员",
        "二级（中）15第11号岗位管理员",
        "三级（低）15第26号岗位管理员",
    )
    assert all(post in printed.pages[-1] for post in posts)
    assert len(printed.pages) == 2


def test_there_is_room_to_sign_and_to_seal_beside_the_words(department_form, words_of):
    for form in (department_form, replace(department_form, level=None), with_row(department_form, many(20))):
        words = words_of(department_form_pdf(form))
        signature = next(word for word in reversed(words) if word.text == "签字：")
        notes = next(word for word in words if word.page == signature.page and word.text == "注：")
        above = max(
            (word.bottom for word in words if word.page == signature.page and word.bottom < signature.top), default=0
        )
        # 28 mm margin, 156 mm of table: the words begin in the right half and leave 50 mm to its edge.
        assert 106 < signature.left < 134
        assert notes.top - above > 25
        assert notes.top - signature.bottom > 10


def test_no_name_of_a_post_is_broken(department_form, words_of):
    posts = ("实训设备与耗材管理员", "基建维修管理员", "资产与仓库管理员", "食堂管理员") * 3
    form = replace(department_form, level=LevelCell(HIGH, (LevelPosts(HIGH, posts),)))
    lines = "\n".join(word.text for word in words_of(department_form_pdf(form)))
    assert [lines.count(post) for post in posts[:4]] == [3, 3, 3, 3]


def test_the_closing_rows_stay_together_whatever_stands_above(department_form, read):
    for count in (7, 9, 14):
        printed = read(department_form_pdf(with_row(department_form, many(count))))
        last = printed.pages[-1]
        assert "单位确定风险等级" in last, count
        assert "签字：" in last.split("单位确定风险等级")[1], count
        assert "如有需要" in last, count
        for page in printed.pages:
            assert not page.endswith("风险类别风险点防范措施"), count


def test_rare_characters_are_set_from_another_face_and_never_a_box(department_form, read):
    form = replace(department_form, department_name="堃昇处", head_name=RARE, duties=f"{RARE}负责。")
    printed = read(department_form_pdf(form))
    assert printed.text.count(RARE) == 2
    with printed.open() as pdf:
        names = {str(o.BaseFont) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}
    assert any("Noto-Serif-CJK-SC" in name and "Bold" not in name for name in names)


def test_shared_and_general_measures_stand_beside_the_points_they_answer(department_form, read):
    row = FormRow(
        CATEGORIES[0],
        (PointLine("甲"), PointLine("乙"), PointLine("丙")),
        (MeasureLine("措施一", (1, 2)), MeasureLine("措施二", (2,)), MeasureLine("措施三", (3,))),
    )
    printed = read(department_form_pdf(with_row(department_form, row)))
    assert printed.has_in_order("1.甲措施一〔针对第1、2项〕2.乙措施二3.丙措施三业务流程风险")
    general = replace(row, measures=(*row.measures, MeasureLine("措施四", ())))
    printed = read(department_form_pdf(with_row(department_form, general)))
    assert printed.has_in_order("1.甲措施一〔针对第1、2项〕2.乙措施二3.丙措施三〔本类各项〕措施四业务流程风险")
    only_general = replace(row, measures=(MeasureLine("措施四", ()), MeasureLine("措施五", ())))
    printed = read(department_form_pdf(with_row(department_form, only_general)))
    assert printed.has_in_order("1.甲2.乙3.丙①措施四②措施五业务流程风险")
