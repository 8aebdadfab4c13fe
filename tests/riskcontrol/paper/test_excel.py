"""The door to openpyxl: names, texts and heights that every program accepts."""

import io
import re

import openpyxl
import pytest
import time_machine

from riskcontrol.paper.excel import Cell, Page, Style, Workbook, sheet_name

PLAIN = Style("仿宋_GB2312", 12, vertical="top")


def read(book: Workbook):
    return openpyxl.load_workbook(io.BytesIO(book.to_bytes()))


@pytest.fixture
def book() -> Workbook:
    return Workbook(title="表", author="学校")


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("总务处", [], "总务处"),
        ("教务/学生[一]:*?\\处", [], "教务 学生 一     处"),
        ("'引号'", [], "引号"),
        ("  ", [], "表"),
        ("总务处", ["总务处"], "总务处（2）"),
        ("总务处", ["总务处", "总务处（2）"], "总务处（3）"),
        ("ABC", ["abc"], "ABC（2）"),
        ("History", [], "History（2）"),
        ("长" * 40, [], "长" * 31),
        ("长" * 40, ["长" * 31], "长" * 28 + "（2）"),
        ("\U0002cb4e" * 20, [], "\U0002cb4e" * 15),
    ],
)
def test_sheet_names_are_made_valid_and_unique(name, taken, expected):
    assert sheet_name(name, taken) == expected


def test_numbers_stay_numbers_and_texts_texts(book):
    sheet = book.add_sheet("表", widths=(30, 30, 30), page=Page())
    sheet.add_row((Cell(7, PLAIN), Cell("7", PLAIN), Cell("=7", PLAIN)))
    row = read(book)["表"][1]
    assert [(cell.value, cell.data_type) for cell in row] == [(7, "n"), ("7", "s"), ("=7", "s")]
    assert [cell.quotePrefix for cell in row] == [False, False, True]


def test_what_is_typed_into_a_cell_may_stay_as_typed(book):
    """ECMA-376 part 1, 18.8.30: number format 49, @."""
    typed = Style("仿宋_GB2312", 12, is_typed_in=True)
    sheet = book.add_sheet("表", widths=(30, 30), page=Page())
    sheet.add_row((Cell("标题", PLAIN), Cell("标题", PLAIN)))
    sheet.add_row((Cell("", typed), Cell("1-2", typed)))
    sheet.keep_as_typed()
    written = read(book)["表"]
    formats = [[cell.number_format for cell in row] for row in written.iter_rows()]
    assert formats == [["General", "General"], ["@", "@"]]
    assert [written.column_dimensions[letter].number_format for letter in "AB"] == ["@", "@"]
    assert [round(written.column_dimensions[letter].width, 1) for letter in "AB"] == [14.1, 14.1]


def test_a_row_grows_with_its_text_and_splits_at_the_limit(book):
    sheet = book.add_sheet("表", widths=(30, 60), page=Page())
    assert sheet.add_row((Cell("短", PLAIN), Cell("短", PLAIN)), least_height=40) == 1
    assert sheet.add_row((Cell("长" * 30, PLAIN), Cell("短", PLAIN))) == 1
    count = sheet.add_row((Cell("头", PLAIN), Cell("很长" * 700, PLAIN)))
    assert count > 1
    written = read(book)["表"]
    heights = [written.row_dimensions[row].height for row in range(1, 3 + count)]
    assert heights[0] == 40.5
    assert heights[1] > 5 * 12
    assert all(height <= 409 for height in heights)
    pieces = [written.cell(row, 2) for row in range(3, 3 + count)]
    assert "".join(cell.value for cell in pieces) == "很长" * 700
    assert [cell.border.top.style for cell in pieces] == ["thin"] + [None] * (count - 1)
    assert [cell.border.bottom.style for cell in pieces] == [None] * (count - 1) + ["thin"]


def test_a_text_is_kept_as_it_is_written(book):
    texts = ["<b>&amp;", "a  b ", "一\n二", "_x000D_", "=1+1", "\u200d"]
    sheet = book.add_sheet("表", widths=[30] * len(texts), page=Page())
    sheet.add_row([Cell(text, PLAIN) for text in texts])
    written = [cell.value for cell in read(book)["表"][1]]
    # Excel reads _x005F_ as an underscore, and would have read _x000D_ as a line end; openpyxl reads both as they are.
    assert written == [text.replace("_x", "_x005F_x") for text in texts]


def test_a_label_stands_beside_several_rows(book):
    sheet = book.add_sheet("表", widths=(30, 30), page=Page())
    for text in ("甲", "乙"):
        sheet.add_row((Cell("", PLAIN), Cell(text, PLAIN)))
    sheet.label(1, 2, "类别<一>", PLAIN)
    sheet.add_row((Cell("", PLAIN), Cell("丙", PLAIN)))
    sheet.label(3, 3, "类别二", PLAIN)
    sheet.stretch(2, 100.5)
    written = read(book)["表"]
    assert [[cell.value for cell in row] for row in written.iter_rows()] == [
        ["类别<一>", "甲"],
        [None, "乙"],
        ["类别二", "丙"],
    ]
    assert [str(merged) for merged in written.merged_cells.ranges] == ["A1:A2"]
    # Each row of the merged cell has its own lines (openpyxl evens them out when it reads).
    assert len(set(re.findall(r'<c r="A." s="(.+?)"', "".join(sheet.rows)))) == 3
    assert written.row_dimensions[2].height == 100.5
    assert sheet.heights[1] == 100.5


def test_header_and_footer_take_no_codes_from_texts(book):
    page = Page(header_left="A&P处", footer_left="1&N", footer_right="5版")
    book.add_sheet("表", widths=(30,), page=page).add_row((Cell("一", PLAIN),))
    sheet = read(book)["表"]
    assert sheet.HeaderFooter.differentFirst
    assert sheet.oddHeader.left.text == "A&&P处"
    assert sheet.oddFooter.left.text == "1&&N"
    assert sheet.oddFooter.right.text == "5版"


def test_bytes_do_not_depend_on_the_clock():
    def make(day: str) -> bytes:
        with time_machine.travel(day):
            made = Workbook(title="表", author="学校")
            made.add_sheet("表", widths=(30,), page=Page()).add_row((Cell("一", PLAIN),))
            return made.to_bytes()

    assert make("2011-11-15") == make("2026-11-20")


def test_many_rows_at_once_are_what_each_alone_would_be():
    """Texts that come again, that are printed otherwise, that are too high for a row, that look like formulas."""
    figure = Style("仿宋_GB2312", 12, horizontal="center")
    rows = [
        [1, "一级", " 采购  员 ", "=1+1"],
        [2, "一级", "a_x000D_b<&>", "长" * 30],
        [3, "二级", "很长的一段。" * 900, "一级"],
        [3, "一级", "采购  员", ""],
    ]
    written = []
    for is_many in (True, False):
        book = Workbook(title="表", author="学校")
        sheet = book.add_sheet("表", widths=(10, 20, 30, 40), page=Page())
        styles = [figure, figure, PLAIN, PLAIN]
        if is_many:
            sheet.add_rows(iter(rows), styles, as_printed=str.strip)
        else:
            for row in rows:
                texts = [value if isinstance(value, int) else value.strip() for value in row]
                sheet.add_row([Cell(text, style) for text, style in zip(texts, styles, strict=True)])
        written.append((book.to_bytes(), sheet.heights))
    assert written[0] == written[1]
    assert len(written[0][1]) > len(rows)
