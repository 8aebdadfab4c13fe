"""What an archive's "unchanged" rests on: content, templates, captions, style, faces, and the code that prints."""

from pathlib import Path

import pytest
from django.conf import settings

from departments.enums import Level
from departments.models import Department
from riskcontrol.paper import pdf
from riskpoints.archives import fingerprint
from riskpoints.enums import Status

ROOT = Path(settings.BASE_DIR)
program = fingerprint.program.__wrapped__  # the one that is not remembered


def names(paths):
    return {path.relative_to(ROOT).as_posix() for path in paths}


def test_the_code_is_what_the_papers_import():
    """A new document, and a wing's, are found without being listed anywhere."""
    found = names(fingerprint.sources())
    assert {
        "riskpoints/archives/builder.py",
        "riskpoints/documents/forms.py",
        "riskpoints/documents/form_sheets.py",
        "riskpoints/archives/verifier.py",
        "riskpoints/enums.py",
        "departments/enums.py",
        "riskcontrol/paper/pdf.py",
        "riskcontrol/paper/excel.py",
        "riskpoints/participation/results.py",
    } <= found
    assert not any("/views/" in name or "/tests/" in name or ".venv" in name for name in found)


def test_the_templates_are_all_that_are_printed():
    found = names(fingerprint.templates())
    # A QR code on a paper is the same drawing as on a page.
    printed = {name for name in names((ROOT / "templates").rglob("*.*")) if "/print/" in name}
    assert found == printed | {"templates/_qr.html"}
    assert len(found) > 5


@pytest.mark.parametrize("member", [Status.CONFIRMED, Level(1)])
def test_another_caption_makes_another_paper(monkeypatch, member):
    before = fingerprint.key_of("pdf", [1])
    assert fingerprint.key_of("pdf", [1]) == before
    monkeypatch.setattr(member, "_label_", "另一个说法")
    assert fingerprint.key_of("pdf", [1]) != before


def test_another_name_of_a_field_or_model_makes_another_paper(monkeypatch):
    before = fingerprint.key_of("pdf", [1])
    with monkeypatch.context() as patched:
        patched.setattr(Department._meta, "verbose_name", "科室")
        assert fingerprint.key_of("pdf", [1]) != before
    with monkeypatch.context() as patched:
        patched.setattr(Department._meta.get_field("name"), "verbose_name", "叫法")
        assert fingerprint.key_of("pdf", [1]) != before
    assert fingerprint.key_of("pdf", [1]) == before


def test_other_content_or_another_kind_makes_another_paper():
    keys = {fingerprint.key_of("pdf", [1]), fingerprint.key_of("xlsx", [1]), fingerprint.key_of("pdf", [2])}
    assert len(keys) == 3


@pytest.mark.parametrize("what", ["sources", "templates"])
def test_another_program_or_template_makes_another_paper(monkeypatch, tmp_path, what):
    path = tmp_path / "new_file"
    paths = getattr(fingerprint, what)()
    monkeypatch.setattr(fingerprint, what, lambda: [*paths, path])
    path.write_text("one")
    before = program()
    assert program() == before
    path.write_text("two")
    assert program() != before


def test_another_style_makes_another_paper(monkeypatch, tmp_path):
    style = tmp_path / "print.css"
    asked = []
    monkeypatch.setattr(fingerprint.finders, "find", lambda name: asked.append(name) or str(style))
    style.write_text("p { color: black }")
    before = program()
    style.write_text("p { color: red }")
    assert program() != before
    assert set(asked) == {pdf.STYLESHEET}
