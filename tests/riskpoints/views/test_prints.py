"""Documents of one version: who may take them, named in Chinese, written down; the scans of the signed paper."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints import keeping
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from tests.factories import bring_to
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
    assert disposition.endswith(f"filename*=UTF-8''{name}")
    assert response["Cache-Control"] == "no-store, private"
    assert response.content.startswith(b"%PDF-" if kind == "pdf" else b"PK")
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.actor_number, entry.detail) == ("下载防控表", "1001", {"文件": name})


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
    scan = keeping.add_scan(confirmed_version, PNG, "png", actor=people.office)
    address = at(confirmed_version, "scan", scan.pk)
    for person in vars(people).keys() - {"disabled"}:
        response = enter(getattr(people, person)).get(address)
        assert response.status_code == (200 if person in SEES_SCANS else 404), person
    response = enter(people.head).get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response["Content-Type"], body) == ("image/png", PNG)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.last().action == "查看签字扫描件"
    assert client.get(address).url.startswith(reverse("login"))


def test_a_scan_belongs_to_its_version(enter, confirmed_version, other_table, people):
    scan = keeping.add_scan(confirmed_version, PNG, "png", actor=people.office)
    theirs = bring_to(Status.CONFIRMED, other_table, people)
    assert enter(people.office).get(at(theirs, "scan", scan.pk)).status_code == 404
    assert enter(people.office).get(at(confirmed_version, "scan", 10**30)).status_code == 404


def test_the_blank_form_is_for_everybody_who_is_logged_in(enter, client, people):
    address = reverse("riskpoints:blank")
    assert client.get(address).url.startswith(reverse("login"))
    response = enter(people.outsider).get(address)
    assert response.content.startswith(b"%PDF-")
    assert "部门廉政风险点防控表（空表）.pdf" in unquote(response["Content-Disposition"])
    assert AuditEntry.objects.last().action == "下载空白表"


def test_a_strange_query_changes_nothing(enter, draft_version, people):
    client = enter(people.head)
    for value in BAD_VALUES:
        assert client.get(at(draft_version, "print", "xlsx"), {"kind": value, "page": value}).status_code == 200


def test_a_draft_that_cannot_be_printed_says_why(draft_version, head, enter):
    TableVersion.objects.filter(pk=draft_version.pk).update(head_name="\U00031351")
    answer = enter(head).get(reverse("riskpoints:print", args=[draft_version.pk, "pdf"]), follow=True)
    assert answer.redirect_chain == [(reverse("riskpoints:version", args=[draft_version.pk]), 302)]
    assert "以下字符没有可用的字体" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="下载防控表").exists()
