"""全校进度: where each table stands, computed totals, gaps, and nothing of the drafts of others."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from riskpoints.enums import Status
from riskpoints.figures.progress import year_progress
from tests.factories import (
    bring_to,
    make_cycle,
    make_point,
)
from tests.riskpoints.views.conftest import BAD_VALUES

ADDRESS = reverse("riskpoints:progress")
READERS = {"office", "second_office", "reviewer", "second_reviewer", "discipline_head", "principal", "leader"}


def the_row(cycle, user, table):
    """Return what the page says of one table."""
    return next(row for row in year_progress(cycle, user).tables if row.table.pk == table.pk)


def test_those_who_steer_read_it_and_nobody_else(people, cycle, enter):
    answers = {name: enter(user).get(ADDRESS).status_code for name, user in vars(people).items() if name != "disabled"}
    assert {name for name, status in answers.items() if status == 200} == READERS
    assert {status for name, status in answers.items() if name not in READERS} == {403}


@pytest.mark.parametrize(
    ("status", "standing", "words"),
    [
        (None, "waiting", "未开始"),
        (Status.DRAFT, "draft", "填报中"),
        (Status.SUBMITTED, "submitted", "待审核"),
        (Status.REVIEWED, "signing", "待签字"),
        (Status.CONFIRMED, "in_force", "现行"),
    ],
)
def test_each_status_has_its_standing(table, people, cycle, office, enter, status, standing, words):
    if status:
        bring_to(status, table, people)
    row = the_row(cycle, office, table)
    assert (row.standing, row.words) == (standing, words)
    assert words in enter(office).get(ADDRESS).content.decode()


def test_totals_are_counted_from_what_is_in_force(record_table, cycle, office, enter):
    record_table("甲处", 3)
    record_table("乙处", 5)
    found = year_progress(cycle, office)
    assert (found.counted.first, found.counted.second, found.counted.third) == (3, 3, 2)
    assert [(row.label, row.levels.total) for row in found.categories] == [
        ("岗位职责风险", 3),
        ("业务流程风险", 2),
        ("制度机制风险", 2),
        ("外部环境风险", 1),
    ]
    page = enter(office).get(ADDRESS).content.decode()
    assert "现行表共 <b>8</b> 个风险点：一级（高）3，二级（中）3，三级（低）2" in page


def test_the_year_is_drawn_with_the_figures_as_tables(record_table, table, people, cycle, office, enter):
    page = enter(office).get(ADDRESS).content.decode()
    assert "各部门现行风险点的等级" not in page  # nothing is in force yet
    owner = record_table("甲处", 3).department_id
    bring_to(Status.SUBMITTED, table, people)
    page = enter(office).get(ADDRESS).content.decode()
    today = timezone.localdate()
    day = f"{today.year}年{today.month}月{today.day}日"
    said = f"{cycle.year} 年度进展：共 2 张表，到{day}，已提交 1 张，已审核 0 张，已确定 0 张"
    assert page.count(f'aria-label="{said}"') == 2
    assert f'<th scope="row">{day}</th><td class="num" data-label="已提交">1</td>' in page
    for level in (1, 2, 3):
        address = f"{reverse('riskpoints:register')}?year={cycle.year}&amp;owner={owner}&amp;level={level}"
        assert page.count(f'href="{address}"') == 4  # the table of tables, the drawing twice, its table
    assert "1 张表还没有现行版" in page


@pytest.mark.parametrize("who", ["office", "reviewer", "leader", "principal"])
def test_a_draft_of_others_shows_as_a_state_only(draft_version, people, who, enter, head):
    make_point(draft_version, actor=head, text="不该让人看到的风险点")
    page = enter(getattr(people, who)).get(ADDRESS).content.decode()
    assert "填报中" in page
    assert "不该让人看到的风险点" not in page
    assert reverse("riskpoints:version", args=[draft_version.pk]) not in page
    assert "填写 " not in page  # neither how complete it is
    row = the_row(draft_version.table.cycle, getattr(people, who), draft_version.table)
    assert (row.can_open, row.percent, row.levels.total) == (False, None, 0)


def test_who_records_the_signature_finds_the_button(reviewed_version, people, enter):
    address = reverse("riskpoints:act", args=[reviewed_version.pk, "confirm"])
    assert address in enter(people.office).get(ADDRESS).content.decode()
    assert address in enter(people.principal).get(ADDRESS).content.decode()
    assert address not in enter(people.second_reviewer).get(ADDRESS).content.decode()
    assert address not in enter(people.leader).get(ADDRESS).content.decode()


def test_another_year_can_be_chosen(cycle, record_table, office, enter):
    old = make_cycle(cycle.year - 1)
    record_table("旧处", in_cycle=old)
    page = enter(office).get(ADDRESS, {"year": old.year}).content.decode()
    assert "旧处" in page
    assert "旧处的风险点" not in page
    assert "旧处</th>" not in enter(office).get(ADDRESS).content.decode()


def test_a_malformed_year_is_ignored_and_said(cycle, office, enter):
    client = enter(office)
    for value in BAD_VALUES:
        answer = client.get(f"{ADDRESS}?{urlencode({'year': value})}")
        assert answer.status_code == 200, value
        assert ("已忽略：年度" in answer.content.decode()) == bool(value), value


def test_without_a_year_the_office_is_sent_to_open_one(school, office, principal, enter):
    assert reverse("riskpoints:years") + '">到' in enter(office).get(ADDRESS).content.decode()
    assert "到“年度与档案”开启" not in enter(principal).get(ADDRESS).content.decode()


@pytest.mark.parametrize("who", ["office", "leader", "reviewer", "principal"])
def test_thirty_tables_cost_no_more_queries_than_one(record_table, people, enter, queries_of, who):
    client = enter(getattr(people, who))
    record_table("处1")
    few = queries_of(client, ADDRESS)
    for number in range(2, 31):
        record_table(f"处{number}", 3)
    assert queries_of(client, ADDRESS) == few
