"""The reviewer's levels, reasons and remarks on a submitted table."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.enums import Action, Status
from riskpoints.models import Cycle, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, reviewing, starting
from riskpoints.tables.reviewing import Assessment, assess
from riskpoints.tables.workflow import perform
from riskpoints.verbs import RegisterVerb
from tests import once, roles
from tests.factories import bring_to, hands_of, make_measure, make_point


@once.fixture
def version(table, people, purchasing_post, plain_post):
    """Return a submitted table: one point with the floor 一级, one proposed below its computed level, one plain."""
    draft = starting.start_table(table, actor=people.head)
    points = [
        make_point(draft, actor=people.head, post=purchasing_post, text="有下限"),
        make_point(
            draft, actor=people.head, post=plain_post, harm=2, proposed_level=3, proposed_reason="理由", text="有理由"
        ),
        make_point(draft, actor=people.head, post=plain_post, text="平常"),
    ]
    make_measure(draft, *points, actor=people.head)
    for category in ("process", "institution", "environment"):
        editing.declare_nil(draft, category, actor=people.head)
    return perform(Action.SUBMIT, draft, actor=people.head)


def levels_of(version):
    return {p.text: (p.confirmed_level, p.confirmed_reason) for p in RiskPoint.objects.filter(version=version)}


def picture(version):
    """Return everything that an assessment could have left behind."""
    lock = TableVersion.objects.values_list("lock", flat=True).get(pk=version.pk)
    return levels_of(version), list(version.remarks.values()), AuditEntry.objects.count(), lock


def point_of(version, text):
    return version.points.get(text=text)


# ---- the rule ----------------------------------------------------------------------------------------------------

FLOOR = "该岗位的职能要求不低于一级（高），不能更低。"
BELOW = "低于按规则得出的等级，请写明理由。"

# (point, level, without a reason, with one); an empty text: allowed.
PROBLEMS = [
    ("有下限", None, "请核定等级。", "请核定等级。"),
    ("有下限", 1, "", ""),
    ("有下限", 2, FLOOR, FLOOR),
    ("有下限", 3, FLOOR, FLOOR),
    ("有理由", 1, "", ""),
    ("有理由", 2, "", ""),
    ("有理由", 3, BELOW, ""),
    ("平常", 1, "", ""),
    ("平常", 2, "", ""),
    ("平常", 3, "", ""),
]


@pytest.mark.parametrize("reason", ["", "  ", "查阅了三年台账"])
@pytest.mark.parametrize(("text", "level", "bare", "reasoned"), PROBLEMS)
def test_which_level_may_be_given(version, people, text, level, bare, reasoned, reason):
    point = point_of(version, text)
    problem = reasoned if reason.strip() else bare
    assert reviewing.assessment_problem(point, level, reason) == problem
    before = picture(version)
    given = {point.pk: Assessment(level, reason)}
    if problem and level is not None:  # a level may stay open until the approval
        with pytest.raises(ValidationError) as caught:
            assess(version, given, actor=people.reviewer)
        assert caught.value.message_dict == {str(point.pk): [problem]}
        assert picture(version) == before
    else:
        assess(version, given, actor=people.reviewer)
        assert levels_of(version)[text] == (level, reason.strip())


def test_a_level_milder_than_the_proposed_one_needs_a_reason(version):
    point = point_of(version, "平常")
    point.proposed_level = 1  # above what the rule gives
    milder = "低于部门建议的等级，请写明理由。"
    assert [reviewing.assessment_problem(point, level, "") for level in (1, 2, 3)] == ["", milder, milder]
    assert [reviewing.assessment_problem(point, level, "双人复核") for level in (1, 2, 3)] == ["", "", ""]


def test_nothing_is_saved_when_one_level_is_wrong(version, people):
    plain, floored = point_of(version, "平常"), point_of(version, "有下限")
    before = picture(version)
    given = {plain.pk: Assessment(3, remark="好"), floored.pk: Assessment(3, "理由")}
    with pytest.raises(ValidationError):
        assess(version, given, general_remark="总体", actor=people.reviewer)
    assert picture(version) == before


def test_the_three_levels_stay_side_by_side(version, people):
    point = point_of(version, "有理由")
    assess(version, {point.pk: Assessment(1, "涉及面广")}, actor=people.reviewer)
    point.refresh_from_db()
    assert (point.computed_level, point.proposed_level, point.confirmed_level, point.level) == (2, 3, 1, 1)
    assert (point.proposed_reason, point.confirmed_reason) == ("理由", "涉及面广")


def test_a_level_can_be_taken_back(version, people):
    point = point_of(version, "平常")
    assess(version, {point.pk: Assessment(3)}, actor=people.reviewer)
    assess(version, {point.pk: Assessment(None)}, actor=people.reviewer)
    assert levels_of(version)["平常"] == (None, "")


# ---- who and when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [status for status in Status if status != Status.SUBMITTED])
def test_only_a_submitted_table_is_assessed(table, people, status):
    version = bring_to(status, table, people)
    before = picture(version)
    point = version.points.first()
    with pytest.raises(FrozenError, match="不能再核定等级"):
        assess(version, {point.pk: Assessment(1, "理由", "意见")}, general_remark="总体", actor=people.second_reviewer)
    assert picture(version) == before


def test_a_closed_year_takes_no_assessment(version, people, cycle):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    before = picture(version)
    with pytest.raises(FrozenError, match="年度已经归档关闭"):
        assess(version, {point_of(version, "平常").pk: Assessment(3)}, general_remark="总体", actor=people.reviewer)
    assert picture(version) == before


@pytest.mark.parametrize("kind", ["D", "O", "S"])
def test_nobody_else_assesses(request, people, kind):
    table = request.getfixturevalue({"D": "table", "O": "discipline_table", "S": "school_table"}[kind])
    version = bring_to(Status.SUBMITTED, table, people)
    allowed = {name for name, letters in roles.ON_TABLES[None][Action.ASSESS].items() if kind in letters}
    before = picture(version)
    for name in roles.PEOPLE.keys() - allowed:
        with pytest.raises(PermissionDenied):
            assess(version, {}, general_remark="总体", actor=getattr(people, name))
    assert picture(version) == before
    assess(version, {}, general_remark="总体", actor=hands_of(table, people)[1])
    assert version.remarks.get().text == "总体"


def test_points_of_another_table_are_left_alone(version, people, other_table):
    other = bring_to(Status.SUBMITTED, other_table, people)
    before = picture(other)
    assess(version, {other.points.first().pk: Assessment(1, "理由", "意见")}, actor=people.reviewer)
    assert picture(other) == before
    assert not version.remarks.exists()


def test_an_assessment_does_not_change_what_the_department_wrote(version, people):
    before = content.snapshot(content.load(version))
    given = {point.pk: Assessment(1, "理由", "意见") for point in version.points.all()}
    assess(version, given, general_remark="总体", actor=people.reviewer)
    after = content.snapshot(content.load(version))
    for row in after["rows"]:
        for point in row["points"]:
            point |= {"confirmed_level": None, "confirmed_reason": ""}
    assert after == before


# ---- two reviewers ------------------------------------------------------------------------------------------------


def test_what_another_reviewer_saved_since_is_a_conflict(version, people):
    point = point_of(version, "平常")
    seen = TableVersion.objects.get(pk=version.pk).lock
    assess(version, {point.pk: Assessment(2, "先保存的")}, lock=seen, actor=people.reviewer)
    before = picture(version)
    with pytest.raises(editing.ConflictError) as caught:
        assess(version, {point.pk: Assessment(1, "后保存的")}, lock=seen, actor=people.second_reviewer)
    assert (caught.value.stored, caught.value.stored.lock) == (version, seen + 1)
    assert picture(version) == before
    assess(version, {point.pk: Assessment(1, "对照后的")}, lock=seen + 1, actor=people.second_reviewer)
    assert levels_of(version)["平常"] == (1, "对照后的")


# ---- the trail ---------------------------------------------------------------------------------------------------


def test_an_assessment_is_audited_old_and_new(version, people):
    point = point_of(version, "平常")
    number = AuditEntry.objects.count()
    assess(version, {point.pk: Assessment(2, "甲", "请补充")}, general_remark="总体", actor=people.reviewer)
    assess(version, {point.pk: Assessment(1, "甲", "请再补充")}, general_remark="", actor=people.second_reviewer)
    assess(version, {point.pk: Assessment(1, "甲", "请再补充")}, actor=people.second_reviewer)  # nothing new
    rows = AuditEntry.objects.filter(number__gt=number)
    assert [(row.actor_name, row.action, row.object_type, row.detail) for row in rows] == [
        (
            "纪委审核员",
            RegisterVerb.ASSESS,
            "riskpoints.riskpoint",
            {
                "部门建议 → 核定": ["三级（低）", "二级（中）"],
                "confirmed_level": [None, 2],
                "confirmed_reason": ["", "甲"],
            },
        ),
        ("纪委审核员", RegisterVerb.REMARK, "riskpoints.tableversion", {"意见": ["", "请补充"]}),
        ("纪委审核员", RegisterVerb.REMARK, "riskpoints.tableversion", {"意见": ["", "总体"]}),
        (
            "纪委第二审核员",
            RegisterVerb.ASSESS,
            "riskpoints.riskpoint",
            {"部门建议 → 核定": ["三级（低）", "一级（高）"], "confirmed_level": [2, 1]},
        ),
        ("纪委第二审核员", RegisterVerb.REMARK, "riskpoints.tableversion", {"意见": ["请补充", "请再补充"]}),
        ("纪委第二审核员", RegisterVerb.REMARK, "riskpoints.tableversion", {"意见": ["总体", ""]}),
    ]


def test_a_levels_change_is_found_by_its_department(version, people):
    point = point_of(version, "平常")
    assess(version, {point.pk: Assessment(2, "甲")}, actor=people.reviewer)
    entry = AuditEntry.objects.get(action=RegisterVerb.ASSESS)
    assert entry.object_label == f"{version}：平常"
    assert version.table.department.name in entry.object_label


def test_one_unsent_remark_is_kept_for_each_point(version, people):
    point, other = point_of(version, "平常"), point_of(version, "有下限")
    for text in ("一稿", " 二稿 "):
        given = {point.pk: Assessment(None, remark=text), other.pk: Assessment(None, remark="别的")}
        assess(version, given, general_remark="总体", actor=people.reviewer)
    found = sorted(version.remarks.values_list("text", "author__real_name", "sent_at"))
    assert found == [(text, "纪委审核员", None) for text in ("二稿", "别的", "总体")]
    assert version.remarks.get(text="二稿").point_identity == point.identity
    assess(version, {point.pk: Assessment(None, remark=" ")}, actor=people.reviewer)
    assert sorted(version.remarks.values_list("text", flat=True)) == ["别的", "总体"]


def test_no_general_remark_leaves_the_one_there(version, people):
    assess(version, {}, general_remark="总体", actor=people.reviewer)
    assess(version, {}, general_remark=None, actor=people.reviewer)
    assert version.remarks.get().text == "总体"
    assess(version, {}, general_remark="", actor=people.reviewer)
    assert not version.remarks.exists()


def test_a_sent_remark_is_never_changed(version, people):
    point = point_of(version, "平常")
    assess(version, {point.pk: Assessment(None, remark="第一次")}, actor=people.reviewer)
    returned = perform(Action.RETURN, version, actor=people.reviewer, comment="请改")
    again = perform(Action.SUBMIT, returned, actor=people.head)
    assess(again, {point.pk: Assessment(None, remark="第二次")}, actor=people.reviewer)
    assert [(r.text, r.sent_at is None) for r in again.remarks.all()] == [("第一次", False), ("第二次", True)]
    assess(again, {point.pk: Assessment(None, remark="")}, actor=people.reviewer)
    assert list(again.remarks.values_list("text", flat=True)) == ["第一次"]
