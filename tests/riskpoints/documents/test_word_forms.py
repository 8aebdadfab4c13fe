"""附件2 and 附件4 as .docx: the words of the form in their order, in its table, ready to be worked on."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.table import Table
from docx.text.paragraph import Paragraph

from riskpoints.documents import department_form_docx, school_form_docx
from riskpoints.documents.data import FormRow, Mark, MeasureLine, PointLine
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.cases import CATEGORIES, HIGH, MIDDLE, RARE, many, with_row


def read(content: bytes):
    return docx.Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    """Texts of paragraphs and cells in their order, each merged cell once."""
    found = []
    for block in read(content).iter_inner_content():
        if isinstance(block, Paragraph):
            found += [block.text] if block.text else []
        elif isinstance(block, Table):
            for row in block._element.tr_lst:
                cells = ["\n".join(p.xpath("string(.)") for p in cell.xpath("./w:p")) for cell in row.tc_lst]
                found += [text for text in cells if text]
    return found


def test_the_department_form_has_every_label_and_note_in_order(department_form):
    assert lines(department_form_docx(department_form)) == [
        "附件4",
        "烟台一职专",
        "部门廉政风险点防控表",
        "部门主要负责人（签字）：\t填表日期：2026年11月5日",
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
        f"1.接受供应商宴请〔采购员，{HIGH}〕",
        "①三人以上询价\n②纪委抽查原始单据",
        f"2.验收走过场〔基建管理员，{HIGH}〕",
        "三方到场验收",
        "业务流程风险",
        f"拆分维修项目〔基建管理员，{MIDDLE}〕",
        "合并立项",
        "制度机制风险",
        "无",
        "无",
        "外部环境风险",
        "节日慰问〔仓库保管员，三级（低）〕",
        "节前提醒",
        "单位确定\n风险等级",
        f"部门风险等级：{HIGH}\n{HIGH}岗位：采购员、基建管理员\n三级（低）岗位：仓库保管员\n签字：",
        "注：1.本表一式二份，学校纪委及填表部门各存一份；",
        "　　2.廉政风险点及防范措施由各部门根据自查、互提、反馈意见等情况填写；",
        "　　3.单位确定风险等级须经主要负责人签字，并加盖公章；",
        "　　4.如有需要，可另附页。",
    ]


def test_the_school_form_has_every_label_and_note_in_order(school_form):
    shown = lines(school_form_docx(school_form))
    assert shown[:9] == [
        "附件2：",
        "山东省烟台第一职业中专廉政风险点防控表",
        "单位主要负责人（签字）：\t填表日期：2011年11月15日",
        "单位名称\n（公章）",
        "山东省烟台第一职业中专",
        "业务职能",
        "教育教学",
        "风险类别",
        "风险点",
    ]
    assert "教育教学管理\n招生\n财务收费\n党员干部管理\n职称管理" in shown
    assert "严格按照制度和规定办理\n坚持公平公正公开原则\n坚持民主决策、群众监督原则" in shown
    assert shown[-7:-4] == ["大额资金使用", "无", "无"]
    assert shown[-1] == "　　4、如有需要，可另附页。"


@pytest.mark.parametrize("make", [department_form_docx, school_form_docx])
def test_the_table_has_the_columns_of_the_form_and_its_heading_is_repeated(make, department_form, school_form):
    made = read(make(department_form if make is department_form_docx else school_form))
    top, table = made.tables
    for part in (top, table):
        assert [round(column.width.mm) for column in part.columns] == [28, 43, 14, 14, 57]
        assert {sum(cell.grid_span for cell in row.tc_lst) for row in part._element.tr_lst} == {5}
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert len(made.element.body.xpath(".//w:tblHeader")) == 1


def test_titles_labels_and_texts_name_the_official_faces(department_form):
    body = read(department_form_docx(department_form)).element.body
    faces = {run.xpath("string(.)"): run.xpath("./w:rPr/w:rFonts/@w:eastAsia")[0] for run in body.xpath(".//w:r")}
    assert faces["部门廉政风险点防控表"] == "方正小标宋简体"
    assert faces["附件4"] == faces["风险类别"] == "黑体"
    assert faces["接受供应商宴请"] == "仿宋_GB2312"
    assert faces[f"〔采购员，{HIGH}〕"] == "楷体_GB2312"


def test_the_signature_never_leaves_its_row_nor_the_notes_their_table(department_form):
    body = read(department_form_docx(department_form)).element.body
    row = next(row for row in body.xpath(".//w:tr") if "签字：" in row.xpath("string(.)"))
    assert row.xpath("./w:trPr/w:cantSplit")
    assert all(p.xpath("./w:pPr/w:keepNext") for p in row.xpath("./w:tc[2]/w:p"))
    signature = row.xpath("./w:tc[2]/w:p")[-1]
    spacing = signature.xpath("./w:pPr/w:spacing")[0]
    room = sum(int(spacing.xpath(f"./@w:{side}")[0]) for side in ("before", "after")) / 20
    assert room + 12 >= 70  # points: 25 mm to sign and to seal
    notes = [p for p in body.xpath("./w:p") if p.xpath("string(.)").startswith(("注", "　　"))]
    assert [bool(note.xpath("./w:pPr/w:keepNext")) for note in notes] == [True, True, True, False]


def test_each_page_has_the_heading_and_the_label_of_its_rows(department_form):
    """Sixty points: a table a page, each begun on a new one; the label says from the second on that it goes on."""
    made = read(department_form_docx(with_row(department_form, many(60))))
    tables = [table._element.xpath("./w:tr") for table in made.tables[1:]]
    assert len(tables) >= 6
    assert all(rows[0].xpath("./w:trPr/w:tblHeader") for rows in tables)
    labels = ["".join(rows[1].xpath("./w:tc[1]//w:t/text()")) for rows in tables]
    assert labels[0] == CATEGORIES[0]
    going_on = [label for label in labels[1:] if label.startswith(CATEGORIES[0])]
    assert set(going_on) == {f"{CATEGORIES[0]}（续）"}
    shown = [row.xpath("string(./w:tc[2])") for rows in tables for row in rows]
    points = [text.partition(".")[0] for text in shown if "个风险点" in text]
    assert points == [str(number) for number in range(1, 61)]
    breaks = made.element.body.xpath("./w:p[w:pPr/w:pageBreakBefore]")
    assert len(breaks) == len(tables) - 1
    for rows in tables:
        joined = [row.xpath("./w:tc[1]/w:tcPr/w:vMerge/@w:val") for row in rows[1:]]
        assert joined[0] in ([], ["restart"])
    assert all(row.xpath("./w:trPr/w:cantSplit") for rows in tables for row in rows)


def test_what_closes_the_form_has_a_row_of_a_category_above_it(department_form):
    for count in range(6, 14):
        last = replace(many(count), category=CATEGORIES[3])
        form = replace(department_form, rows=(*department_form.rows[:3], last))
        rows = read(department_form_docx(form)).tables[-1]._element.xpath("./w:tr")
        assert "单位确定" in rows[-1].xpath("string(.)")
        assert rows[-2].xpath("string(./w:tc[2])").startswith(f"{count}."), count


def test_a_long_list_goes_on_with_its_label(school_form):
    points = tuple(PointLine(f"第{number}项学校层面的重大事项决策风险点及其说明") for number in range(1, 81))
    rows = (FormRow("重大事项决策", points, (MeasureLine("集体研究"),)), *school_form.rows[1:])
    made = read(school_form_docx(replace(school_form, rows=rows)))
    text = "".join(made.element.body.xpath(".//w:t/text()"))
    assert [f"第{number}项" in text for number in range(1, 81)] == [True] * 80
    assert text.count("重大事项决策（续）") >= 2


def printed_by_libreoffice(content: bytes, folder) -> list[str]:
    """Return the words of each page as LibreOffice prints the document."""
    (folder / "form.docx").write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", folder, folder / "form.docx"], capture_output=True, check=True, timeout=120)
    made = subprocess.run(["pdftotext", "-layout", folder / "form.pdf", "-"], capture_output=True, check=True).stdout
    return ["".join(page.split()) for page in made.decode().split("\f")[:-1]]


def has_writer() -> bool:
    """Whether LibreOffice reads documents here: it may be installed for workbooks alone."""
    found = shutil.which("soffice")
    return found is not None and Path(found).resolve().with_name("libswlo.so").exists()


@pytest.mark.skipif(not has_writer(), reason="LibreOffice Writer is not installed here.")
def test_libreoffice_begins_pages_where_the_labels_stand(department_form, tmp_path):
    content = department_form_docx(with_row(department_form, many(60)))
    pages = printed_by_libreoffice(content, tmp_path)
    assert len(pages) == len(read(content).tables) - 1
    assert all("（续）" in page for page in pages[1:-2])
    assert "单位确定" in pages[-1]


def test_a_row_with_a_long_text_may_be_parted(department_form):
    row = FormRow(CATEGORIES[0], (PointLine("甲"),), (MeasureLine(cases.mixed_text(800), (1,)),))
    content = department_form_docx(with_row(department_form, row))
    rows = read(content).tables[1]._element.xpath("./w:tr")
    assert [bool(row.xpath("./w:trPr/w:cantSplit")) for row in rows[:3]] == [True, False, True]
    assert cases.mixed_text(800) in lines(content)


def test_forty_posts_stand_on_an_extra_page(department_form):
    level = cases.posts(40)
    made = read(department_form_docx(replace(department_form, level=level)))
    shown = lines(department_form_docx(replace(department_form, level=level)))
    assert f"部门风险等级：{HIGH}\n各岗位风险等级详见附页。\n签字：" in shown
    assert shown[shown.index("附页") + 1] == "总务处各岗位廉政风险等级"
    assert "、".join(level.groups[0].posts) in shown
    (annex,) = [p for p in made.paragraphs if p.text == "附页"]
    assert annex.paragraph_format.page_break_before


def test_a_draft_says_so_and_only_a_final_one_names_its_version(department_form):
    draft = read(department_form_docx(replace(department_form, mark=Mark.DRAFT, version_label="2026年度第2版")))
    for header in (draft.sections[0].header, draft.sections[0].first_page_header):
        assert header.paragraphs[0].text.endswith("\t草稿　2026年度第2版")
    assert "2026年度" not in draft.sections[0].footer._element.xpath("string(.)")
    final = read(department_form_docx(department_form))
    assert final.sections[0].header.paragraphs[0].text == "烟台一职专部门廉政风险点防控表　总务处\t\t"
    assert final.sections[0].footer._element.xpath("string(.)").endswith("2026年度第1版")
    assert department_form.content_code not in final.sections[0].footer._element.xpath("string(.)")


def test_hard_names_are_kept_as_they_are(department_form):
    shown = lines(department_form_docx(cases.hard_names()))
    assert f"{RARE}·买买提" in shown
    assert "〔本类各项〕" in shown


def test_the_same_content_gives_the_same_bytes(department_form, school_form):
    assert department_form_docx(department_form) == department_form_docx(replace(department_form))
    assert school_form_docx(school_form) == school_form_docx(replace(school_form))
    assert department_form_docx(department_form) != department_form_docx(replace(department_form, head_name="另一人"))
