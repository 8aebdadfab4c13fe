"""分级负责: whom a level belongs to by the rule, and who stands in where that is vacant (R40)."""

import pytest

from departments.enums import DepartmentKind, Level, Role
from riskpoints.content.duty import duties
from riskpoints.rules.enums import Duty, Key
from tests.factories import make_department, make_user, set_rule


def words(department, level):
    return duties([department.pk]).of(department.pk, level).words


def test_each_level_belongs_to_whom_the_rule_names(department, head, leader, principal):
    assert [words(department, level) for level in Level] == [
        "校长（单位主要负责人）",
        "分管副校长（分管领导）",
        "总务处负责人（部门负责人）",
    ]


def test_another_rule_names_another(department, head, leader, principal):
    set_rule(Key.RESPONSIBLE_THIRD, Duty.LEADER)
    assert words(department, Level.THIRD) == "分管副校长（分管领导）"


@pytest.mark.parametrize(
    ("present", "level", "said"),
    [
        (("leader", "principal"), Level.THIRD, "分管副校长（部门负责人暂缺，由分管领导代）"),
        (("principal",), Level.THIRD, "校长（部门负责人暂缺，由单位主要负责人代）"),
        (("head", "principal"), Level.SECOND, "校长（分管领导暂缺，由单位主要负责人代）"),
        (("head", "leader"), Level.FIRST, "单位主要负责人暂缺"),
        ((), Level.THIRD, "部门负责人暂缺"),
    ],
)
def test_the_next_higher_stands_in_and_it_is_said(department, request, present, level, said):
    for name in present:
        request.getfixturevalue(name)
    assert words(department, level) == said


def test_a_leader_of_no_department_is_in_charge_of_those_without_one(department, other_department, leader):
    make_user("2001", "协管副校长", Role.LEADER)
    assert words(department, Level.SECOND) == "分管副校长（分管领导）"
    assert words(other_department, Level.SECOND) == "协管副校长（分管领导）"


def test_a_disabled_account_answers_for_nothing(department, head, leader):
    head.is_active = False
    head.save()
    assert words(department, Level.THIRD) == "分管副校长（部门负责人暂缺，由分管领导代）"


def test_the_schools_table_is_the_principals_and_no_level_is_nobodys(department, head, leader, principal):
    known = duties()
    assert known.of(None, Level.THIRD).words == "校长（单位主要负责人）"
    assert known.named(department.pk, None) == ""
    assert known.named(department.pk, Level.THIRD) == "总务处负责人"
    assert known.of(department.pk, Level.THIRD).includes(head)
    assert not known.of(department.pk, Level.THIRD).includes(leader)


def test_the_leaders_own_posts_are_the_principals(head, leader, principal):
    leaders = make_department("校领导班子", kind=DepartmentKind.LEADERS)
    assert [words(leaders, level) for level in Level] == ["校长（单位主要负责人）"] * 3
