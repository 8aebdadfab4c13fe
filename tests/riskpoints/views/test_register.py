"""风险点登记册: what is found and what never is, filters, order, pages, exports and their audit entries."""

import io
import re
from dataclasses import replace
from urllib.parse import quote

import openpyxl
import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level, Role
from riskcontrol.models import AuditEntry
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.web.query import QueryReader
from riskpoints.documents import build_lists
from riskpoints.documents.selection import selection
from riskpoints.enums import Action, Stage, Status
from riskpoints.register import filters, search
from riskpoints.register.lines import lines_of
from riskpoints.tables import reviewing, workflow
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to, make_cycle, make_measure, make_point, paper_signature
from tests.riskpoints.documents import cases

ADDRESS = reverse("riskpoints:register")
SECRET = "不该让外人看到的风险点"


def sheet_rows(answer) -> list[list[str]]:
    """Return all rows of the first sheet of a workbook as texts."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]


def test_who_may_open_it(people, cycle, enter):
    answers = {name: enter(user).get(ADDRESS).status_code for name, user in vars(people).items() if name != "disabled"}
    assert {name for name, status in answers.items() if status != 200} == {"auditor", "outsider", "deputy"}
    assert enter(people.auditor).get(ADDRESS).status_code == 403


def test_points_in_force_of_the_current_year_come_first(confirmed_version, people, enter):
    page = enter(people.office).get(ADDRESS).content.decode()
    for point in confirmed_version.points.all():
        assert point.text in page
    assert "共 4 条" in page


OUTSIDERS = ["other_head", "office", "reviewer", "principal", "leader", "admin", "staff", "discipline_head"]


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("query", [{}, {"standing": "all"}, {"standing": "draft"}, {"q": SECRET, "standing": "all"}])
def test_a_draft_of_others_is_found_by_nobody(secret_draft, people, enter, found, who, query):
    user = getattr(people, who)
    assert SECRET not in found(user, **query)
    page = enter(user).get(ADDRESS, query).content.decode()
    assert f"共 {len(found(user, **query))} 条" in page or "没有符合条件的风险点" in page
    assert "外人不该知道的责任人" not in page
    assert reverse("riskpoints:version", args=[secret_draft.pk]) not in page


def test_a_sorted_column_says_so_and_turns_round(record_table, office, enter):
    record_table("甲处", 2)
    page = enter(office).get(ADDRESS, {"sort": "level"}).content.decode()
    assert re.search(r'aria-sort="ascending"><a href="\?sort=level&amp;dir=desc">等级', page)
    page = enter(office).get(ADDRESS, {"sort": "level", "dir": "desc"}).content.decode()
    assert re.search(r'aria-sort="descending"><a href="\?sort=level&amp;dir=asc">等级', page)


def test_pages_of_fifty_keep_the_filter(record_table, office, enter):
    record_table("甲处", 120)
    client = enter(office)
    page = client.get(ADDRESS, {"q": "甲处", "page": 3}).content.decode()
    assert "共 120 条，本页第 101–120 条" in page
    assert page.count('data-label="风险点"') == 20
    assert "?q=%E7%94%B2%E5%A4%84&amp;page=2" in page


def test_scales_are_for_those_who_assess(confirmed_version, people, enter):
    """职工 of the department reads the table in force, but not why its levels are what they are."""
    assert "机率较小" in enter(people.office).get(ADDRESS).content.decode()
    assert "机率较小" in enter(people.head).get(ADDRESS).content.decode()
    for user in (people.staff, people.admin):
        page = enter(user).get(ADDRESS).content.decode()
        assert "岗位职责风险的风险点1" in page
        assert "机率" not in page.replace("风险点、措施、岗位、责任人", "")
        assert "建议 " not in page


def test_what_is_ignored_is_named(confirmed_version, office, enter):
    page = enter(office).get(f"{ADDRESS}?year=1999&level=7&sort=password").content.decode()
    assert "已忽略：年度、等级、排序。" in page


@pytest.mark.parametrize("who", ["office", "admin", "staff"])
def test_three_hundred_points_cost_no_more_queries_than_one(table, people, record_table, enter, queries_of, who):
    user = getattr(people, who)
    small = record_table("小处", 1)
    if who == "staff":
        user.grants.create(role=Role.STAFF, department=small.department)
    client = enter(user)
    few = queries_of(client, ADDRESS)
    large = record_table("大处", 300)
    if who == "staff":
        user.grants.create(role=Role.STAFF, department=large.department)
    assert queries_of(client, ADDRESS) == few


def test_thirty_departments_cost_no_more_queries_than_one(record_table, office, enter, queries_of):
    client = enter(office)
    record_table("处1")
    few = queries_of(client, ADDRESS)
    for number in range(2, 31):
        record_table(f"处{number}")
    assert queries_of(client, ADDRESS) == few


# ---- exports ------------------------------------------------------------------------------------------------------


def export(client, kind, **query):
    return client.get(reverse("riskpoints:register_export", args=[kind]), query)


def test_the_sheet_has_the_rows_that_were_found_in_their_order(record_table, office, enter):
    record_table("甲处", 4)
    record_table("乙处", 2)
    answer = export(enter(office), "xlsx", level="1", sort="post", dir="desc")
    assert answer.status_code == 200
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    texts = [cell for row in sheet_rows(answer) for cell in row if "的风险点" in cell]
    assert texts == ["乙处的风险点1", "甲处的风险点1", "甲处的风险点4"]  # yi before jia
    assert any("一级（高）：共 3 个风险点" in cell for row in sheet_rows(answer) for cell in row)


def test_the_pdf_is_one(record_table, office, enter, cycle):
    record_table("甲处", 2)
    answer = export(enter(office), "pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    name = f"{cycle.year}%E5%B9%B4%E5%BA%A6"
    assert name in answer["Content-Disposition"]


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_each_export_leaves_an_entry(record_table, office, enter, kind):
    record_table("甲处", 3)
    export(enter(office), kind, level="2")
    entry = AuditEntry.objects.get(action=RegisterVerb.REGISTER_EXPORT)
    assert (entry.actor_number, entry.succeeded) == (office.staff_number, True)
    assert entry.detail["条件"] == f"{cn_date(timezone.localdate())}现行，二级（中）"
    assert entry.detail["风险点数"] == 1
    assert entry.detail["文件"].endswith(f".{kind}")


def test_nobody_exports_a_draft_of_others(secret_draft, people, enter):
    for who in OUTSIDERS:
        answer = export(enter(getattr(people, who)), "xlsx", standing="all")
        cells = " ".join(cell for row in sheet_rows(answer) for cell in row)
        assert SECRET not in cells
        assert "共 0 个风险点" in cells
    cells = " ".join(cell for row in sheet_rows(export(enter(people.head), "xlsx", standing="draft")) for cell in row)
    assert SECRET in cells


def test_an_export_of_a_draft_is_marked(secret_draft, people):
    chosen = filters.read(QueryReader({"standing": "draft"}), filters.options(people.head))
    lines = lines_of(search.points(people.head, chosen), people.head)
    made = selection(lines, year=secret_draft.table.cycle.year, scope="填报中")
    assert made.mark.value == "draft"
    assert {row.number for row in made.rows} == {""}


def test_scales_are_exported_for_those_who_assess(confirmed_version, people):
    def scales(user):
        chosen = filters.read(QueryReader({}), filters.options(user))
        lines = lines_of(search.points(user, chosen), user)
        rows = selection(lines, year=confirmed_version.table.cycle.year, scope="").rows
        assert len(rows) == 4
        return {(row.likelihood, row.harm) for row in rows}

    assert scales(people.office) == {("较小", "一般")}
    assert scales(people.staff) == {("", "")}


def test_the_workbook_carries_every_field_that_people_were_asked_for(draft_version, head):
    """时限、依据、措施责任人、潜在/已存在、重点、三个等级与理由; levels and reasons if the assessment may be seen."""
    marked = {"is_latent": False, "is_key_area": True, "proposed_level": Level.FIRST, "proposed_reason": "群众反映"}
    point = make_point(draft_version, actor=head, **marked)
    facts = {"basis": "采购办法第五条", "timing": "每季度", "responsible": "总务主任"}
    make_measure(draft_version, point, actor=head, text="第一条", stage=Stage.MONITORING, **facts)
    make_measure(draft_version, point, actor=head, text="第二条", stage=Stage.MONITORING, timing="每年")
    chosen = filters.read(QueryReader({"standing": "draft", "q": point.text}), filters.options(head))
    (row,) = selection(lines_of(search.points(head, chosen), head), year=None, scope="").rows
    assert (row.standing, row.key_area) == ("已存在", "是")
    assert row.timing == "中期监控1：每季度\n中期监控2：每年"
    assert (row.basis, row.measure_responsible) == ("中期监控1：采购办法第五条", "中期监控1：总务主任")
    point.refresh_from_db()
    assert (row.computed, row.proposed) == (Level(point.computed_level).label, Level.FIRST.label)
    assert (row.proposed_reason, row.confirmed, row.confirmed_reason) == ("群众反映", "", "")


def test_levels_side_by_side_are_exported_for_those_who_assess(confirmed_version, people):
    point = confirmed_version.points.first()

    def levels(user):
        chosen = filters.read(QueryReader({}), filters.options(user))
        rows = selection(lines_of(search.points(user, chosen), user), year=None, scope="").rows
        return {(row.computed, row.proposed, row.confirmed) for row in rows if row.point == point.text}

    seen = tuple(Level(v).label for v in (point.computed_level, point.proposed_level, point.confirmed_level))
    assert levels(people.office) == {seen}
    assert levels(people.staff) == {("", "", "")}


@pytest.mark.parametrize(("query", "width"), [({"paper": "a4"}, 842), ({"paper": "a3"}, 1191), ({}, 1191)])
def test_the_pdf_has_a4_and_a3(confirmed_version, people, enter, query, width):
    answer = export(enter(people.office), "pdf", **query)
    with pikepdf.open(io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)) as pdf:
        assert round(float(pdf.pages[0].mediabox[2])) == width
    page = enter(people.office).get(ADDRESS).content.decode()
    assert [f"paper={paper}" in page for paper in ("a3", "a4")] == [True, True]


def test_an_export_of_everything_equals_the_annual_register(confirmed_version, other_table, people, office):
    """The numbers and texts are those of the archive's 登记汇总表."""
    bring_to(Status.CONFIRMED, other_table, people)
    other_table.refresh_from_db()
    chosen = filters.read(QueryReader({}), filters.options(office))
    lines = lines_of(search.points(office, chosen), office)
    other_version = other_table.in_force
    annual = build_lists.year_register([confirmed_version, other_version])
    found = selection(lines, year=confirmed_version.table.cycle.year, scope="").rows
    assert {row.status for row in found} == {"现行"}  # that of the year says the same on any day
    assert tuple(replace(row, status="当年有效") for row in found) == annual.rows


