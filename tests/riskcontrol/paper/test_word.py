"""The door to python-docx: text stays text, pages and tables are as asked for, bytes don't depend on the clock."""

import io
import zipfile
from datetime import date

import docx
import pytest
import time_machine

from riskcontrol.paper.word import TAB, Cell, Paragraph, Run, Word


@pytest.fixture
def word() -> Word:
    made = Word(title="表", author="学校", made_on=date(2026, 11, 20), document_code="AAAA-BBBB")
    made.set_up(font="仿宋_GB2312", size=12)
    return made


def paragraph(text: str, **facts) -> Paragraph:
    return Paragraph((Run(text, "仿宋_GB2312", 12),), **facts)


def read(word: Word):
    return docx.Document(io.BytesIO(word.to_bytes()))


def body(word: Word) -> str:
    return read(word).element.body.xml


def test_text_becomes_text_and_nothing_else(word):
    texts = ["<w:br/>&amp;", '{ DDEAUTO c:\\\\cmd "/k calc" }', "=1+1", "a\tb", "一\x00\x07\ud800二", "两  格", '"<']
    for text in texts:
        word.add(paragraph(text))
    shown = [paragraph.text for paragraph in read(word).paragraphs]
    assert shown == [texts[0], texts[1], "=1+1", "a b", "一二", "两  格", '"<']
    xml = body(word)
    for element in ("w:fldSimple", "w:instrText", "w:fldChar", "w:hyperlink", "w:object", "<w:tab/>"):
        assert element not in xml


def test_a_line_break_and_a_tab_of_ours_are_what_they_say(word):
    word.add(Paragraph((Run("甲", "黑体", 12), Run(TAB, "黑体", 12), Run("乙\n丙", "黑体", 12)), tab=100))
    assert read(word).paragraphs[0].text == "甲\t乙\n丙"


def test_the_page_is_that_of_the_standard(word):
    section = read(word).sections[0]
    assert [round(side.mm, 1) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]


def test_pages_are_numbered_by_fields_and_the_first_has_no_running_title(word):
    word.set_margins_text(header=("表名", "草稿"), footer=("左", "右"), font="仿宋_GB2312", size=10.5)
    section = read(word).sections[0]
    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == "表名\t\t草稿"
    assert section.first_page_header.paragraphs[0].text == "\t\t草稿"
    for footer in (section.footer, section.first_page_footer):
        assert footer._element.xpath("string(.)") == "左第1页　共1页右"
        assert footer._element.xpath(".//w:fldSimple/@w:instr") == [" PAGE ", " NUMPAGES "]


def test_a_table_keeps_its_grid_headings_and_merged_cells(word):
    table = word.add_table((28, 44, 84))
    table.add_row([Cell((paragraph("甲"),)), Cell((paragraph("乙"),), span=2)], least_height=30, is_heading=True)
    table.add_row([Cell((paragraph("丙"),), joined="restart"), Cell(()), Cell((paragraph("丁"),), edges="lrT")])
    table.add_row([Cell((), joined="continue"), Cell(()), Cell((paragraph("戊"),))], can_split=True)
    made = read(word).tables[0]
    assert [round(column.width.mm) for column in made.columns] == [28, 44, 84]
    texts = [[cell.text for cell in row.cells] for row in made.rows]
    assert texts == [["甲", "乙", "乙"], ["丙", "", "丁"], ["丙", "", "戊"]]
    rows = made._element.xpath(".//w:tr")
    assert [bool(row.xpath(".//w:tblHeader")) for row in rows] == [True, False, False]
    assert [bool(row.xpath(".//w:cantSplit")) for row in rows] == [True, True, False]
    assert rows[0].xpath(".//w:trHeight/@w:val") == ["600"]
    assert rows[1].xpath(".//w:tcBorders/w:top/@w:val") == ["dotted"]
    assert rows[1].xpath(".//w:tcBorders/w:bottom/@w:val") == ["nil"]


def test_the_faces_are_named_for_chinese_and_latin(word):
    word.add(Paragraph((Run("一2", "黑体", 16),)))
    fonts = read(word).element.body.xpath(".//w:r/w:rPr/w:rFonts")[0]
    assert {fonts.get(key) for key in fonts.keys()} == {"黑体"}  # noqa: SIM118 - an element, not a dict
    styles = read(word).styles.element
    assert styles.xpath("./w:docDefaults//w:rFonts/@w:eastAsia") == ["仿宋_GB2312"]
    assert styles.xpath("./w:docDefaults//w:lang/@w:eastAsia") == ["zh-CN"]


def test_the_file_says_whose_it_is_and_nothing_of_the_template(word):
    properties = read(word).core_properties
    assert (properties.title, properties.author, properties.keywords) == ("表", "学校", "AAAA-BBBB")
    assert (properties.created.date(), properties.language) == (date(2026, 11, 20), "zh-CN")
    assert "python-docx" not in "".join((properties.comments, properties.last_modified_by))
    names = zipfile.ZipFile(io.BytesIO(word.to_bytes())).namelist()
    assert not [name for name in names if "thumbnail" in name or "customXml" in name or "Effects" in name]


def test_bytes_do_not_depend_on_the_clock():
    def make(day: str) -> bytes:
        with time_machine.travel(day):
            made = Word(title="表", author="学校")
            made.set_up(font="仿宋_GB2312", size=12)
            made.add(paragraph("一"))
            return made.to_bytes()

    assert make("2011-11-15") == make("2026-11-20")
