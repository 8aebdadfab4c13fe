"""Workbooks that people send: what is read of them, and what is refused before it is."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from riskcontrol.paper import excel_reading, packages
from riskcontrol.paper.excel import Cell, Page, Style, Workbook
from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes.confinement import RefusedError


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def repacked(content: bytes, given: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, given.pop(name, None) or old.read(name))
        for name, value in given.items():
            new.writestr(name, value)
    return stream.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read_workbook(content)
    return str(caught.value)


def test_cells_are_read_as_a_person_reads_them():
    day = datetime.datetime(2026, 11, 20)  # noqa: DTZ001 - as Excel has it
    content = workbook(["文字", 3, 2.5, True, day, None, "a\r\nb"], [], ["=1+1", "_x0041_b", "\u200b"])
    rows = read_workbook(content)[0]["rows"]
    assert rows[0] == [1, ["文字", "3", "2.5", "是", "2026-11-20 0:00:00", "", "a\nb"]]
    # Row 2 is left out; a formula without a kept result is told.
    assert rows[1] == [3, ["", "Ab", "\u200b"]]
    assert read_workbook(content)[0]["marks"] == [[3, 0, "formula", ""]]


def test_what_we_write_is_read_as_it_was():
    book = Workbook(title="表", author="校")
    sheet = book.add_sheet("表", widths=[30] * 3, page=Page())
    texts = ["=1+1", "_x000D_", "一\n二"]
    sheet.add_row([Cell(text, Style("黑体", 11)) for text in texts])
    assert read_workbook(book.to_bytes())[0]["rows"] == [[1, texts]]


def test_a_hidden_sheet_is_told(monkeypatch):
    book = openpyxl.Workbook()
    book.active["A1"] = "这里"
    hidden = book.create_sheet("藏起来的")
    hidden["A1"], hidden.sheet_state = "那里", "hidden"
    sheets = read_workbook(saved(book))
    assert [(sheet["name"], sheet["hidden"], sheet["rows"]) for sheet in sheets] == [
        ("Sheet", False, [[1, ["这里"]]]),
        ("藏起来的", True, [[1, ["那里"]]]),
    ]
    monkeypatch.setattr(excel_reading, "MOST_CHARACTERS", 1)
    assert refusal(saved(book)) == excel_reading.TOO_LONG


@pytest.mark.parametrize("place", ["AO1", "A3001"])
def test_what_is_too_far_away_is_refused_with_its_place(place):
    book = openpyxl.Workbook()
    book.active["A1"], book.active[place] = "这里", "太远"
    assert f"“Sheet”的 {place} 格" in refusal(saved(book))


def test_too_many_sheets_are_refused():
    book = openpyxl.Workbook()
    for _ in range(excel_reading.MOST_SHEETS):
        book.create_sheet()
    assert "11 张工作表" in refusal(saved(book))


def test_what_is_hidden_merged_noted_or_struck_is_told():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["甲", "乙"], ["丙", "丁"], ["戊", "己"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = True
    sheet["A1"].comment = Comment("请核实", "审")
    sheet["A2"].font = Font(strike=True)
    sheet["A3"] = CellRichText([TextBlock(InlineFont(strike=True), "删去"), "留下"])
    sheet.merge_cells("B1:B2")
    read = read_workbook(saved(book))[0]
    assert (read["hidden_rows"], read["hidden_columns"], read["merged"]) == ([3], [1], [[1, 1, 2, 1]])
    assert read["marks"] == [[1, 0, "comment", "请核实"], [2, 0, "struck", "丙"], [3, 0, "struck", "删去"]]
    assert read["rows"] == [[1, ["甲", "乙"]], [3, ["留下", "己"]]]


def test_a_number_is_read_as_it_is_shown():
    book = openpyxl.Workbook()
    for place, value, code in (("A1", 0.05, "0%"), ("B1", 1, "000"), ("C1", 0.5, "# ?/?")):
        book.active[place], book.active[place].number_format = value, code
    read = read_workbook(saved(book))[0]
    assert read["rows"] == [[1, ["5%", "001"]]]
    assert read["marks"] == [[1, 2, "format", "# ?/?"]]


def test_fills_without_content_and_strict_files_are_read():
    content = workbook(["一"])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    styles = re.sub(rb"<fill>.*?</fill>", b"<fill/>", parts["xl/styles.xml"], count=1, flags=re.S)
    assert styles != parts["xl/styles.xml"]
    assert read_workbook(repacked(content, {"xl/styles.xml": styles}))[0]["rows"] == [[1, ["一"]]]
    strict = {
        name: data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, data in parts.items()
        if name.endswith((".xml", ".rels"))
    }
    assert read_workbook(repacked(content, strict))[0]["rows"] == [[1, ["一"]]]


def test_a_word_document_is_called_one():
    content = repacked(workbook(["一"]), {"word/document.xml": b"<x/>"})
    assert refusal(content) == excel_reading.WORD


def test_a_lie_about_the_size_of_a_sheet_changes_nothing():
    content = workbook(["一"])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").replace(b'ref="A1"', b'ref="A1:XFD1048576"')
    assert read_workbook(repacked(content, {"xl/worksheets/sheet1.xml": sheet}))[0]["rows"] == [[1, ["一"]]]


def test_what_is_no_workbook_is_refused_with_advice():
    content = workbook(["一"])
    assert refusal(b"") == excel_reading.NO_WORKBOOK
    assert refusal(b"%PDF-1.7") == excel_reading.NO_WORKBOOK
    assert refusal(b"\xd0\xcf\x11\xe0" + bytes(600)) == excel_reading.OLD_OR_LOCKED
    assert refusal(content[:-30]) == excel_reading.DAMAGED
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "a")
    assert refusal(stream.getvalue()) == excel_reading.NO_WORKBOOK
    assert refusal(repacked(content, {"xl/vbaProject.bin": b"x"})) == excel_reading.MACROS
    assert refusal(repacked(content, {"xl/externalLinks/externalLink1.xml": b"<a/>"})) == excel_reading.LINKS
    assert refusal(repacked(content, {"xl/workbook.xml": b"<workbook"})) == excel_reading.DAMAGED
    flagged = bytearray(content)
    flagged[content.rindex(b"PK\x01\x02") + 8] |= 1  # the last member says that it is encrypted
    assert refusal(bytes(flagged)) == excel_reading.OLD_OR_LOCKED


def test_bombs_are_refused_before_they_grow(monkeypatch):
    content = workbook(["一"])
    assert refusal(repacked(content, {"xl/media/a.bin": bytes(packages.LARGEST_INFLATED)})) == (packages.TOO_LARGE)
    assert refusal(repacked(content, {f"x/{number}": b"" for number in range(200)})) == packages.TOO_LARGE
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").replace(b"<worksheet", laughs[:-16] + b"<worksheet", 1)
    assert refusal(repacked(content, {"xl/worksheets/sheet1.xml": sheet})) == excel_reading.DAMAGED
    # A member that holds more than the package says.
    monkeypatch.setattr(packages, "LARGEST_INFLATED", 3_000)
    assert refusal(content) == packages.TOO_LARGE