def test_another_kind_is_no_export(record_table, office, enter):
    record_table("甲处", 1)
    assert export(enter(office), "docx").status_code == 404


def test_an_export_of_several_years_names_the_day_instead_of_a_year(cycle, record_table, office, enter):
    record_table("今年处", 1)
    old = record_table("去年处", 1, in_cycle=make_cycle(cycle.year - 1))
    answer = export(enter(office), "xlsx")
    cells = " ".join(cell for row in sheet_rows(answer) for cell in row)
    assert f"{cycle.year}年度" not in cells.replace(f"{cycle.year}年度第", "")
    assert f"{cn_date(timezone.localdate())}现行：共 2 个风险点" in cells
    assert quote("廉政风险点登记汇总表") in answer["Content-Disposition"]
    of_one = export(enter(office), "xlsx", year=str(old.cycle.year))
    assert quote(f"{old.cycle.year}年度") in of_one["Content-Disposition"]


def test_a_pdf_of_too_many_rows_is_refused_with_a_way_out(record_table, office, enter, monkeypatch):
    monkeypatch.setattr("riskpoints.exports.orders.PDF_POINTS", 2)
    record_table("甲处", 3)
    client = enter(office)
    answer = client.get(reverse("riskpoints:register_export", args=["pdf"]), {"q": "甲处"}, follow=True)
    assert answer.redirect_chain == [(f"{ADDRESS}?q=%E7%94%B2%E5%A4%84", 302)]
    assert "PDF 一次最多 2 个风险点，现有 3 个" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).exists()


