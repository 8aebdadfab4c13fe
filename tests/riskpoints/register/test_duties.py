"""分级管理: which points in force stand under whom."""

from departments.enums import Level
from riskpoints.enums import Status
from riskpoints.register import duties, numbers
from tests.factories import bring_to, make_point


def test_the_points_in_force_stand_under_who_answers_for_them(confirmed_version, leader, head, principal):
    groups = duties.grouped(duties.lines_for(principal))
    assert [(group.level, group.words, len(group.lines)) for group in groups] == _expected(confirmed_version)
    lines = [line for group in groups for line in group.lines]
    assert {line.number for line in lines} == set(numbers.of([confirmed_version]).values())
    assert {line.department for line in lines} == {"总务处"}


def test_a_group_that_goes_on_over_the_page_says_how_many_there_are(confirmed_version, leader, head, principal):
    lines = duties.lines_for(principal)
    (group,) = duties.grouped(lines[:1], lines)
    assert (len(group.lines), group.count) == (1, sum(line.level == lines[0].level for line in lines))
    assert group.count > 1


def _expected(version):
    words = {1: "校长（单位主要负责人）", 2: "分管副校长（分管领导）", 3: "总务处负责人（部门负责人）"}
    counts = {level: sum(point.level == level for point in version.points.all()) for level in Level}
    return [(level, words[level], count) for level, count in counts.items() if count]


def test_each_finds_what_is_ones_own(confirmed_version, leader, head, principal):
    every = duties.lines_for(principal)
    for person, level in ((principal, 1), (leader, 2), (head, 3)):
        own = duties.lines_for(person, own=True)
        assert [line.point for line in own] == [line.point for line in every if line.level == level]
    assert [line.level for line in every] == sorted(line.level for line in every)


def test_a_draft_and_the_schools_table_stand_in_no_list(draft_version, school_table, people, principal):
    bring_to(Status.CONFIRMED, school_table, people)
    make_point(draft_version, actor=people.head, text="草稿里的风险点")
    assert duties.lines_for(people.head) == []
    assert duties.lines_for(principal) == []
