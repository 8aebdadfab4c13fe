"""登记汇总表 in parts and in a process of its own: the same pages as in one go, with the workbook inside."""

import io

import pikepdf
import pytest

from riskcontrol.paper.pdf_join import page_count
from riskpoints.documents import register, register_pdf, register_xlsx
from riskpoints.documents.data import Mark
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.album import different_pixels, page_picture


@pytest.fixture
def in_parts(monkeypatch):
    """Return a function that prints a register in parts of twelve rows, which is a page and a half."""

    def printed(values, **chosen) -> bytes:
        with monkeypatch.context() as patch:
            patch.setattr(register, "PART_ROWS", 12)
            return register_pdf(values, **chosen)

    return printed


@pytest.mark.parametrize("paper", ["a3", "a4"])
@pytest.mark.parametrize("mark", [Mark.FINAL, Mark.DRAFT])
def test_parts_make_the_same_pages_as_one_go(in_parts, read, mark, paper):
    values = cases.register(30, mark=mark, version_label="2026年度第1版")
    parts, whole = in_parts(values, paper=paper), register_pdf(values, paper=paper)
    one, other = read(parts), read(whole)
    assert len(one.pages) >= 4
    assert [sorted(page) for page in one.pages] == [sorted(page) for page in other.pages]
    for number in (2, len(one.pages)):
        assert different_pixels(page_picture(parts, number), page_picture(whole, number)) == 0


def test_parts_give_the_same_bytes_twice_and_are_pdf_a_with_the_workbook_inside(in_parts):
    values = cases.register(20, content_code="AAAA-BBBB")
    content = in_parts(values)
    assert content == in_parts(values)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
            assert metadata["dc:title"] == "山东省烟台第一职业中专2026年度廉政风险登记汇总表"
            assert metadata["pdf:Keywords"] == "AAAA-BBBB"
        assert len(pdf.Root.OutputIntents) == 1
        assert page_count(content) == len(pdf.pages) >= 3
    for made in (content, register_pdf(values)):
        with pikepdf.open(io.BytesIO(made)) as pdf:
            (carried,) = pdf.attachments.values()
            assert carried.filename == "山东省烟台第一职业中专2026年度廉政风险登记汇总表.xlsx"
            assert carried.get_file().read_bytes() == register_xlsx(values)
            assert len(pdf.Root.AF) == 1
