"""What is kept from one document to the next: it changes no byte, and is let go when the style sheet is another one."""

import io
import subprocess

import pikepdf
import pytest
from weasyprint import css
from weasyprint.pdf import stream

from riskcontrol.paper import pdf_engine
from riskcontrol.paper.pdf import DocumentError, render_pdf
from riskcontrol.paper.pdf_engine import KeptStyles, forget
from riskcontrol.paper.pdf_press import _workshop
from riskpoints import documents
from tests.riskpoints.documents import cases

MAKERS = {
    "附件4": lambda: documents.department_form_pdf(cases.department_form()),
    "附件2_多页": lambda: documents.school_form_pdf(cases.long_school_form()),
    "一览表": lambda: documents.post_sheet_pdf(cases.post_sheet(3)),
}


@pytest.fixture
def template(settings, tmp_path):
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]

    def write(body: str) -> str:
        (tmp_path / "page.html").write_text(f'<html lang="zh-CN"><body>{body}</body></html>', encoding="utf-8")
        return "page.html"

    return write


def pages_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as file:
        return len(file.pages)


def text_of(content: bytes) -> str:
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return made.stdout.decode()


def render(name, **values) -> bytes:
    return render_pdf(name, values, title="标题", author="学校")


@pytest.mark.parametrize("name", MAKERS)
def test_not_a_byte_is_changed(settings, name):
    forget()
    first, second = MAKERS[name](), MAKERS[name]()
    settings.PDF_PATCHES = False
    plain = MAKERS[name]()
    assert (css.StyleFor, stream.Font) == (KeptStyles.__base__, pdf_engine.Font.__base__)  # really without them
    assert (pages_of(plain), text_of(plain)) == (pages_of(first), text_of(first))
    assert plain == first == second


def test_styles_are_kept_for_the_next_document_and_not_without_end(monkeypatch):
    forget()
    MAKERS["附件4"]()
    count = len(KeptStyles.kept)
    assert 20 < count < 400
    MAKERS["附件4"]()
    assert len(KeptStyles.kept) == count
    monkeypatch.setattr("riskcontrol.paper.pdf_press.MOST_STYLES", count - 1)
    MAKERS["一览表"]()
    assert len(KeptStyles.kept) < count


def test_a_changed_style_sheet_is_seen_at_once(monkeypatch, tmp_path):
    before = MAKERS["附件4"]()
    sheet = tmp_path / "print.css"
    with open("static/css/print.css", encoding="utf-8") as file:
        sheet.write_text(file.read().replace("h1 { font: var(--weight-title) 22pt", "h1 { font: 400 18pt"))
    monkeypatch.setattr("riskcontrol.paper.pdf_press.finders.find", lambda _: str(sheet))
    after = MAKERS["附件4"]()
    monkeypatch.undo()
    assert after != before
    assert MAKERS["附件4"]() == before
    assert _workshop.stylesheet() is not None


def test_a_template_that_is_not_well_formed_is_named(template):
    with pytest.raises(DocumentError, match="打印模板写法有误：mismatched tag"):
        render(template("<p>字<br></p>"))


def test_what_people_type_never_breaks_the_page(template):
    name = template("<p>{{ words }}</p>")
    assert render(name, words="字\x0b\x00\x1f") == render(name, words="字")
    assert render(name, words="<p>&nbsp;]]><!-- '\"") != render(name, words="字")
    with pytest.raises(DocumentError, match="U\\+FFFF"):
        render(name, words="字\uffff")


def test_all_that_a_page_needs_is_in_its_style_sheet(template):
    """A browser's defaults are not there: no margin around a paragraph, and none around the page's body."""
    assert pdf_engine.Page("<html/>", url_fetcher=None)._ua_stylesheets() == []
    assert render(template("<p>字</p>")) == render(template('<p style="margin: 0">字</p>'))
