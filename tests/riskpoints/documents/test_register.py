"""登记汇总表 drawn instead of laid out cell by cell: the same pages, with the workbook inside."""

import io
import random
from dataclasses import replace

import pikepdf
import pytest

from riskcontrol.paper.pdf import DocumentError
from riskcontrol.paper.pdf_join import page_count
from riskpoints.documents import register, register_pdf, register_xlsx
from riskpoints.documents.data import Mark, Register
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.album import different_pixels, page_picture

# What lines are broken at, before and after, and never; what other faces draw; what is wider than a column.
PIECES = [
    *"，。（）“”、…①的和：；！？㎡Ωé½·～3-/ \n",
    *("采购人员", "《办法》", "GB/T", "OA", "system-wide", "——", "5,000", "20%", "supercalifragilistic"),
]


@pytest.fixture
def laid_out(monkeypatch):
    """Return a function that lets WeasyPrint lay out each cell."""

    def printed(values, **chosen) -> bytes:
        with monkeypatch.context() as patch:
            patch.setattr(register, "DRAWN_ROWS", 1_000_000)
            return register_pdf(values, **chosen)

    return printed


def odd_register(seed: int) -> Register:
    """A register whose texts were put together by chance: spaces, line breaks, everything in PIECES."""
    chance = random.Random(seed)  # noqa: S311 - texts are no secret

    def text(most: int) -> str:
        return "".join(chance.choice(PIECES) for _ in range(chance.randrange(most))).strip() or "无"

    whole = cases.register(30)
    rows = [
        replace(row, post=text(12), point=text(60), manifestation=text(40), prevention=text(50), monitoring=text(50))
        for row in whole.rows
    ]
    return replace(whole, rows=tuple(rows))


def assert_same_pages(one: bytes, other: bytes) -> None:
    count = page_count(one)
    assert page_count(other) == count >= 4
    for number in range(1, count + 1):
        assert different_pixels(page_picture(one, number), page_picture(other, number)) == 0, number


@pytest.mark.parametrize("paper", ["a3", "a4"])
@pytest.mark.parametrize("mark", [Mark.FINAL, Mark.DRAFT])
def test_it_is_drawn_as_it_would_be_laid_out(laid_out, read, mark, paper):
    values = cases.register(40, mark=mark, version_label="2026年度第1版")
    drawn, whole = register_pdf(values, paper=paper), laid_out(values, paper=paper)
    assert drawn != whole
    assert_same_pages(drawn, whole)
    one, other = read(drawn), read(whole)
    assert [sorted(page) for page in one.pages] == [sorted(page) for page in other.pages]


@pytest.mark.parametrize(("seed", "paper"), [(4, "a3"), (6, "a4"), (8, "a3")])
def test_whatever_stands_in_it_breaks_at_the_same_places(laid_out, seed, paper):
    values = odd_register(seed)
    assert_same_pages(register_pdf(values, paper=paper), laid_out(values, paper=paper))


def test_it_has_the_same_bytes_twice_and_is_pdf_a_with_the_workbook_inside():
    values = cases.register(20, content_code="AAAA-BBBB")
    content = register_pdf(values)
    assert content == register_pdf(values)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
            assert metadata["dc:title"] == "山东省烟台第一职业中专2026年度廉政风险登记汇总表"
            assert metadata["pdf:Keywords"] == "AAAA-BBBB"
        assert len(pdf.Root.OutputIntents) == 1
        (carried,) = pdf.attachments.values()
        assert carried.filename == "山东省烟台第一职业中专2026年度廉政风险登记汇总表.xlsx"
        assert carried.get_file().read_bytes() == register_xlsx(values)
        assert len(pdf.Root.AF) == 1


def test_a_row_higher_than_a_page_is_cut_as_ever(laid_out, read):
    """Eighty short lines in one cell: nothing of them is lost."""
    values = cases.register(12)
    rows = (*values.rows[:-1], replace(values.rows[-1], prevention="\n".join("丙丁戊庚辛" * 16)))
    high = replace(values, rows=rows)
    made = register_pdf(high)
    assert made == laid_out(high)
    text = "".join("".join(page) for page in read(made).pages)
    assert [text.count(one) for one in "丙丁戊庚辛"] == [16] * 5


def test_how_far_it_is_is_told():
    told = []
    register_pdf(cases.register(12), [], report=lambda done, total, step: told.append((done, total, step)))
    assert told == [*((done, 12, "排版") for done in range(1, 13)), (12, 12, "写入文件")]


def test_a_character_that_no_face_draws_is_named():
    values = cases.register(3)
    rows = (*values.rows[:2], replace(values.rows[2], point="生僻字\U00031351"))
    with pytest.raises(DocumentError, match="U\\+31351"):
        register_pdf(replace(values, rows=rows))
