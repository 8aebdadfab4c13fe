"""The register on the screen has the columns of the 登记汇总表, declared once."""

import io
from dataclasses import replace

import openpyxl
from django.urls import reverse

from riskcontrol.web.query import QueryReader
from riskpoints.documents import columns
from riskpoints.documents.columns import SCREEN_COLUMNS, OnScreen
from riskpoints.register import filters
from riskpoints.register.filters import SORTS

REGISTER = reverse("riskpoints:register")


def headings(page: str) -> list[str]:
    """Return the texts of the headings of the table."""
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    return [part.split("<")[0] for part in head.replace("</a>", "").split(">") if part.split("<")[0].strip()]


def test_the_headings_are_those_of_the_workbook(confirmed_version, client, office):
    client.force_login(office)
    page = client.get(REGISTER).content.decode()
    assert headings(page) == ["编号", "部门", "岗位", "风险类别", "风险点", "等级", "机率、危害", "责任人", "状态"]
    answer = client.get(reverse("riskpoints:register_export", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    titles = {cell.value for row in book.active for cell in row}
    assert titles >= {"编号", "部门", "岗位", "风险类别", "风险点", "等级", "机率", "危害", "责任人", "状态"}


def test_a_column_that_is_shown_needs_no_line_of_the_page(confirmed_version, client, office, monkeypatch):
    """One declaration: its title, and its text as the workbook has it."""
    monkeypatch.setattr(columns, "SCREEN_COLUMNS", (*SCREEN_COLUMNS, OnScreen(("version_date",))))
    monkeypatch.setattr("riskpoints.documents.screen.SCREEN_COLUMNS", columns.SCREEN_COLUMNS)
    client.force_login(office)
    page = client.get(REGISTER).content.decode()
    day = confirmed_version.signed_on
    assert headings(page)[-1] == "版本日期"
    assert f'<td data-label="版本日期">{day.year}年{day.month}月{day.day}日</td>' in page


def test_a_heading_sorts_by_something_that_is_known():
    assert {shown.sort for shown in SCREEN_COLUMNS if shown.sort} == SORTS.keys()


def test_a_press_on_a_heading_turns_its_own_order_round():
    query = QueryReader({"sort": "level", "dir": "asc"})
    offered = filters.Options(years=[], owners=[], posts=[], standings=[], further={})
    chosen = filters.read(query, offered)
    one, other = filters.heading(chosen, "level", "等级"), filters.heading(chosen, "post", "岗位")
    assert (one.title, one.sorted, one.next_direction) == ("等级", "ascending", "desc")
    assert (other.title, other.sorted, other.next_direction) == ("岗位", "", "asc")
    one, other = (filters.heading(replace(chosen, descending=True), key, "") for key in ("level", "post"))
    assert (one.sorted, one.next_direction) == ("descending", "asc")
    assert (other.sorted, other.next_direction) == ("", "asc")
