"""The turn of a year as people see it: nothing jumps in November, nothing is empty on 1 January."""

import datetime

from django.urls import reverse

from riskpoints.content import history
from riskpoints.desk import tasks
from riskpoints.enums import Status
from riskpoints.figures import progress
from riskpoints.models import ControlTable
from riskpoints.register import publication
from riskpoints.tables import starting
from tests.factories import bring_to
from tests.pages import at, text_of

NEW_YEAR = datetime.date(2027, 1, 1)
DAY_AFTER = datetime.date(2027, 1, 2)


# ---- opening 2027 in November changes nothing of what people see first ---------------------------------------------


def test_november_keeps_the_pages_of_2026(signed, open_2027, people, enter):
    draft = starting.start_table(open_2027.tables.get(department=signed.table.department), actor=people.head)
    head = enter(people.head)
    assert head.get(reverse("riskpoints:mine")).url == at(signed)
    inbox = head.get(reverse("riskpoints:inbox"))
    assert inbox.context["waiting"] == 0
    assert [year.year for year in inbox.context["years"]] == [2026, 2027]
    assert [table.cycle.year for table in inbox.context["in_force"]] == [2026]
    assert "还没到填报时间 总务处 2027 年度，2026年12月10日起填报" in text_of(inbox)
    assert at(draft) in inbox.content.decode()
    assert at(draft) in head.get(at(signed)).content.decode()
    office = enter(people.office)
    assert office.get(reverse("riskpoints:progress")).context["shown"].year == 2026
    found = office.get(reverse("riskpoints:register"))
    assert found.context["years_shown"] == [2026]
    assert "2026年11月28日现行的风险点，来自 2026 年度的防控表" in text_of(found)
    assert "2026 年度" in text_of(head.get(reverse("riskpoints:publication")))
    assert head.get(at(draft)).context["cycle"].year == 2026


def test_new_year_empties_no_page(november, signed, open_2027, people, enter):
    november(NEW_YEAR)
    office = enter(people.office)
    assert office.get(reverse("riskpoints:register")).context["years_shown"] == [2026]
    assert [item.year for item in publication.published_tables()[1]] == [2026]
    inbox = enter(people.head).get(reverse("riskpoints:inbox"))
    assert [table.cycle.year for table in inbox.context["in_force"]] == [2026]
    assert [task.table.cycle.year for task in tasks.open_now(tasks.tasks(people.head))] == [2027]
    checks = tasks.other_tasks(people.head)  # those of the table in force, whose last period is over
    assert {task.verb for task in checks} == {"部门自查"}
    assert inbox.context["waiting"] == 1 + len(checks)
    assert "2027 年度" in text_of(office.get(reverse("riskpoints:inbox")))


def test_new_year_without_a_new_year_opened_is_a_day_like_any_other(november, signed, people, enter):
    november(DAY_AFTER)
    office = enter(people.office)
    assert office.get(reverse("riskpoints:inbox")).context["cycle"].year == 2026
    assert office.get(reverse("riskpoints:progress")).context["shown"].year == 2026
    assert office.get(reverse("riskpoints:register")).context["years_shown"] == [2026]
    assert enter(people.head).get(reverse("riskpoints:mine")).url == at(signed)


def test_what_2026_left_undone_comes_first_in_january(november, signed, open_2027, other_department, people, enter):
    """2026 is still open with a table on its way: progress and the head's own table are those of 2026."""
    table = ControlTable.objects.create(cycle=signed.table.cycle, scope="department", department=other_department)
    late = bring_to(Status.DRAFT, table, people)
    november(DAY_AFTER)
    assert progress.opening_cycle().year == 2026
    head = enter(people.other_head)
    assert head.get(reverse("riskpoints:mine")).url == at(late)
    assert [task.table.cycle.year for task in tasks.open_now(tasks.tasks(people.other_head))] == [2026, 2027]


def test_an_empty_answer_leads_to_the_years_tables(november, signed, sign_2027, people, enter):
    sign_2027()
    november(NEW_YEAR)
    page = enter(people.office).get(reverse("riskpoints:register"), {"year": "2026", "standing": "in_force"})
    assert "2026 年度的表今天不是现行的表" in text_of(page)
    assert 'href="?year=2026"' in page.content.decode()


# ---- one version -------------------------------------------------------------------------------------------------


def test_a_page_says_where_its_version_stands_today(november, signed, sign_2027, people, enter):
    early = sign_2027()
    head = enter(people.head)
    assert "待生效" in text_of(head.get(at(early)))
    assert "现行 2026 年度第 1 版" in text_of(head.get(at(early)))
    november(NEW_YEAR)
    head = enter(people.head)
    assert "当年有效" in text_of(head.get(at(signed)))
    assert "现行 2027 年度第 1 版" in text_of(head.get(at(signed)))
    shown = history.history_of(signed.table, people.head)
    assert [version.standing for version in shown.versions] == ["of_year"]
    assert [version.standing for version in shown.others] == ["in_force"]
