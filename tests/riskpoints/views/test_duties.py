"""分级管理 on the screen and as a list to take away."""

import io

import openpyxl
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.verbs import RegisterVerb
from tests.pages import text_of

ADDRESS = reverse("riskpoints:duties")


def test_everybody_who_reads_the_register_reads_who_answers(confirmed_version, people, enter):
    page = text_of(enter(people.office).get(ADDRESS))
    assert "校长（单位主要负责人） 一级（高）" in page
    for point in confirmed_version.points.all():
        assert point.text in page
    assert enter(people.auditor).get(ADDRESS).status_code == 403


def test_ones_own_are_one_press_away(confirmed_version, people, enter):
    client = enter(people.principal)
    own = client.get(ADDRESS, {"whose": "own"})
    shown = {line.point for group in own.context["groups"] for line in group.lines}
    assert shown == {point for point in confirmed_version.points.all() if point.level == 1}
    nothing = enter(people.office).get(ADDRESS, {"whose": "own"})
    assert "现在没有由您负责的风险点" in text_of(nothing)
    assert "whose=own" in client.get(ADDRESS).content.decode()


def test_a_choice_that_is_none_is_said(confirmed_version, people, enter):
    page = enter(people.office).get(ADDRESS, {"whose": "谁的"})
    assert (page.status_code, page.context["whose"], len(page.context["ignored"])) == (200, "all", 1)


def test_the_list_is_taken_away_with_its_columns_and_noted(confirmed_version, people, enter):
    answer = enter(people.principal).get(reverse("riskpoints:duties_export", args=["xlsx"]), {"whose": "own"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][0].endswith("廉政风险分级管理清单")
    assert rows[1][0].startswith("校长负责的：共")
    assert rows[2] == ("序号", "等级", "责任领导", "部门", "岗位", "编号", "风险点", "责任人")
    first = [point for point in confirmed_version.points.all() if point.level == 1]
    assert {row[6] for row in rows[3:]} == {point.text for point in first}
    assert {row[2] for row in rows[3:]} == {"校长（单位主要负责人）"}
    entry = AuditEntry.objects.of(RegisterVerb.REGISTER_EXPORT).get()
    assert entry.detail["风险点数"] == len(first)
    pdf = enter(people.principal).get(reverse("riskpoints:duties_export", args=["pdf"]))
    assert pdf.content.startswith(b"%PDF")


def test_thirty_departments_cost_no_more_queries_than_one(record_table, office, enter, queries_of):
    record_table("一处")
    client = enter(office)
    few = queries_of(client, ADDRESS)
    for number in range(2, 31):
        record_table(f"第{number}处")
    assert queries_of(client, ADDRESS) == few


def test_the_page_of_a_table_says_who_answers_for_each_point(confirmed_version, people, enter):
    page = text_of(enter(people.head).get(reverse("riskpoints:version", args=[confirmed_version.pk])))
    assert "分级负责 校长（单位主要负责人）" in page
