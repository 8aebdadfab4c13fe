"""Scans of many sheets, read in a confined process: the code of each page, a picture of it, and the pages parted."""

import base64
import io
import json
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from riskcontrol.paper import scan_reading, sheet_reading
from riskcontrol.processes.confined import SCAN, SHEETS_LIMITS, RefusedError, confined
from riskpoints import documents
from tests import scans
from tests.riskpoints.documents import cases

ONE, TWO = "A1B2-C3D4-E5F6", "0123-4567-89AB"


def read(content):
    return confined(sheet_reading.read_sheets, content, limits=SHEETS_LIMITS, words=SCAN)


def codes(content):
    return [page["codes"] for page in read(content)["pages"]]


def part(content, *groups):
    payload = json.dumps(groups).encode() + b"\n" + content
    answer = confined(sheet_reading.part_sheets, payload, limits=SHEETS_LIMITS, words=SCAN)
    return [base64.b64decode(part) for part in answer["parts"]]


def test_the_code_of_each_page_is_found():
    assert codes(scans.sheets(ONE, "", TWO, ONE)) == [[ONE], [], [TWO], [ONE]]


@pytest.mark.parametrize("turned", [0, 3, -2, 90, 180])
def test_a_sheet_may_lie_askew_or_upside_down(turned):
    assert codes(scans.sheets(ONE, turned=turned)) == [[ONE]]


@pytest.mark.parametrize("dots", [100, 300])
def test_a_scan_may_be_coarse_or_fine(dots):
    assert codes(scans.sheets(ONE, dots=dots)) == [[ONE]]


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png")])
def test_a_picture_is_one_page(kind, suffix):
    found = read(scans.sheets(ONE, kind=kind))
    assert (found["kind"], [page["codes"] for page in found["pages"]]) == (suffix, [[ONE]])


def test_each_page_is_shown_small():
    for page in read(scans.sheets(ONE, ""))["pages"]:
        content = base64.b64decode(page["picture"])
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.format == "PNG"
            assert picture.width <= 420
            assert picture.height <= 594
            assert picture.height > picture.width
        assert len(content) < 60_000


def test_the_form_itself_carries_its_code_on_every_page():
    """As it is printed, lines and no picture: 附件4 on one page, and one that goes on."""
    form = cases.department_form()
    assert codes(documents.department_form_pdf(form)) == [[form.content_code]]
    long = documents.department_form_pdf(cases.with_row(form, cases.many(60)))
    found = codes(long)
    assert len(found) > 1
    assert {tuple(page) for page in found} == {(form.content_code,)}


def test_the_code_is_found_in_the_address_of_its_page():
    form = replace(cases.department_form(), content_code="0123-4567-89AB-CDEF-0123")
    form = replace(form, code_address=f"HTTPS://REGISTER.LONG-NAME.SCHOOL.EXAMPLE/C/{form.content_code}")
    assert codes(documents.department_form_pdf(form)) == [[form.content_code]]
    assert codes(scans.sheets(form.code_address)) == [[form.content_code]]


@pytest.mark.parametrize(
    "text", ["https://example.org/a", "https://example.org/?code=A1B2-C3D4", "A1B2\x00C3D4", "A1B2-C3D4-" + "0" * 60]
)
def test_another_code_on_a_sheet_is_not_taken_for_the_forms(text):
    """A text with a NUL could not be stored."""
    assert codes(scans.sheets(text)) == [[]]


def test_what_the_scanner_has_read_counts_where_there_is_no_picture_of_the_code():
    with pikepdf.open(io.BytesIO(scans.pdf())) as pdf:
        font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica}
        name = pdf.pages[0].add_resource(pdf.make_indirect(pikepdf.Dictionary(font)), pikepdf.Name.Font)
        pdf.pages[0].contents_add(f"BT {name} 10 Tf 80 60 Td ({ONE}) Tj ET".encode())
        stream = io.BytesIO()
        pdf.save(stream)
    assert codes(stream.getvalue()) == [[ONE]]


def test_what_is_no_honest_scan_is_refused_as_one_of_a_table_is():
    for content, words in (
        (b"", scan_reading.EMPTY),
        (b"%PDF-1.7\nnonsense", scan_reading.BROKEN),
        (b"GIF89a", scan_reading.NO_SCAN),
        (scans.pdf(pages=61), scan_reading.TOO_MANY),
    ):
        with pytest.raises(RefusedError) as caught:
            read(content)
        assert str(caught.value) == words


def test_pages_are_parted_as_they_were_sent():
    whole = scans.sheets(ONE, TWO, ONE)
    first, second = part(whole, [0, 2], [1])
    assert (codes(first), codes(second)) == ([[ONE], [ONE]], [[TWO]])
    with pikepdf.open(io.BytesIO(whole)) as old, pikepdf.open(io.BytesIO(second)) as new:
        [was], [now] = (list(pdf.pages[number].get_images().values()) for pdf, number in ((old, 1), (new, 0)))
        assert was.read_raw_bytes() == now.read_raw_bytes()
    assert part(whole, [0, 2], [1]) == [first, second]  # the same bytes each time
    assert len(second) < len(whole) / 2


def test_a_page_takes_along_no_picture_of_another():
    """Some scanners list the pictures of all pages beside each."""
    with pikepdf.open(io.BytesIO(scans.sheets(ONE, TWO, ONE, TWO))) as pdf:
        pictures = {}
        for number, page in enumerate(pdf.pages):
            [(name, picture)] = page.get_images().items()
            pictures[f"/P{number}"] = picture
            page.Contents = pdf.make_stream(page.Contents.read_bytes().replace(name.encode(), f"/P{number}".encode()))
        for page in pdf.pages:
            page.Resources.XObject = pikepdf.Dictionary(pictures)
        stream = io.BytesIO()
        pdf.save(stream)
    [alone] = part(stream.getvalue(), [1])
    assert codes(alone) == [[TWO]]
    assert len(alone) < len(stream.getvalue()) / 2
