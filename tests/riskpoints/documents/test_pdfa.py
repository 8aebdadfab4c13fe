"""Each printed document against the rules of PDF/A-3u that can be read from the file (ISO 19005-3).

Apache's preflight looks at the structure as well: tests/bench/preflight.py, by hand, since it needs a Java runtime.
"""

import io
import re
from dataclasses import replace

import openpyxl
import pikepdf
import pytest
from fontTools.ttLib import TTFont

from riskcontrol.paper.pdf import Attachment
from riskpoints import documents
from riskpoints.documents import department_form_xlsx
from riskpoints.documents.data import Mark
from tests.riskpoints.documents import cases

CASES = {
    "附件1": lambda: documents.group_list_pdf(cases.group_list()),
    "附件2": lambda: documents.school_form_pdf(cases.school_form()),
    "附件4": lambda: documents.department_form_pdf(cases.hard_names()),
    "空白表": lambda: documents.department_form_pdf(cases.blank_form()),
    "草稿": lambda: documents.department_form_pdf(cases.department_form(mark=Mark.DRAFT)),
    "一览表": lambda: documents.post_sheet_pdf(cases.post_sheet(3)),
    "汇总表": lambda: documents.register_pdf(cases.register(12)),
    "公示稿": lambda: documents.notice_pdf(replace(cases.notice(5), address="https://school.example/publication/7/")),
}
NAMES = {"附件4": "国际交流与合作办学管理办公室（留学生服务中心）", "公示稿": "公示", "汇总表": "登记汇总表"}


@pytest.fixture(params=CASES)
def made(request):
    """Return the name of a document, and the document."""
    with pikepdf.open(io.BytesIO(CASES[request.param]())) as pdf:
        yield request.param, pdf


def dictionaries(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    found = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream)]
    return [item.stream_dict if isinstance(item, pikepdf.Stream) else item for item in found]


def test_it_says_what_it_is_and_both_metadata_say_the_same(made):
    name, pdf = made
    with pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3U"
        assert NAMES.get(name, "") in metadata["dc:title"]
        assert metadata["dc:title"] == str(pdf.docinfo.Title)
        assert metadata["dc:creator"] == [str(pdf.docinfo.Author)] == [cases.SCHOOL]
        assert metadata["dc:language"] == {str(pdf.Root.Lang)} == {"zh-CN"}
        assert metadata["pdf:Producer"] == str(pdf.docinfo.Producer)
        assert metadata.get("pdf:Keywords") == metadata.get("dc:identifier")
        assert metadata.get("pdf:Keywords") == (str(pdf.docinfo.Keywords) if "/Keywords" in pdf.docinfo else None)
        written = metadata.get("xmp:CreateDate", "").replace("-", "")
        assert str(pdf.docinfo.get("/CreationDate", "D:")) == f"D:{written}"
    assert "/Filter" not in pdf.Root.Metadata.stream_dict
    assert "/ID" in pdf.trailer
    assert not pdf.is_encrypted


def test_colours_have_a_profile_and_nothing_acts_by_itself(made):
    _, pdf = made
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    for item in dictionaries(pdf):
        assert not {"/JS", "/JavaScript", "/OpenAction", "/AA", "/URI", "/Launch"} & set(item.keys())
        assert item.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm", "/Movie")
        assert "/LZWDecode" not in str(item.get("/Filter", ""))
        assert item.get("/CA", 1) == item.get("/ca", 1) == 1  # no transparency, so no blending space is needed


def test_every_face_is_embedded_as_a_subset_with_its_widths_and_characters(made):
    _, pdf = made
    fonts = [item for item in dictionaries(pdf) if item.get("/Subtype") == "/Type0"]
    assert fonts
    for font in fonts:
        (descendant,) = font.DescendantFonts
        assert re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont))
        file = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile3.read_bytes()))
        widths = widths_of(descendant.W)
        order, advances, em = file.getGlyphOrder(), file["hmtx"].metrics, file["head"].unitsPerEm
        for glyph, width in widths.items():
            assert width == pytest.approx(advances[order[glyph]][0] * 1000 / em, abs=1)
        mapped = dict(re.findall(r"<([0-9a-f]{4})> <([0-9a-f]+)>", font.ToUnicode.read_bytes().decode()))
        assert mapped.pop("0000") == "ffff"  # the box for what a face does not have, which is never shown
        assert {int(glyph, 16) for glyph in mapped} == set(widths)
        assert not {"0000", "feff", "fffe", ""} & set(mapped.values())


def test_no_page_shows_a_box(made):
    _, pdf = made
    for page in pdf.pages:
        texts = [operands for operands, operator in pikepdf.parse_content_stream(page) if str(operator) in ("Tj", "TJ")]
        assert texts
        for (text,) in texts:
            for piece in text if isinstance(text, pikepdf.Array) else [text]:
                shown = bytes(piece) if isinstance(piece, pikepdf.String) else b""
                assert b"\0\0" not in [shown[place : place + 2] for place in range(0, len(shown), 2)]


def widths_of(array: pikepdf.Array) -> dict[int, float]:
    widths, items = {}, list(array)
    for first, run in zip(items[::2], items[1::2], strict=True):
        widths |= {int(first) + place: float(width) for place, width in enumerate(run)}
    return widths


def test_the_workbook_travels_with_the_form():
    form = cases.department_form()
    sheet = department_form_xlsx(form)
    attachment = Attachment("总务处.xlsx", sheet, "同一张表", made_on=form.made_on)
    with pikepdf.open(io.BytesIO(documents.department_form_pdf(form, [attachment]))) as pdf:
        (named,) = pdf.Root.AF
        assert named.AFRelationship == "/Alternative"
        assert (str(named.UF), str(named.Desc)) == ("总务处.xlsx", "同一张表")
        stream = named.EF.F
        assert stream.Subtype == "/application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert str(stream.Params.ModDate).startswith("D:20261120")
        assert openpyxl.load_workbook(io.BytesIO(stream.read_bytes())).sheetnames == ["总务处"]
        assert str(named.F) == str(named.UF)
