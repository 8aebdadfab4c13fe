"""A scan is really read, in a confined process; what is no honest scan is refused with words that say what to do."""

import io

import pikepdf
import pytest

from riskcontrol.paper import scan_reading
from riskcontrol.processes.confined import SCAN, SCAN_BROKEN, SCAN_LIMITS, Limits, RefusedError, confined
from tests import scans
from tests.riskcontrol import confining


def refusal(content):
    """Return the words with which a file is refused, read as the form reads it."""
    with pytest.raises(RefusedError) as caught:
        confined(scan_reading.read_scan, content, limits=SCAN_LIMITS, words=SCAN)
    return str(caught.value)


def changed(change, **options):
    """Return a whole PDF after `change(pdf)`."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(scans.pdf(pages=2))) as pdf:
        change(pdf)
        pdf.save(stream, **options)
    return stream.getvalue()


def script(pdf):
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (scans.PDF, {"kind": "pdf", "pages": 1}),
        (scans.pdf(pages=3), {"kind": "pdf", "pages": 3}),
        (scans.JPEG, {"kind": "jpg", "pages": 1}),
        (scans.PNG, {"kind": "png", "pages": 1}),
        (changed(lambda pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.generate), {"kind": "pdf", "pages": 2}),
    ],
)
def test_a_whole_scan_is_read(content, read):
    assert confined(scan_reading.read_scan, content, limits=SCAN_LIMITS, words=SCAN) == read


def test_a_page_at_six_hundred_dots_per_inch_is_read():
    page = scans.picture("PNG", size=(4960, 7016))
    assert confined(scan_reading.read_scan, page, limits=SCAN_LIMITS, words=SCAN)["kind"] == "png"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", scan_reading.EMPTY),
        (b"GIF89a" + b"x" * 50, scan_reading.NO_SCAN),
        (b" " + scans.PDF, scan_reading.NO_SCAN),
        (b"<html><script>alert(1)</script>", scan_reading.NO_SCAN),
        (b"%PDF-1.7\nnothing else", scan_reading.BROKEN),
        (scans.PDF[: len(scans.PDF) // 2], scan_reading.BROKEN),
        (scans.JPEG[: len(scans.JPEG) // 2], scan_reading.BROKEN),
        (scans.PNG[:-20], scan_reading.BROKEN),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, scan_reading.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, scan_reading.BROKEN),
    ],
    ids=["empty", "gif", "blank first", "html", "header", "half", "half jpeg", "half png", "no jpeg", "no png"],
)
def test_what_is_no_whole_file_is_refused(content, said):
    assert refusal(content) == said


@pytest.mark.parametrize("password", ["open", ""])
def test_a_locked_file_is_refused(password):
    lock = pikepdf.Encryption(owner="owner", user=password)
    assert refusal(changed(lambda pdf: None, encryption=lock)) == scan_reading.LOCKED


def test_a_file_without_a_page_is_refused():
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(stream)
    assert refusal(stream.getvalue()) == scan_reading.NO_PAGE


def test_a_blank_page_is_refused_by_its_number():
    def blank(pdf):
        del pdf.pages[1].Contents

    assert refusal(changed(blank)) == scan_reading.BLANK.format(page=2)


def test_more_pages_than_a_form_has_are_refused():
    assert refusal(scans.pdf(pages=scan_reading.MOST_PAGES + 1)) == scan_reading.TOO_MANY


ACTIVE = {
    "opens with a script": lambda pdf: pdf.Root.update({"/OpenAction": script(pdf)}),
    "script behind a page": lambda pdf: pdf.pages[1].obj.update({"/AA": pikepdf.Dictionary(O=script(pdf))}),
    "script by name": lambda pdf: pdf.Root.update({"/Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary())}),
    "starts a program": lambda pdf: pdf.Root.update({"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.Launch)}),
    "attached file": lambda pdf: pdf.attachments.update({"a.exe": b"MZ"}),
    "form that runs": lambda pdf: pdf.Root.update({"/AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array())}),
    "deep in an array": lambda pdf: pdf.Root.update({"/X": pikepdf.Array([pikepdf.Array([script(pdf)])])}),
    "an object of its own": lambda pdf: pdf.Root.update({"/X": pdf.make_indirect(script(pdf))}),
}


@pytest.mark.parametrize("name", ACTIVE)
@pytest.mark.parametrize("mode", ["disable", "generate"])
def test_what_would_act_by_itself_is_refused(name, mode):
    packed = changed(ACTIVE[name], object_stream_mode=getattr(pikepdf.ObjectStreamMode, mode))
    assert refusal(packed) == scan_reading.ACTIVE


def test_a_broken_picture_inside_is_refused():
    def cut(pdf):
        image = next(iter(pdf.pages[0].get_images().values()))
        image.write(image.read_raw_bytes()[:40], filter=pikepdf.Name.DCTDecode)

    assert refusal(changed(cut)) == scan_reading.BROKEN


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_would_take_the_memory_is_refused(kind, monkeypatch):
    monkeypatch.setattr(scan_reading, "MOST_PIXELS", 100)
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)  # so that it is as before afterwards
    with pytest.raises(RefusedError, match="图片的尺寸太大"):
        scan_reading.read_scan(scans.picture(kind, size=(11, 10)))


def test_what_breaks_the_reading_is_said_in_words_for_a_scan():
    with pytest.raises(RefusedError) as caught:
        confined(confining.dies, b"", limits=Limits(seconds=2), words=SCAN)
    assert str(caught.value) == SCAN_BROKEN
