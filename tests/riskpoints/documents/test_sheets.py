"""附件2, 附件4 and the register as .xlsx: the same words in cells, safe, high enough, the same bytes each time."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from riskpoints.documents import department_form_xlsx, register_xlsx, school_form_xlsx
from riskpoints.documents.columns import ASSESSMENT, MORE_COLUMNS, REGISTER_COLUMNS
from riskpoints.documents.data import FormRow, LevelCell, LevelPosts, Mark, MeasureLine, PointLine
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.cases import CATEGORIES, HIGH, many, with_row
from tests.riskpoints.documents.test_lists import register_of


def texts(sheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_the_department_form_has_every_label_and_note(department_form, cells):
    sheet = cells(department_form_xlsx(department_form))
    assert sheet.title == "总务处"
    assert texts(sheet) == [
        "附件4",
        "烟台一职专",
        "部门廉政风险点防控表",
        "部门主要负责人（签字）：",
        "填表日期：2026年11月5日",
        "科室名称",
        "总务处",
        "负责人姓名",
        "总务处负责人",
        "业务工作职责",
        "校舍维修与基建、物资采购、固定资产管理。",
        "风险类别",
        "风险点",
        "防范措施",
        "岗位职责风险",
        "1.接受供应商宴请〔采购员，一级（高）〕",
        "①三人以上询价\n②纪委抽查原始单据",
        "2.验收走过场〔基建管理员，一级（高）〕",
        "三方到场验收",
        "业务流程风险",
        "拆分维修项目〔基建管理员，二级（中）〕",
        "合并立项",
        "制度机制风险",
        "无",
        "无",
        "外部环境风险",
        "节日慰问〔仓库保管员，三级（低）〕",
        "节前提醒",
        "单位确定\n风险等级",
        "部门风险等级：一级（高）\n一级（高）岗位：采购员、基建管理员\n三级（低）岗位：仓库保管员",
        "签字：",
        "注：1.本表一式二份，学校纪委及填表部门各存一份；",
        "　　2.廉政风险点及防范措施由各部门根据自查、互提、反馈意见等情况填写；",
        "　　3.单位确定风险等级须经主要负责人签字，并加盖公章；",
        "　　4.如有需要，可另附页。",
    ]


def test_the_school_form_has_every_label_and_note(school_form, cells):
    sheet = cells(school_form_xlsx(school_form))
    found = texts(sheet)
    assert found[:9] == [
        "附件2：",
        "山东省烟台第一职业中专廉政风险点防控表",
        "单位主要负责人（签字）：",
        "填表日期：2011年11月15日",
        "单位名称\n（公章）",
        "山东省烟台第一职业中专",
        "业务职能",
        "教育教学",
        "风险类别",
    ]
    assert "教育教学管理\n招生\n财务收费\n党员干部管理\n职称管理" in found
    assert found[-4:] == [
        "注：1、本表一式二份，上级主管单位及填表单位各存一份；",
        "　　2、廉政风险点及防控措施根据自查、反馈意见等情况填写；",
        "　　3、本表须经单位主要负责人签字，并加盖公章；",
        "　　4、如有需要，可另附页。",
    ]


def test_it_prints_on_a4_in_the_official_faces_with_headings_repeated(department_form, cells):
    sheet = cells(department_form_xlsx(department_form))
    heading = next(cell.row for cell in sheet["A"] if cell.value == "风险类别")
    assert sheet.print_title_rows == f"${heading}:${heading}"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert round(sheet.page_margins.top * 25.4) == 37
    assert round(sheet.page_margins.left * 25.4) == 28
    assert sheet["A2"].font.name == "方正小标宋简体"
    assert sheet["A1"].font.name == "黑体"
    assert sheet["A4"].value is None
    assert sheet["A5"].font.name == "仿宋_GB2312"
    assert sheet.oddFooter.center.text == "第&P页　共&N页"
    assert sheet.oddHeader.left.text == "烟台一职专部门廉政风险点防控表　总务处"
    assert sheet.firstHeader.left.text is None
    assert sheet.oddFooter.left.text == "校验码 8F3K-2Q7M-11AA-06D8-27AC"


def test_merged_cells_have_all_their_lines(department_form, cells):
    sheet = cells(department_form_xlsx(department_form))
    assert sheet.merged_cells.ranges
    heading = next(cell.row for cell in sheet["A"] if cell.value == "风险类别")
    for merged in sheet.merged_cells.ranges:
        if merged.min_row >= heading and merged.max_row < sheet.max_row - 5:
            assert sheet.cell(merged.min_row, merged.min_col).border.left.style == "thin", merged
            assert sheet.cell(merged.max_row, merged.max_col).border.right.style == "thin", merged


def test_no_cell_is_a_formula_whatever_was_typed(department_form, cells):
    evil = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(1)", "\t=1", "#N/A", '=HYPERLINK("x")')
    row = FormRow(CATEGORIES[0], tuple(map(PointLine, evil)), (MeasureLine("=2+2", (1,)),))
    form = replace(department_form, department_name="=A1", head_name="+1", duties="@x\x07y", rows=(row,))
    content = department_form_xlsx(form)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        markup = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in markup
    sheet = cells(content)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    quoted = [c.value for row in sheet.iter_rows() for c in row if c.value and c.value[0] in "=+-@"]
    assert quoted == ["=A1", "+1", "@xy", "=2+2"]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value in quoted:
                assert cell.quotePrefix


def test_the_same_content_gives_the_same_bytes(department_form, school_form):
    assert department_form_xlsx(department_form) == department_form_xlsx(replace(department_form))
    assert school_form_xlsx(school_form) == school_form_xlsx(replace(school_form))
    assert register_xlsx(register_of(5)) == register_xlsx(register_of(5))
    with zipfile.ZipFile(io.BytesIO(department_form_xlsx(department_form))) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book = openpyxl.load_workbook(io.BytesIO(department_form_xlsx(department_form)))
    assert book.properties.modified.date().isoformat() == "2026-11-20"
    assert book.properties.title == "烟台一职专部门廉政风险点防控表（总务处）"


@pytest.mark.parametrize("length", [1, 200, 800, 5000])
def test_every_row_is_high_enough_and_no_character_is_lost(department_form, cells, length):
    text = ("严格执行采购管理办法，" * (length // 10 + 1))[:length]
    row = FormRow(CATEGORIES[0], (PointLine("风险点", "采购员", HIGH),), (MeasureLine(text, (1,)),))
    sheet = cells(department_form_xlsx(replace(department_form, rows=(row, *department_form.rows[1:]))))
    first = next(cell.row for cell in sheet["A"] if cell.value == CATEGORIES[0])
    last = next(cell.row for cell in sheet["A"] if cell.value == CATEGORIES[1]) - 1
    parts = [(sheet.cell(row, 4).value or "").rstrip("\xa0") for row in range(first, last + 1)]  # marks of the cuts
    assert "".join(parts) == text
    assert (last > first) == (length > 300)
    for number, part in zip(range(first, last + 1), parts, strict=True):
        height = sheet.row_dimensions[number].height
        # A line takes at least 1.3 of the size in every program that was tried.
        size = sheet.cell(number, 4).font.size
        full = int(70.6 / 25.4 * 72 // size)
        assert -(-len(part) // full) * size * 1.3 <= height <= 409


def test_a_draft_says_so_in_a_cell_and_in_the_header(department_form, cells):
    sheet = cells(department_form_xlsx(replace(department_form, mark=Mark.DRAFT, version_label="第2版")))
    assert "草稿　第2版" in texts(sheet)
    assert sheet.firstHeader.right.text == sheet.oddHeader.right.text == "草稿　第2版"
    assert sheet.oddFooter.left.text is None


def test_forty_posts_go_to_a_second_sheet(department_form, cells):
    posts = tuple(f"第{number}号岗位管理员" for number in range(1, 41))
    content = department_form_xlsx(replace(department_form, level=LevelCell(HIGH, (LevelPosts(HIGH, posts),))))
    assert "部门风险等级：一级（高）\n各岗位风险等级详见附页。" in texts(cells(content))
    assert "、".join(posts) in texts(cells(content, "附页"))
    assert cells(content, "附页")["B4"].value == 40


def label_ranges(sheet):
    """First and last row of each printing of the first category's label."""
    ranges = {m.min_row: m.max_row for m in sheet.merged_cells.ranges if m.min_col == m.max_col == 1}
    rows = [cell.row for cell in sheet["A"] if str(cell.value).startswith(CATEGORIES[0])]
    return [(row, ranges.get(row, row)) for row in rows]


