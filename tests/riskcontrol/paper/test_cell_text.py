"""Texts in cells: nothing that XML refuses, lines counted as they are wrapped, long ones cut at a pause."""

import re

from hypothesis import given
from hypothesis import strategies as st

from riskcontrol.paper.cell_text import escaped, goes_on, in_pieces, joined, line_count, mark_cuts, safe_text, wrapped

TEXTS = st.text(st.sampled_from("一二三。，；（A4） \n$é㛃𬭎—"), max_size=150)
WIDTHS = st.floats(30, 300)


def test_texts_lose_what_xml_cannot_hold_and_nothing_else():
    assert safe_text("一\x00\x07\x0b\x1f\x7f\x9f二\ud800\ufffe\uffff") == "一二"
    assert safe_text("一\r\n二\r三\t四") == "一\n二\n三 四"
    assert safe_text("㛃䶮𬭎\u3000😀") == "㛃䶮𬭎\u3000😀"


def test_a_full_width_character_counts_one_em():
    assert wrapped("一二三四五", 36, 12) == ["一二三", "四五\n"]
    assert wrapped("abcdef", 36, 12) == ["abcde", "f\n"]
    assert wrapped("一\n\n二", 36, 12) == ["一\n", "\n", "二\n"]
    assert wrapped("", 36, 12) == ["\n"]


def test_markup_and_what_looks_like_an_escape_are_escaped():
    assert escaped("a<b>&c") == "a&lt;b&gt;&amp;c"
    assert escaped("_x000D_ _xyz_") == "_x005F_x000D_ _xyz_"


@given(TEXTS, WIDTHS, st.sampled_from([9, 10.5, 12]))
def test_lines_are_counted_as_they_are_wrapped(text, width, size):
    assert line_count(text, width, size) == len(wrapped(text, width, size))


@given(TEXTS, WIDTHS)
def test_pieces_are_short_enough_and_lose_nothing_but_line_breaks(text, width):
    pieces = in_pieces(text, width, 12, most=4)
    assert all(line_count(piece, width, 12) <= 4 for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


def test_a_text_is_cut_after_a_paragraph_or_a_sentence():
    items = "\n".join(f"第{number}项防范措施。" for number in range(1, 21))
    assert all(piece.endswith("。") for piece in in_pieces(items, 300, 12, most=7))
    sentences = "三人以上询价，当场签字。纪委每季度抽查原始单据。" * 8
    assert all(piece.endswith("。") for piece in in_pieces(sentences, 120, 12, most=8))


@given(TEXTS, WIDTHS)
def test_marked_pieces_give_the_text_again(text, width):
    marked = mark_cuts(text, in_pieces(text, width, 12, most=4))
    assert [goes_on(piece) for piece in marked] == [True] * (len(marked) - 1) + [False]
    whole = marked[-1]
    for piece in reversed(marked[:-1]):
        whole = joined(piece, whole)
    assert re.sub("\n+", "\n", whole) == re.sub("\n+", "\n", text)


def test_a_cut_text_may_begin_with_an_empty_line():
    marked = mark_cuts("\n444é444\n", in_pieces("\n444é444\n", 30, 12, most=4))
    assert joined(*marked) == "\n444é444\n"
