"""Downloads keep their Chinese names everywhere; `next` never leads away from the site."""

import io

import pytest
from django.test import RequestFactory

from riskcontrol.web.http import download, is_htmx, next_url


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("总务处.pdf", "attachment; filename*=utf-8''%E6%80%BB%E5%8A%A1%E5%A4%84.pdf"),
        ("2026-v2.xlsx", 'attachment; filename="2026-v2.xlsx"'),
        ('a"b\r\nX: y.zip', 'attachment; filename="a\\"bX: y.zip"'),
        ("../表/1.pdf", "attachment; filename*=utf-8''..-%E8%A1%A8-1.pdf"),
        ("..\\1.pdf", 'attachment; filename="..-1.pdf"'),
    ],
)
def test_a_download_keeps_its_name_and_names_no_other_folder(name, header):
    assert download(b"", name, "application/pdf")["Content-Disposition"] == header


def test_bytes_are_sent_whole_and_not_kept():
    answer = download(b"%PDF", "表.pdf", "application/pdf")
    assert (answer.content, answer["Content-Length"], answer["Content-Type"]) == (b"%PDF", "4", "application/pdf")
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")


@pytest.mark.django_db  # closing an answer ends the request, which looks after the connection
def test_an_open_file_is_streamed_and_closed():
    source = io.BytesIO(b"zip" * 1000)
    answer = download(source, "档案.zip", "application/zip", inline=True)
    assert b"".join(answer.streaming_content) == b"zip" * 1000
    assert answer["Content-Disposition"].startswith("inline; filename*=")
    answer.close()
    assert source.closed


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, False), ({"HX-Request": "true"}, True), ({"HX-Request": "true", "HX-Boosted": "true"}, False)],
)
def test_a_boosted_page_is_a_whole_page(headers, expected):
    assert is_htmx(RequestFactory().get("/", headers=headers)) is expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/tables/3/?edit=4#p4", "/tables/3/?edit=4#p4"),
        ("", "/back/"),
        ("abc", "/back/"),
        ("?open=head", "/back/"),
        ("https://elsewhere.example/", "/back/"),
        ("//elsewhere.example/", "/back/"),
        ("javascript:alert(1)", "/back/"),
        ("/\\elsewhere.example", "/back/"),
    ],
)
def test_next_stays_on_this_site(target, expected):
    assert next_url(RequestFactory().post("/", {"next": target}), "/back/") == expected
