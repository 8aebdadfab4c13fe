"""Documents of one version: who may take them, named in Chinese, written down; the scans of the signed paper."""

import subprocess
from urllib.parse import unquote

import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.tables import papers
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to, make_department, make_post
from tests.pages import at
from tests.riskpoints.views.conftest import BAD_VALUES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
SEES = {
    "draft": {"head", "clerk"},
    "submitted": {"head", "clerk", "leader", "reviewer", "second_reviewer", "discipline_head"},
    "confirmed": {
        "head", "clerk", "staff", "leader", "reviewer", "second_reviewer", "discipline_head", "deputy", "principal",
        "office", "second_office", "admin",
    },
}  # fmt: skip
SEES_SCANS = SEES["confirmed"] - {"staff", "deputy", "admin"}


@pytest.mark.parametrize(("kind", "media_type"), [("pdf", "application/pdf"), ("xlsx", XLSX), ("docx", DOCX)])
def test_the_form_is_taken_away_under_its_chinese_name(enter, confirmed_version, people, kind, media_type):
    response = enter(people.head).get(at(confirmed_version, "print", kind))
    assert response["Content-Type"] == media_type
    year = confirmed_version.table.cycle.year
    name = f"{year}年总务处廉政风险点防控表（第1版）.{kind}"
    disposition = unquote(response["Content-Disposition"])
    assert disposition.startswith("inline" if kind == "pdf" else "attachment")
    assert disposition.endswith(f"filename*=utf-8''{name}")
    assert response["Cache-Control"] == "no-store, private"
    assert response.content.startswith(b"%PDF-" if kind == "pdf" else b"PK")
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.actor_number, entry.detail) == (RegisterVerb.VERSION_DOWNLOAD, "1001", {"文件": name})


@pytest.mark.parametrize("status", SEES)
def test_who_sees_a_version_may_print_it(enter, client, table, people, status):
    version = bring_to(Status(status), table, people)
    address = at(version, "print", "xlsx")
    for person in vars(people).keys() - {"disabled"}:
        expected = 200 if person in SEES[status] else 404
        assert enter(getattr(people, person)).get(address).status_code == expected, person
    assert client.get(address).url == f"{reverse('login')}?next={address}"
    assert enter(people.head).post(address).status_code == 405


@pytest.mark.parametrize("kind", ["exe", "PDF", "docx2", "html", "9" * 200])
def test_another_kind_of_document_is_unknown(enter, draft_version, people, kind):
    assert enter(people.head).get(at(draft_version, "print", kind)).status_code == 404


def test_the_scan_is_for_those_who_see_the_assessment(enter, client, confirmed_version, people):
    scan = papers.add_scan(confirmed_version, PNG, "png", actor=people.office)
    address = at(confirmed_version, "scan", scan.pk)
    for person in vars(people).keys() - {"disabled"}:
        response = enter(getattr(people, person)).get(address)
        assert response.status_code == (200 if person in SEES_SCANS else 404), person
    response = enter(people.head).get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response["Content-Type"], body) == ("image/png", PNG)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.last().action == RegisterVerb.SCAN_VIEW
    assert client.get(address).url.startswith(reverse("login"))


def test_a_scan_belongs_to_its_version(enter, confirmed_version, other_table, people):
    scan = papers.add_scan(confirmed_version, PNG, "png", actor=people.office)
    theirs = bring_to(Status.CONFIRMED, other_table, people)
    assert enter(people.office).get(at(theirs, "scan", scan.pk)).status_code == 404
    assert enter(people.office).get(at(confirmed_version, "scan", 10**30)).status_code == 404


def test_the_blank_form_is_for_everybody_who_is_logged_in(enter, client, people):
    address = reverse("riskpoints:blank")
    assert client.get(address).url.startswith(reverse("login"))
    response = enter(people.outsider).get(address)
    assert response.content.startswith(b"%PDF-")
    assert "部门廉政风险点防控表（空表）.pdf" in unquote(response["Content-Disposition"])
    assert AuditEntry.objects.last().action == RegisterVerb.BLANK_DOWNLOAD


def test_a_strange_query_changes_nothing(enter, draft_version, people):
    client = enter(people.head)
    for value in BAD_VALUES:
        assert client.get(at(draft_version, "print", "xlsx"), {"kind": value, "page": value}).status_code == 200