def page_of_rows(sheet):
    """The page (from 0) of each row by its number, as programs fill pages: 225 mm, the heading row again on top.

    The breaks that are written into the sheet say the same.
    """
    first, last = (int(number) for number in sheet.print_title_rows.replace("$", "").split(":"))
    repeated = sum(sheet.row_dimensions[row].height for row in range(first, last + 1))
    breaks = {item.id + 1 for item in sheet.row_breaks.brk}
    page, used, pages = 0, 0.0, {}
    for row in range(1, sheet.max_row + 1):
        height = sheet.row_dimensions[row].height
        is_full = used + height > 225 / 25.4 * 72
        assert is_full == (row in breaks), row
        if is_full:
            page, used = page + 1, repeated
        used += height
        pages[row] = page
    return pages


def printed_by_libreoffice(content: bytes, folder) -> list[str]:
    """Return the words of each page as LibreOffice prints the workbook."""
    (folder / "form.xlsx").write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", folder, folder / "form.xlsx"], capture_output=True, check=True, timeout=120)
    made = subprocess.run(["pdftotext", "-layout", folder / "form.pdf", "-"], capture_output=True, check=True).stdout
    return ["".join(page.split()) for page in made.decode().split("\f")[:-1]]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed here.")
def test_libreoffice_breaks_pages_where_the_labels_stand(department_form, cells, tmp_path):
    for count in (14, 60):
        content = department_form_xlsx(with_row(department_form, many(count)))
        pages = page_of_rows(cells(content))
        printed = printed_by_libreoffice(content, tmp_path)
        assert len(printed) == max(pages.values()) + 1
        assert all("（续）" in page for page in printed[1:-1])
        assert ["第1个风险点" in page for page in printed] == [True, *[False for _ in printed[1:]]]
        assert "单位确定" in printed[-1]
        assert "如有需要，可另附页。" in printed[-1]
        assert "风险点" in printed[-1]


