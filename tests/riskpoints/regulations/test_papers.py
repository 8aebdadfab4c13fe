"""废改立清单 as PDF and workbook: eight columns, what is decided counted, who records it said."""

import datetime
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from riskpoints.documents.listing import listing_pdf
from riskpoints.references.regulations import services
from riskpoints.references.regulations.enums import Plan
from riskpoints.regulations import papers, queries
from tests.access.reading import words_in
from tests.factories import make_regulation

YEAR = 2026


@pytest.fixture
def planned(school, department, office):
    """Return three regulations: one to revise, one to keep, one about which nothing is decided."""
    first, second, third = (
        make_regulation(title, document_number=f"{number} 号", department=department)
        for number, title in enumerate(("采购办法", "财务办法", "=SUM(1)"), start=1)
    )
    services.decide(first, YEAR, Plan.REVISE, due=datetime.date(YEAR, 12, 31), actor=office)
    services.decide(second, YEAR, Plan.KEEP, actor=office)
    return first, second, third


def test_the_list_has_the_columns_and_counts(planned, school):
    rows = papers.rows_of(queries.plan(YEAR))
    assert [column.title for column in papers.COLUMNS][:7] == [
        "序号", "制度名称", "文号", "制定部门", "施行日期", "处理意见", "计划完成时间",
    ]  # fmt: skip
    assert sum(column.width for column in papers.COLUMNS) == 267
    assert rows[1][:7] == ("2", "财务办法", "2 号", "总务处", "2025年3月1日", "保留", "")
    said = papers.plan_listing(YEAR, rows, school=school).summary
    assert said.startswith("共 3 项：保留 1 项，修订 1 项，尚未登记处理意见 1 项。")
    assert "部门制度由部门负责人，校级制度由领导小组办公室" in said


def test_it_is_taken_away_as_pdf_and_workbook(planned, people):
    client = Client()
    client.force_login(people.staff)
    address = [f"{reverse('regulations:plan_export', args=[kind])}?year={YEAR}" for kind in ("pdf", "xlsx")]
    assert "2026年度制度废改立清单" in words_in(client.get(address[0]).content)
    sheet = openpyxl.load_workbook(BytesIO(client.get(address[1]).content)).active
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[2][:7] == tuple(column.title for column in papers.COLUMNS[:7])
    assert cells[3][1] == "=SUM(1)"
    assert sheet.cell(4, 2).data_type == "s"  # a text, never a formula


def test_a_list_of_three_hundred_is_printed(school):
    rows = [papers.row_of(n, queries.PlanLine(make_regulation(f"制度{n}"), YEAR, None, None)) for n in range(1, 301)]
    assert listing_pdf(papers.plan_listing(YEAR, rows, school=school)).startswith(b"%PDF")
