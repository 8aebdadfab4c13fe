"""Tables from the clipboard: what is read of their HTML, and of plain text with tabs."""

from pathlib import Path

import pytest

from riskcontrol.paper import html_reading, html_tables
from riskcontrol.paper.cell_text import INNER
from riskcontrol.paper.html_reading import read_html
from riskcontrol.paper.html_tables import NO_TABLE, TOO_LONG
from riskcontrol.paper.tabbed_reading import read_tabbed
from riskcontrol.processes.confinement import RefusedError

PASTED = Path(__file__).parents[2] / "riskpoints/importing/pasted"


def read(html: str):
    return read_html(html.encode())


def rows(html: str):
    [sheet] = read(html)
    return [texts for _, texts in sheet["rows"]]


def of(name: str):
    [sheet] = read_html((PASTED / f"{name}.html").read_bytes())
    return sheet


def test_word_writes_numbers_lines_and_marks():
    sheet = of("word")
    assert sheet["rows"] == [
        [1, ["风险类别", "廉政风险点", "防控措施及要求"]],
        [2, [
            "岗位职责",
            "1.听课评价凭个人关系打分，评价结果不公正（教学督导员，二级）\n2.超标准接待",
            f"两人以上听课{INNER}\n分别打分\n先报批后接待",
        ]],
        [3, ["", "检查结论未经集体研究（督导室主任，一级）", "督导检查结论集体研究"]],
    ]  # fmt: skip
    assert sheet["merged"] == [[2, 0, 3, 0]]
    assert sheet["marks"] == [[2, 1, "struck", "和公车私用旧话"], [2, 2, "hidden", "内部批注"]]


def test_excel_says_what_is_shown_and_what_is_hidden():
    sheet = of("excel")
    assert sheet["rows"][1:] == [
        [2, ["1", "采购员", "采购不询价", "一级（高）", "内部", "1.三家询价；\n2.验收两人到场"]],
        [3, ["2", "", "", "5%"]],
        [4, ["3", "绿化管理员", "筛掉的风险点", "三级", "", "隐藏的措施"]],
    ]
    assert (sheet["hidden_rows"], sheet["hidden_columns"]) == ([4], [4])
    assert sheet["merged"] == [[2, 1, 3, 1], [2, 5, 3, 5]]
    assert sheet["marks"] == [[3, 2, "struck", "旧的风险点"]]


@pytest.mark.parametrize(
    ("span", "last"), [("2", 2), (" 02 ", 2), ("99999999999", 3), ("9" * 5000, 3), ("²", 1), ("-1", 1)]
)
def test_a_span_is_a_figure_or_nothing(span, last):
    [sheet] = read(
        f'<table><tr><td rowspan="{span}">甲</td><td>乙</td></tr><tr><td>丙</td></tr><tr><td>丁</td></tr></table>'
    )
    assert [area[2] for area in sheet["merged"]] == ([last] if last > 1 else [])


def test_wps_closes_its_elements_otherwise():
    sheet = of("wps")
    assert sheet["rows"][2] == [3, ["业务流程风险", "拆分项目\n规避招标", "（1）集体研究（2）公示"]]
    assert (sheet["merged"], sheet["marks"]) == ([[1, 0, 1, 2], [3, 0, 4, 0]], [[4, 1, "struck", "已不适用"]])


def test_libreoffice_counts_its_lists_by_elements():
    sheet = of("libreoffice_writer")
    assert [texts[4] for _, texts in sheet["rows"][1:]] == [
        "1.两人以上听课\n2.评价结果公示五个工作日", "检查前制定方案",
        "3.督导检查结论集体研究\n4.重大事项留存记录", "先报批后接待",
    ]  # fmt: skip
    assert sheet["around"] == ["质量督导室廉政风险排查表", "填报说明在表格以外。"]
    assert [kind for _, _, kind, _ in sheet["marks"]] == ["struck", "hidden"]
    calc = of("libreoffice_calc")
    assert (len(calc["rows"]), calc["merged"][2:]) == (16, [[4, 1, 7, 1], [8, 1, 11, 1], [12, 1, 15, 1]])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("听课\n 评价", "听课评价"), ("two\n words", "two words"), ("一<br>二", "一\n二"), ("<p>一<p>二", "一\n二"),
        ("<p>一<br>2.二</p>", "一\n2.二"), ("<ul><li>一<li>二</ul>", "一\n二"), ("&lt;b&gt;&amp;", "<b>&"),
        ("<script>x</script>一", "一"), ("<span>听\n</span><b>课</b>", "听课"),
        ("甲<span style='display: none'>乙", "甲"),
        ("甲<del>乙</del><s>丙</s><strike>丁</strike>", "甲"), ("外<table><tr><td>里<td>面</table>", "外\n　里　面"),
        ("<ol start=3><li><p>三</p></li></ol>", "3.三"), ("<!-- 注 -->一", "一"),
        ("<ruby>行<rt>xing</rt></ruby>", "行"),
    ],
)  # fmt: skip
def test_a_cell_is_the_lines_that_are_seen(cell, text):
    assert rows(f"<table><tr><td>{cell}</td><td>尾</td></tr></table>") == [[text, "尾"]]


def test_ends_may_be_left_out_and_spans_may_lie():
    assert rows("<table><tr><td>一<td>二<tr><td rowspan=900>三<td colspan=x>四") == [["一", "二"], ["三", "四"]]
    [sheet] = read("<table><tr><td rowspan=900>三<td>四<tr><td>五</table>")
    assert (sheet["merged"], sheet["rows"][1]) == ([[1, 0, 2, 0]], [2, ["", "五"]])


def test_each_table_is_a_sheet():
    first, second = read("前<table><tr><td>一</table>间<table></table><table><tr><td>二</table>后")
    assert (first["around"], second["around"]) == (["前"], ["间", "后"])
    assert (first["rows"], second["rows"]) == ([[1, ["一"]]], [[2, ["二"]]])


def refusal(function, text: str) -> str:
    with pytest.raises(RefusedError) as caught:
        function(text.encode())
    return str(caught.value)


def test_what_holds_no_table_or_too_much_is_refused(monkeypatch):
    assert refusal(read_html, "<p>文字</p>") == refusal(read_html, "") == refusal(read_tabbed, "文字") == NO_TABLE
    assert refusal(read_html, f"<table><tr>{'<td>一' * 41}") == TOO_LONG
    assert refusal(read_html, "<table>" + "<tr><td>一" * 3_001) == TOO_LONG
    assert refusal(read_tabbed, "一\t二\n" * 3_001) == refusal(read_tabbed, "一\t" * 41) == TOO_LONG
    assert html_reading.MOST_CHARACTERS == html_tables.MOST_CHARACTERS == 600_000
    monkeypatch.setattr(html_reading, "MOST_CHARACTERS", 3)
    assert refusal(read_html, "<table><tr><td>一二三四") == TOO_LONG


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一\t二\r\n三\t四\r\n", [[1, ["一", "二"]], [2, ["三", "四"]]]),
        ('一\t"二\n续"\n\n三\t"说""好"""', [[1, ["一", "二\n续"]], [3, ["三", '说"好"']]]),
        ('一\t"没有关上\n三\t四', [[1, ["一", '"没有关上']], [2, ["三", "四"]]]),
    ],
)
def test_plain_text_has_tabs_between_its_cells(text, found):
    [sheet] = read_tabbed(text.encode())
    assert sheet["rows"] == found