@pytest.mark.parametrize("count", [8, 12, 13, 14, 15, 16, 60])
def test_each_page_has_the_label_of_its_rows(department_form, cells, count):
    sheet = cells(department_form_xlsx(with_row(department_form, many(count))))
    ranges, pages = label_ranges(sheet), page_of_rows(sheet)
    assert sheet.cell(ranges[0][0], 1).value == CATEGORIES[0]
    assert {sheet.cell(first, 1).value for first, _ in ranges[1:]} <= {f"{CATEGORIES[0]}\n（续）"}
    assert [first for first, _ in ranges[1:]] == [last + 1 for _, last in ranges[:-1]]
    assert ranges[-1][1] - ranges[0][0] + 1 == count
    assert [{pages[row] for row in range(first, last + 1)} for first, last in ranges] == [
        {page} for page in range(pages[ranges[-1][1]] + 1)
    ]


@pytest.mark.parametrize("count", [7, 8, 9, 10, 11, 12, 20, 33])
def test_where_it_is_signed_is_never_parted_and_has_a_row_above_it(department_form, cells, count):
    last_category = replace(many(count), category=CATEGORIES[3])
    sheet = cells(department_form_xlsx(replace(department_form, rows=(*department_form.rows[:3], last_category))))
    pages = page_of_rows(sheet)
    level = next(cell.row for cell in sheet["A"] if cell.value == "单位确定\n风险等级")
    assert sheet.cell(level - 1, 2).value.startswith(f"{count}.")
    assert len({pages[row] for row in range(level - 1, sheet.max_row + 1)}) == 1
    assert pages[sheet.max_row] == max(pages.values())


def test_no_row_is_stretched_where_there_is_no_need(department_form, cells):
    sheet = cells(department_form_xlsx(department_form))
    assert max(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)) <= 71.25
    assert set(page_of_rows(sheet).values()) == {0}


def test_there_is_room_to_sign_and_to_seal(department_form, cells):
    for form in (department_form, replace(department_form, level=None)):
        sheet = cells(department_form_xlsx(form))
        row = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "签字：")
        assert sheet.row_dimensions[row].height == 71.25
        first = row - 1 if form.level else row
        assert sheet.cell(first, 1).value == "单位确定\n风险等级"
        merged = {str(merged) for merged in sheet.merged_cells.ranges}
        assert (f"A{first}:A{row}" in merged) == bool(form.level)


def test_the_date_of_a_blank_form_leaves_room_for_the_pen(cells):
    assert "填表日期：　　　　年　　月　　日" in texts(cells(department_form_xlsx(cases.blank_form())))


# What a point may say beside the printed columns.
LACKING = ["配合部门", "缺少的制度", "由谁拟订", "拟订期限"]


def test_the_register_keeps_its_headings_in_view_and_filters(cells):
    sheet = cells(register_xlsx(cases.register(30)))
    every = [column.title for column in (*REGISTER_COLUMNS, *MORE_COLUMNS)]
    assert [cell.value for cell in sheet[3]] == [*every, *LACKING]
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:AH33"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert [sheet.cell(row, 1).value for row in range(4, 34)] == list(range(1, 31))
    assert sheet["B4"].value == "2026-01-001"
    assert sheet["A2"].value == (
        "共 30 个风险点，其中一级（高） 10 个，二级（中） 10 个，三级（低） 10 个。"
        "打印到“版本日期”为止，右面的各栏供查阅和筛选。"
    )
    assert sheet.print_area.replace("$", "").endswith("A1:S33")


def test_the_register_has_no_columns_of_an_assessment_that_nobody_may_see(cells):
    rows = tuple(replace(row, likelihood="", harm="") for row in cases.register(3).rows)
    sheet = cells(register_xlsx(replace(cases.register(3), rows=rows)))
    titles = [cell.value for cell in sheet[3]]
    shown = {column.key for column in (*REGISTER_COLUMNS, *MORE_COLUMNS) if column.title in titles}
    assert shown & ASSESSMENT == set()
    more = ["潜在／已存在", "重点领域", "时限或频次", "制度依据", "引用制度", "措施责任人"]
    assert titles[-10:] == [*more, *LACKING]
    assert sheet.print_area.replace("$", "").endswith("A1:Q6")


def test_the_totals_by_department_are_figures_on_a_sheet_of_their_own(cells):
    sheet = cells(register_xlsx(cases.register(30)), "按部门汇总")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == ["部门", "一级（高）", "二级（中）", "三级（低）", "合计"]
    assert rows[1] == ["总务处", 10, "—", "—", 10]
    assert rows[-1] == ["合计", 10, 10, 10, 30]