def test_a_draft_that_cannot_be_printed_says_why(draft_version, head, enter):
    TableVersion.objects.filter(pk=draft_version.pk).update(head_name="\U00031351")
    answer = enter(head).get(reverse("riskpoints:print", args=[draft_version.pk, "pdf"]), follow=True)
    assert answer.redirect_chain == [(reverse("riskpoints:version", args=[draft_version.pk]), 302)]
    assert "以下字符没有可用的字体" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=RegisterVerb.VERSION_DOWNLOAD).exists()


def sheets(pdf: bytes) -> list[str]:
    """Return the words of each page."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return ["".join(page.split()) for page in text.decode().split("\f")[:-1]]


@pytest.mark.parametrize("name", ["post_sheets", "post_sheet"])
def test_the_sheets_of_the_posts_are_for_those_who_see_the_version(enter, client, table, people, purchasing_post, name):
    """岗位廉政风险防控一览表 is reachable: per post, per department as one PDF, written down like other downloads."""
    version = bring_to(Status.CONFIRMED, table, people)
    address = at(version, name, *([purchasing_post.pk] if name == "post_sheet" else []))
    for person in vars(people).keys() - {"disabled"}:
        expected = 200 if person in SEES["confirmed"] else 404
        assert enter(getattr(people, person)).get(address).status_code == expected, person
    assert client.get(address).url == f"{reverse('login')}?next={address}"
    response = enter(people.head).get(address)
    assert "岗位廉政风险防控一览表（第1版）.pdf" in unquote(response["Content-Disposition"])
    assert AuditEntry.objects.last().action == RegisterVerb.POSTS_DOWNLOAD


def test_one_post_has_one_sheet_and_a_department_all(enter, table, people, purchasing_post, plain_post):
    version = bring_to(Status.CONFIRMED, table, people)
    one = enter(people.head).get(at(version, "post_sheet", purchasing_post.pk))
    every = enter(people.head).get(at(version, "post_sheets"))
    assert [f"岗位{purchasing_post.name}" in page for page in sheets(one.content)] == [True]
    assert [post.name in page for post, page in zip([purchasing_post, plain_post], sheets(every.content), strict=True)]


def test_the_scales_of_the_sheets_are_for_those_who_see_the_assessment(enter, confirmed_version, people):
    address = at(confirmed_version, "post_sheets")
    assert "机率：" in "".join(sheets(enter(people.head).get(address).content))
    assert "机率：" not in "".join(sheets(enter(people.staff).get(address).content))


def test_a_post_of_another_department_has_no_sheet_here(enter, confirmed_version, school_table, people):
    other = make_post(make_department("实训处"), "实训干事")
    assert enter(people.head).get(at(confirmed_version, "post_sheet", other.pk)).status_code == 404
    assert (
        enter(people.office).get(at(bring_to(Status.CONFIRMED, school_table, people), "post_sheets")).status_code == 404
    )


def test_the_departments_page_leads_to_the_sheets_in_force(enter, department, table, purchasing_post, people):
    page = reverse("departments:department", args=[department.pk])
    addresses = [
        reverse("riskpoints:department_sheets", args=[department.pk]),
        reverse("riskpoints:department_sheet", args=[department.pk, purchasing_post.pk]),
    ]
    client = enter(people.office)
    assert [address in client.get(page).content.decode() for address in addresses] == [True, True]
    answer = client.get(addresses[0], follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "没有现行的防控表" in answer.content.decode()
    version = bring_to(Status.CONFIRMED, table, people)
    assert [client.get(address).content[:5] for address in addresses] == [b"%PDF-", b"%PDF-"]
    assert AuditEntry.objects.last().object_id == str(version.pk)


def test_the_versions_page_leads_to_the_sheets(enter, confirmed_version, purchasing_post, school_table, people):
    page = enter(people.head).get(at(confirmed_version, "version")).content.decode()
    assert at(confirmed_version, "post_sheets") in page
    assert at(confirmed_version, "post_sheet", purchasing_post.pk) in page
    school = bring_to(Status.CONFIRMED, school_table, people)
    assert "sheets.pdf" not in enter(people.office).get(at(school, "version")).content.decode()
