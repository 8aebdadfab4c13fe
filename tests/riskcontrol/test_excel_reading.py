"""Workbooks that people send: what is read of them, and what is refused before it is."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from riskcontrol import excel_reading
from riskcontrol.confinement import RefusedError
from riskcontrol.excel import Cell, Page, Style, Workbook
from riskcontrol.excel_reading import read_workbook


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
    assert rows[0] == [1, ["文字", "3", "2.5", "是", "2026-11-20", "", "a\nb"]]
    # A formula without a kept result is empty; row 2 is left out.
    assert rows[1] == [3, ["", "Ab", "\u200b"]]


def test_what_we_write_is_read_as_it_was():
    book = Workbook(title="表", author="校")
    sheet = book.add_sheet("表", widths=[30] * 3, page=Page())
    texts = ["=1+1", "_x000D_", "一\n二"]
    sheet.add_row([Cell(text, Style("黑体", 11)) for text in texts])
    assert read_workbook(book.to_bytes())[0]["rows"] == [[1, texts]]


def test_hidden_sheets_and_what_is_far_away_are_left_out(monkeypatch):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["AZ1"], book.active["A9000"] = "这里", "太远", "太远"
    book.create_sheet("藏起来的").sheet_state = "hidden"
    sheets = read_workbook(saved(book))
    assert [(sheet["name"], sheet["rows"]) for sheet in sheets] == [("Sheet", [[1, ["这里"]]])]
    monkeypatch.setattr(excel_reading, "MOST_CHARACTERS", 1)
    assert refusal(saved(book)) == excel_reading.TOO_LONG


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
    assert refusal(repacked(content, {"xl/media/a.bin": bytes(excel_reading.LARGEST_INFLATED)})) == (
        excel_reading.TOO_LARGE
    )
    assert refusal(repacked(content, {f"x/{number}": b"" for number in range(200)})) == excel_reading.TOO_LARGE
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").replace(b"<worksheet", laughs[:-16] + b"<worksheet", 1)
    assert refusal(repacked(content, {"xl/worksheets/sheet1.xml": sheet})) == excel_reading.DAMAGED
    # A member that holds more than the package says.
    monkeypatch.setattr(excel_reading, "LARGEST_INFLATED", 3_000)
    assert refusal(content) == excel_reading.TOO_LARGE
