"""All tables of a year to print at once, each with its keepers; the progress as a list."""

import io
import subprocess
from urllib.parse import unquote

import openpyxl
import pikepdf
import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to
from tests.pages import at


def pages_of(content: bytes) -> list[str]:
    """Return the words of each page."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
    return ["".join(page.split()) for page in text.decode().split("\f")[:-1]]


def bound(client, cycle, **query) -> bytes:
    return client.get(reverse("riskpoints:year_tables", args=[cycle.pk]), query).content


@pytest.fixture
def two_tables(table, school_table, other_table, people):
    """总务处 and the school in force, 教务处 submitted; return the year."""
    for one in (table, school_table):
        bring_to(Status.CONFIRMED, one, people)
    bring_to(Status.SUBMITTED, other_table, people)
    return table.cycle


def test_all_tables_in_force_are_one_file_behind_their_list(two_tables, people, enter):
    pages = pages_of(bound(enter(people.office), two_tables))
    assert len(pages) == 3
    assert f"{two_tables.year}年度廉政风险点防控表合订共2张表。" in pages[0]
    assert ["附件2" in pages[1], "附件4" in pages[2]] == [True, True]
    assert not any("存根" in page for page in pages)
    assert "教务处" not in "".join(pages)
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.detail["表数"]) == (RegisterVerb.YEAR_DOWNLOAD, 2)


def test_a_second_copy_is_the_stub_with_its_keeper(two_tables, people, enter):
    """附件4: 学校纪委、填表部门; 附件2: 上级主管单位、填表单位."""
    content = bound(enter(people.office), two_tables, copies="2")
    pages = pages_of(content)
    marks = ["上级主管单位存", "存根填表单位存", "学校纪委存", "存根填表部门存"]
    assert [mark in page for mark, page in zip(marks, pages[1:], strict=True)] == [True] * 4
    assert ["存根" in page for page in pages] == [False, False, True, False, True]
    assert content == bound(enter(people.office), two_tables, copies="2")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"


def test_a_single_form_is_printed_twice_only_if_asked_for(two_tables, table, people, enter):
    table.refresh_from_db()
    client = enter(people.head)
    page = client.get(at(table.in_force, "version")).content.decode()
    address = at(table.in_force, "print", "pdf")
    assert f"{address}?copies=2" in page
    once, twice = client.get(address), client.get(address, {"copies": "2"})
    assert len(pages_of(once.content)) == 1
    assert "填表部门存" not in pages_of(once.content)[0]
    assert [("学校纪委存" in text, "存根填表部门存" in text) for text in pages_of(twice.content)] == [
        (True, False),
        (False, True),
    ]
    assert "（第1版）（一式二份）.pdf" in unquote(twice["Content-Disposition"])
    assert client.get(address, {"copies": "3"}).content == once.content


def test_a_year_without_a_signed_table_says_so(cycle, table, people, enter):
    answer = enter(people.office).get(reverse("riskpoints:year_tables", args=[cycle.pk]), follow=True)
    assert answer.redirect_chain == [(f"{reverse('riskpoints:progress')}?year={cycle.year}", 302)]
    assert "还没有签字确定的表可以打印" in answer.content.decode()


def test_the_progress_is_a_list_with_what_the_page_shows(two_tables, people, enter):
    client = enter(people.office)
    address = reverse("riskpoints:progress_list", args=[two_tables.pk, "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3)]
    assert rows[0][:8] == ["部门", "负责人", "状态", "填报完整度", "在办版本", "有效版本", "截止日期", "逾期天数"]
    assert rows[0][8:] == ["一级", "二级", "三级", "合计"]
    lines = {row[0]: row for row in rows[1:]}
    assert (lines["总务处"][2], lines["总务处"][5], lines["总务处"][11]) == ("现行", "第1版", 4)
    assert (lines["教务处"][2], lines["教务处"][4], lines["教务处"][11]) == ("待审核", "第1版", 0)
    (page,) = pages_of(client.get(address.replace("xlsx", "pdf")).content)
    assert "年度廉政风险防控进度表" in page
    assert "教务处" in page
    assert AuditEntry.objects.last().action == RegisterVerb.PROGRESS_DOWNLOAD


def test_what_no_table_covers_is_a_list_of_its_own(two_tables, people, enter):
    client = enter(people.office)
    address = reverse("riskpoints:gaps_list", args=[two_tables.pk, "xlsx"])
    assert address in client.get(reverse("riskpoints:progress")).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3)]
    assert rows[0] == ["序号", "缺什么", "部门", "岗位"]
    assert ["还没有现行版", "教务处"] in [row[1:3] for row in rows[1:]]


def test_the_page_of_the_progress_leads_to_them(two_tables, people, enter):
    page = enter(people.office).get(reverse("riskpoints:progress")).content.decode()
    bound_address = reverse("riskpoints:year_tables", args=[two_tables.pk])
    lists = [reverse("riskpoints:progress_list", args=[two_tables.pk, kind]) for kind in ("xlsx", "pdf")]
    assert [f'href="{address}"' in page for address in (bound_address, f"{bound_address}?copies=2", *lists)] == [
        True
    ] * 4
