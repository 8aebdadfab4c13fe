"""Names, .csv cells and page counts."""

import csv
import datetime
import io

import pytest

from riskcontrol.paper.pdf_join import page_count
from riskpoints.archives import catalogue, container, verifier


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("总务处", "总务处"),
        ('教务处/科研：*?"<>|\\处', "教务处_科研：_______处"),
        ("  招生 \t 处. ", "招生 处"),
        ("CON", "_CON"),
        ("com1.pdf", "_com1.pdf"),
        ("...", "_"),
        ("长" * 80, "长" * 42),
        ("e\u0301", "é"),
    ],
)
def test_a_safe_name_is_taken_by_every_system(text, name):
    assert container.safe_name(text) == name


def test_the_longest_department_name_keeps_paths_short():
    item = catalogue.CatalogueItem("99", "很" * 64, 9999, "Y", "", "", datetime.date(2026, 1, 1))
    assert len(item.path("签字盖章扫描件" * 20, ".xlsx")) <= verifier.LONGEST_NAME


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1"])
def test_no_cell_of_a_csv_becomes_a_formula(text):
    data = catalogue.csv_bytes(("意见",), [(text,)]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(data.split("\r\n", 1)[1])))[0][0] == "'"


def test_pages_of_a_pdf_are_counted_where_they_can_be():
    from pikepdf import ObjectStreamMode, new

    pdf = new()
    for _ in range(3):
        pdf.add_blank_page()
    for mode in (ObjectStreamMode.disable, ObjectStreamMode.generate):
        stream = io.BytesIO()
        pdf.save(stream, object_stream_mode=mode)
        assert page_count(stream.getvalue()) == 3
    assert page_count(b"not a PDF") is None