def test_the_auditor_exports_nothing(confirmed_version, auditor, enter):
    assert export(enter(auditor), "xlsx").status_code == 403


def test_a_level_the_reviewer_changed_is_shown_beside_the_proposal(table, people, plain_post, enter):
    version = bring_to(Status.SUBMITTED, table, people)
    raised = version.points.filter(post=plain_post).first()
    given = {
        point.pk: reviewing.Assessment(Level.SECOND, "师生关注度高")
        if point.pk == raised.pk
        else reviewing.Assessment(point.proposed_level)
        for point in version.points.all()
    }
    reviewing.assess(version, given, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    page = enter(people.office).get(ADDRESS).content.decode()
    assert page.count("建议 三级（低）") == 1
    assert "建议 三级（低）" not in enter(people.staff).get(ADDRESS).content.decode()


def test_what_cannot_be_printed_is_said_on_the_page(record_table, office, enter, monkeypatch):
    record_table("甲处", 1)
    unprintable = cases.register(1, scope="\U00031351")
    monkeypatch.setattr("riskpoints.documents.selection.selection", lambda lines, **_: unprintable)
    address = reverse("riskpoints:register_export", args=["pdf"])
    answer = enter(office).get(address, follow=True)
    assert "以下字符没有可用的字体" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).exists()


def test_the_schools_own_points_are_the_schools(school_table, people, enter):
    bring_to(Status.CONFIRMED, school_table, people)
    page = enter(people.office).get(reverse("riskpoints:register"), {"owner": "0"}).content.decode()
    assert 'class="name">学校' in page
    assert f'class="name">{school_table.versions.get().owner_name}' not in page
