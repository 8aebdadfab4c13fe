"""Word documents that people send: what is read of their tables, and what is refused before it is."""

import io
import zipfile

import pytest

from riskcontrol.paper import word_reading
from riskcontrol.paper.cell_text import INNER
from riskcontrol.paper.table_reading import LOCKED, OTHER, read_tables
from riskcontrol.paper.word import Cell, Paragraph, Run, Word
from riskcontrol.paper.word_numbers import shown
from riskcontrol.paper.word_reading import read_document
from riskcontrol.processes.confinement import RefusedError

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(body: str, **parts: str) -> bytes:
    """Return a .docx with this body, and with further parts by their names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>')
        for name, text in parts.items():
            package.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{NAMESPACE}">{text}</w:{name}>')
    return stream.getvalue()


def run(text: str, facts: str = "") -> str:
    return f"<w:r><w:rPr>{facts}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str, facts: str = "") -> str:
    return f"<w:p><w:pPr>{facts}</w:pPr>{''.join(runs)}</w:p>"


def cell(*content: str, facts: str = "") -> str:
    inside = "".join(part if part.startswith("<") else paragraph(run(part)) for part in content)
    return f"<w:tc><w:tcPr>{facts}</w:tcPr>{inside}</w:tc>"


def table(*rows: str, widths: tuple[int, ...] = ()) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def row(*cells: str, facts: str = "") -> str:
    return f"<w:tr><w:trPr>{facts}</w:trPr>{''.join(cells)}</w:tr>"


def read(body: str, **parts: str):
    return read_document(document(body, **parts))


def test_each_table_is_a_sheet_with_what_stands_around_it():
    first, second = read(
        paragraph(run("标题"))
        + table(row(cell("甲"), cell("乙", "丙")), row(cell(""), cell("")))
        + paragraph(run("之间"))
        + table(row(cell("丁")))
        + paragraph(run("最后"))
    )
    assert (first["name"], first["rows"], first["around"]) == ("表格 1", [[1, ["甲", "乙\n丙"]]], ["标题"])
    assert (second["rows"], second["around"]) == ([[3, ["丁"]]], ["之间", "最后"])


def test_merged_cells_are_areas():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    [sheet] = read(
        table(
            row(cell("类别", facts=down), cell("一", facts='<w:gridSpan w:val="2"/>')),
            row(cell("", facts=on), cell("二"), cell("三")),
            row(cell("", facts=on), cell("四")),
            row(cell("另一类", facts=down), cell("五"), facts=""),
            row(cell("六"), facts='<w:gridBefore w:val="1"/>'),
        )
    )
    assert sheet["merged"] == [[1, 0, 3, 0], [1, 1, 1, 2]]
    assert sheet["rows"][1:] == [[2, ["", "二", "三"]], [3, ["", "四"]], [4, ["另一类", "五"]], [5, ["", "六"]]]


def test_a_column_that_nobody_drew_is_none():
    """WPS leaves columns of a millimetre where the lines of two rows don't meet."""
    [sheet] = read(
        table(
            row(cell("一", facts='<w:gridSpan w:val="2"/>'), cell("二")),
            row(cell("三"), cell("四", facts='<w:gridSpan w:val="2"/>')),
            widths=(1000, 30, 1000),
        )
    )
    assert sheet["rows"] == [[1, ["一", "二"]], [2, ["三", "四"]]]
    assert sheet["merged"] == []


def test_struck_hidden_and_noted_texts_are_marks():
    [sheet] = read(
        table(
            row(
                cell(
                    paragraph(
                        run("留"), run("划", "<w:strike/>"), run("藏", "<w:vanish/>"), run("下", '<w:b w:val="0"/>')
                    )
                ),
                cell(
                    paragraph("<w:del><w:r><w:delText>删</w:delText></w:r></w:del>", "<w:ins>" + run("插") + "</w:ins>")
                ),
                cell(paragraph(run("注"), '<w:r><w:commentReference w:id="3"/></w:r>')),
                cell(paragraph(run("图"), "<w:r><w:drawing/></w:r>", run("不划", '<w:strike w:val="0"/>'))),
            ),
            row(cell("修订删去的行"), facts="<w:del/>"),
            row(cell("藏起来的行"), facts="<w:hidden/>"),
        ),
        comments='<w:comment w:id="3"><w:p><w:r><w:t>请核实</w:t></w:r></w:p></w:comment>',
    )
    assert sheet["rows"] == [[1, ["留下", "插", "注", "图不划"]], [3, ["藏起来的行"]]]
    assert sheet["hidden_rows"] == [3]
    assert sheet["marks"] == [
        [1, 0, "struck", "划"], [1, 0, "hidden", "藏"], [1, 1, "struck", "删"],
        [1, 2, "comment", "请核实"], [1, 3, "picture", "图片"], [2, 0, "struck", "修订删去的行"],
    ]  # fmt: skip


