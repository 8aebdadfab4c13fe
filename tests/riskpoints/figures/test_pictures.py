"""风险分布图 of a year and of today: what is in force, for whom, and that a press finds just these points."""

import datetime

import pytest
from django.utils import timezone

from riskpoints.enums import Scope, Status
from riskpoints.figures.pictures import levels_of_year, levels_today
from riskpoints.figures.progress import year_progress
from riskpoints.models import ControlTable
from tests.factories import bring_to, make_cycle


def said(found) -> list[tuple[str, list[int] | None]]:
    return [(line.name, [count for _, _, count in counts] if line.levels else None) for line, counts in found.table]


def test_of_a_year_stand_the_departments_that_are_asked(record_table, table, cycle, office, other_department):
    record_table("财务处", 5)
    gone = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=other_department)
    other_department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    other_department.save()
    found = levels_of_year(year_progress(cycle, office))
    assert said(found) == [("总务处", None), ("财务处", [2, 2, 1])]
    assert (found.year, found.missing, gone.in_force) == (cycle.year, 1, None)


def test_they_are_called_as_the_page_calls_them(record_table, cycle, office):
    earlier = make_cycle(cycle.year - 1)
    old = record_table("财务处", 2, in_cycle=earlier)
    assert levels_of_year(year_progress(earlier, office)).signed_word == "现行"
    record_table("", 2, department=old.department)
    assert levels_of_year(year_progress(earlier, office)).signed_word == "已确定"


def test_of_today_stand_all_departments_in_use_and_the_school_once_it_has_points(
    record_table, school_table, people, department, other_department
):
    record_table("财务处", 4)
    assert said(levels_today(people.reviewer)) == [
        ("总务处", None), ("教务处", None), ("纪委办公室", None), ("财务处", [2, 1, 1]),
    ]  # fmt: skip
    bring_to(Status.CONFIRMED, school_table, people)
    assert said(levels_today(people.reviewer))[-1][0] == "学校"
    assert [name for name, _ in said(levels_today(people.reviewer, [department.pk]))] == ["总务处"]


def test_nobody_finds_counts_of_tables_that_he_may_not_open(record_table, people):
    record_table("财务处", 4)
    assert levels_today(people.auditor).total.total == 0
    assert levels_today(people.leader).total.total == 4


@pytest.mark.parametrize("standing", ["today", "year"])
def test_each_number_is_what_the_register_finds(record_table, people, cycle, found, standing):
    for name, points in (("财务处", 5), ("招生处", 1)):
        record_table(name, points)
    drawn = levels_today(people.office) if standing == "today" else levels_of_year(year_progress(cycle, people.office))
    narrowed = {"year": drawn.year} if drawn.year else {}
    checked = 0
    for line, counts in drawn.table:
        for level, _, count in counts:
            if line.levels is not None:
                assert len(found(people.office, owner=line.owner, level=level, **narrowed)) == count
                checked += count
    assert checked == 6


def test_it_costs_three_queries_for_one_department_and_for_thirty(record_table, people, django_assert_num_queries):
    record_table("财务处")
    levels_today(people.reviewer)  # the grants are read once
    with django_assert_num_queries(3):
        levels_today(people.reviewer)
    for number in range(29):
        record_table(f"第{number}处")
    with django_assert_num_queries(3):
        assert levels_today(people.reviewer).total.total == 30