NUMBERING = """
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1、"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="l"/></w:lvl>
</w:abstractNum>
<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="1"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="7"><w:abstractNumId w:val="2"/></w:num>
"""
STYLES = """
<w:style w:styleId="List"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Mine"><w:basedOn w:val="List"/></w:style>
"""


def numbered(text: str, number: int, level: int = 0) -> str:
    facts = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(text), facts=facts)


def test_automatic_numbers_are_those_that_are_seen():
    [sheet] = read(
        table(
            row(
                cell(numbered("甲", 5), numbered("子", 5, 1), numbered("", 5), numbered("乙", 5), numbered("丙", 5, 1))
            ),
            row(cell(numbered("丁", 6), numbered("圆点", 7), paragraph(run("戊"), facts='<w:pStyle w:val="Mine"/>'))),
        ),
        numbering=NUMBERING,
        styles=STYLES,
    )
    assert [texts for _, texts in sheet["rows"]] == [["1、甲\n（1）子\n\n2、乙\n（1）丙"], ["1、丁\n圆点\n2、戊"]]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (3, "decimal", "3"), (3, "decimalEnclosedCircle", "③"), (21, "decimalEnclosedCircle", "21"),
        (10, "chineseCounting", "十"), (21, "chineseCountingThousand", "二十一"), (3, "japaneseCounting", "三"),
        (2, "lowerLetter", "b"), (2, "upperLetter", "B"), (4, "lowerRoman", "iv"), (19, "upperRoman", "XIX"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_their_kind(number, kind, text):
    assert shown(number, kind) == text


def test_a_line_break_stays_in_its_paragraph_unless_it_counts():
    broken = paragraph("<w:r><w:t>1.甲</w:t><w:br/><w:t>还是甲</w:t><w:br/><w:t>2.乙</w:t><w:tab/><w:t>丙</w:t></w:r>")
    [sheet] = read(table(row(cell(broken))))
    assert sheet["rows"] == [[1, [f"1.甲{INNER}\n还是甲\n2.乙 丙"]]]


def test_a_table_in_a_cell_is_its_lines():
    [sheet] = read(table(row(cell("外", table(row(cell("里一"), cell("里二")))))))
    assert sheet["rows"] == [[1, ["外\n里一　里二"]]]


def test_what_we_write_is_read():
    word = Word(title="表", author="某校")
    cells = [Cell((Paragraph((Run(text, "仿宋", 12),)),)) for text in ("甲", "乙\n丙")]
    word.add_table((20, 20)).add_row(cells)
    [sheet] = read_document(word.to_bytes())
    assert sheet["rows"] == [[1, ["甲", f"乙{INNER}\n丙"]]]


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read_tables(content)
    return str(caught.value)


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0" + bytes(600) + stream.encode("utf-16-le") + bytes(100)


def test_what_cannot_be_read_says_what_to_do(monkeypatch):
    assert refusal(b"") == refusal(b"%PDF-1.7") == OTHER
    assert refusal(ole("WordDocument")) == word_reading.OLD
    assert "另存为 .xlsx" in refusal(ole("Workbook"))
    assert refusal(ole("EncryptedPackage")) == LOCKED
    assert refusal(document("<w:p/>")) == word_reading.NO_TABLE
    assert refusal(document("<w:tbl>")) == word_reading.DAMAGED
    assert refusal(document(table(row(cell("长" * (word_reading.MOST_CHARACTERS + 1)))))) == word_reading.TOO_LONG
    assert "41" not in refusal(document(table(row(*[cell("甲")] * 41))))
    assert refusal(document(table(row(cell("甲"))) * 61)).startswith("这个文件有 60 张以上的表格")
    monkeypatch.setattr(word_reading, "MOST_ROWS", 2)
    assert refusal(document(table(*[row(cell("甲"))] * 3))) == "最多读 2 行表格。请分几个文件导入。"


def test_entities_are_not_followed():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "甲甲甲">]><x>&a;</x>')
    assert refusal(stream.getvalue()) == word_reading.DAMAGED
