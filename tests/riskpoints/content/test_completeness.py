"""What is missing before a submission, and what is only worth a look: a complete table with one thing broken."""

import datetime
from dataclasses import replace

import pytest

from departments.models import Post
from riskpoints.content import content
from riskpoints.content.completeness import EMPTY_PHRASES, Finding, Report, check
from riskpoints.enums import Category, SchoolCategory, Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.tables import editing
from tests import once
from tests.factories import bring_to, fill, make_measure, make_point, make_post


@once.fixture
def school_draft(school_table, people):
    return bring_to(Status.DRAFT, school_table, people)


def whole_report_of(version):
    return check(content.load(TableVersion.objects.get(pk=version.pk)))


def report_of(version):
    """The report without what is said of stages: the measures of a filled-in table are all 中期监控."""
    report = whole_report_of(version)
    said = ("还没有前期预防", "还没有中期监控", "还没有后期处置", "没有写明阶段")
    findings = [one for one in report.findings if not any(words in one.message for words in said)]
    return replace(report, findings=tuple(findings))


def point_of(version, category):
    return version.points.filter(category=category).first()


def change(point, **values):
    """Change a point past the services, as an organisation that changed since would."""
    RiskPoint.objects.filter(pk=point.pk).update(**values)


# ---- complete ----------------------------------------------------------------------------------------------------


def test_a_complete_table_has_no_findings(draft_version, school_draft):
    for version, checks in [(draft_version, 11), (school_draft, 11)]:
        report = report_of(version)
        assert (report.findings, report.is_complete, report.percent, report.checks) == ((), True, 100, checks)


def test_a_gap_in_the_grid_of_posts_and_categories_does_not_block(draft_version, purchasing_post):
    """Each post stands in two of the four categories; the document asks for no more (R58)."""
    categories = set(draft_version.points.filter(post=purchasing_post).values_list("category", flat=True))
    assert categories == {Category.DUTY, Category.INSTITUTION}
    assert report_of(draft_version).findings == ()


def test_a_category_answered_by_nil_is_complete(table, people, plain_post, purchasing_post):
    version = TableVersion.objects.create(table=table, number=1, owner_name="总务处", duties="职责")
    for category in list(Category)[1:]:
        editing.declare_nil(version, category, actor=people.head)
    editing.exempt_post(version, purchasing_post, "岗位空缺", actor=people.head)
    point = make_point(version, actor=people.head, post=plain_post)
    make_measure(version, point, actor=people.head)
    assert report_of(version).missing == []


# ---- what is missing ---------------------------------------------------------------------------------------------


def test_everything_is_missing_in_an_empty_table(table, people, purchasing_post, plain_post):
    version = TableVersion.objects.create(table=table, number=1, owner_name="总务处", duties=" ")
    report = report_of(version)
    assert report.findings == (
        Finding("业务工作职责尚未填写", "duties"),
        Finding("岗位职责风险未填写：请添加风险点，或确认“无”", "row-duty"),
        Finding("业务流程风险未填写：请添加风险点，或确认“无”", "row-process"),
        Finding("制度机制风险未填写：请添加风险点，或确认“无”", "row-institution"),
        Finding("外部环境风险未填写：请添加风险点，或确认“无”", "row-environment"),
        Finding("岗位“采购员”没有风险点：请添加，或说明没有的原因", f"post-{purchasing_post.pk}"),
        Finding("岗位“绿化管理员”没有风险点：请添加，或说明没有的原因", f"post-{plain_post.pk}"),
    )
    assert (report.is_complete, report.percent, report.checks) == (False, 0, 7)
    assert report.to_do == 5  # a point in each category covers both posts


def test_everything_is_missing_in_an_empty_school_table(school_table):
    version = TableVersion.objects.create(table=school_table, number=1, owner_name="某某职专")
    assert report_of(version).findings == (
        Finding("业务职能尚未填写", "duties"),
        Finding("重大事项决策未填写：请添加风险点，或确认“无”", "row-decision"),
        Finding("重要人事任免未填写：请添加风险点，或确认“无”", "row-personnel"),
        Finding("重大项目安排未填写：请添加风险点，或确认“无”", "row-project"),
        Finding("大额资金使用未填写：请添加风险点，或确认“无”", "row-funds"),
    )


def test_a_typed_date_is_asked_for(draft_version, people):
    editing.save_head(draft_version, {"date_mode": "typed"}, actor=people.head)
    report = report_of(draft_version)
    assert report.findings == (Finding("填表日期选了“印填写的日期”，请填写日期", "duties"),)
    assert (report.checks, report.percent) == (12, 92)
    editing.save_head(draft_version, {"filled_on": datetime.date(2026, 11, 15)}, actor=people.head)
    assert report_of(draft_version).findings == ()


@pytest.mark.parametrize("mode", ["submitted", "blank"])
def test_no_date_is_asked_for_otherwise(draft_version, people, mode):
    editing.save_head(draft_version, {"date_mode": mode}, actor=people.head)
    assert report_of(draft_version).findings == ()


def test_a_category_without_an_answer(draft_version, people):
    point = point_of(draft_version, Category.PROCESS)
    editing.remove_row(point, actor=people.head)
    assert report_of(draft_version).findings == (
        Finding("业务流程风险未填写：请添加风险点，或确认“无”", "row-process"),
    )
    editing.declare_nil(draft_version, Category.PROCESS, actor=people.head)
    assert report_of(draft_version).missing == []


def test_a_measure_alone_is_no_answer(draft_version, people):
    editing.remove_row(point_of(draft_version, Category.PROCESS), actor=people.head)
    make_measure(draft_version, actor=people.head, category=Category.PROCESS)
    assert [finding.anchor for finding in report_of(draft_version).missing] == ["row-process"]


def test_a_category_without_measures(draft_version, people):
    for measure in draft_version.measures.filter(category=Category.PROCESS):
        editing.remove_row(measure, actor=people.head)
    assert report_of(draft_version).findings == (Finding("业务流程风险还没有防范措施", "row-process"),)


def test_a_point_without_a_measure(draft_version, people, plain_post):
    point = make_point(draft_version, actor=people.head, category=Category.PROCESS, post=plain_post)
    assert report_of(draft_version).findings == (Finding("业务流程风险第 2 项缺防范措施", f"point-{point.pk}"),)
    make_measure(draft_version, actor=people.head, category=Category.PROCESS, text="对全类的措施")
    assert report_of(draft_version).findings == ()


def test_a_post_without_a_point(draft_version, people, department):
    post = make_post(department, "门卫", order=90)
    assert report_of(draft_version).findings == (
        Finding("岗位“门卫”没有风险点：请添加，或说明没有的原因", f"post-{post.pk}"),
    )
    editing.exempt_post(draft_version, post, "由保安公司承担", actor=people.head)
    assert report_of(draft_version).findings == ()


@pytest.mark.parametrize("closed", ["post", "not begun"])
def test_a_post_out_of_use_needs_no_point(draft_version, department, closed):
    day = {"active_to": datetime.date(2020, 1, 1)} if closed == "post" else {"active_from": datetime.date(2999, 1, 1)}
    make_post(department, "门卫", **day)
    assert report_of(draft_version).findings == ()


def test_another_departments_posts_are_not_asked_for(draft_version, other_post):
    assert report_of(draft_version).findings == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"likelihood": None}, "未选发生机率或危害程度"),
        ({"harm": None}, "未选发生机率或危害程度"),
        ({"proposed_level": None}, "未定建议等级"),
        ({"functions": [["公共服务", 2]]}, "建议等级低于岗位职能的下限"),
        ({"functions": [["公共服务", 2]], "proposed_reason": "理由"}, "建议等级低于岗位职能的下限"),
        ({"harm": 1}, "建议等级低于规则得出的等级，须写明理由"),
        ({"harm": 1, "proposed_reason": " "}, "建议等级低于规则得出的等级，须写明理由"),
        ({"harm": 1, "proposed_reason": "理由"}, None),
        ({"proposed_level": 1}, None),
    ],
)
def test_the_level_of_a_point(draft_version, values, message):
    point = point_of(draft_version, Category.PROCESS)
    change(point, **values)
    expected = (Finding(f"业务流程风险第 1 项{message}", f"point-{point.pk}"),) if message else ()
    assert tuple(report_of(draft_version).missing) == expected


def test_a_point_of_a_closed_post(draft_version, people, plain_post, department):
    Post.objects.filter(pk=plain_post.pk).update(active_to=datetime.date(2020, 1, 1))
    points = list(draft_version.points.filter(post=plain_post).order_by("category"))
    assert sorted(finding.message for finding in report_of(draft_version).missing) == [
        "业务流程风险第 1 项岗位“绿化管理员”已停用，请改选岗位",
        "外部环境风险第 1 项岗位“绿化管理员”已停用，请改选岗位",
    ]
    for point in points:
        editing.save_point(draft_version, {"post": None}, point=point, actor=people.head)
    assert report_of(draft_version).findings == ()


def test_what_a_point_lacks_is_said_together(draft_version, people):
    point = make_point(
        draft_version, actor=people.head, category=Category.PROCESS, likelihood=None, proposed_level=None
    )
    assert report_of(draft_version).findings == (
        Finding("业务流程风险第 2 项缺防范措施，未选发生机率或危害程度", f"point-{point.pk}"),
    )


def test_the_school_table_needs_no_scales_and_no_level(school_draft):
    school_draft.points.update(likelihood=None, harm=None, computed_level=None, proposed_level=None)
    assert report_of(school_draft).findings == ()


def test_the_school_table_needs_a_measure_for_each_point(school_draft, people):
    shared = school_draft.measures.get(category=SchoolCategory.PROJECT)
    first, second = school_draft.points.filter(category=SchoolCategory.PROJECT)
    editing.save_measure(school_draft, {}, points=[first], measure=shared, actor=people.office)
    assert report_of(school_draft).findings == (Finding("重大项目安排第 2 项缺防范措施", f"point-{second.pk}"),)


# A character beyond every installed face; tests/riskcontrol/paper/test_pdf.py says how that is known.
ODD = "\U0001f600"


def test_characters_that_no_face_can_draw_are_named_where_they_stand(draft_version, people):
    point = point_of(draft_version, Category.PROCESS)
    measure = draft_version.measures.filter(category=Category.PROCESS).first()
    editing.save_head(draft_version, {"duties": f"职责{ODD}"}, actor=people.head)
    editing.save_point(draft_version, {"text": f"风险点{ODD}"}, point=point, actor=people.head)
    editing.save_measure(draft_version, {"text": f"措施{ODD}"}, points=[point], measure=measure, actor=people.head)
    assert report_of(draft_version).findings == (
        Finding(f"表头有打印不出的字符“{ODD}”，请改用其他写法", "duties"),
        Finding(f"业务流程风险第 1 项有打印不出的字符“{ODD}”，请改用其他写法", f"point-{point.pk}"),
        Finding(f"业务流程风险第 1 条措施有打印不出的字符“{ODD}”，请改用其他写法", f"measure-{measure.pk}"),
    )


def test_rare_characters_of_names_are_drawn(draft_version, people):
    editing.save_head(draft_version, {"head_name": "堃昇喆"}, actor=people.head)
    assert report_of(draft_version).findings == ()


PHRASES = ("加强教育", "加强学习", "提高认识", "加强管理", "加强监督", "严格要求自己", "提高思想认识")


# ---- what is only worth a look -----------------------------------------------------------------------------------


def hint(message, anchor):
    return Finding(message, anchor, blocks=False)


def test_nil_beside_posts_of_level_one_is_worth_a_look(draft_version, people):
    editing.remove_row(point_of(draft_version, Category.PROCESS), actor=people.head)
    editing.declare_nil(draft_version, Category.PROCESS, actor=people.head)
    report = report_of(draft_version)
    message = "业务流程风险确认为“无”，但有一级岗位（采购员），请再核对"
    assert report.findings == (hint(message, "row-process"),)
    assert (report.is_complete, report.percent) == (True, 100)


def test_nil_without_posts_of_level_one_is_not(draft_version, people, purchasing_post, functions):
    purchasing_post.functions.clear()
    for point in draft_version.points.filter(post=purchasing_post):
        editing.save_point(draft_version, {"proposed_level": 3}, point=point, actor=people.head)
    editing.remove_row(point_of(draft_version, Category.PROCESS), actor=people.head)
    editing.declare_nil(draft_version, Category.PROCESS, actor=people.head)
    assert report_of(draft_version).findings == ()


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("end", ["", "。", "；", " "])
def test_a_measure_that_promises_nothing_is_worth_a_look(draft_version, people, phrase, end):
    point = point_of(draft_version, Category.PROCESS)
    measure = make_measure(draft_version, point, actor=people.head, text=f"{phrase}{end}")
    message = f"业务流程风险第 2 条措施“{phrase}”较空，宜写明谁做、做什么、多久一次"
    assert report_of(draft_version).findings == (hint(message, f"measure-{measure.pk}"),)


def test_these_phrases_promise_nothing():
    assert EMPTY_PHRASES == PHRASES


def test_a_measure_that_says_how_is_not(draft_version, people):
    make_measure(
        draft_version, point_of(draft_version, Category.PROCESS), actor=people.head, text="加强教育，每季度一次"
    )
    assert report_of(draft_version).findings == ()


def test_the_same_measure_in_two_categories_is_worth_a_look(draft_version, people):
    for category in (Category.DUTY, Category.PROCESS):
        point = point_of(draft_version, category)
        measure = make_measure(draft_version, point, actor=people.head, text="双人验收并逐项登记")
    message = "业务流程风险与岗位职责风险有相同的措施：“双人验收并逐项登记”"
    assert report_of(draft_version).findings == (hint(message, f"measure-{measure.pk}"),)


def test_the_same_measure_twice_in_one_category_is_not(draft_version, people):
    point = point_of(draft_version, Category.PROCESS)
    for _ in range(2):
        make_measure(draft_version, point, actor=people.head, text="双人验收并逐项登记")
    assert report_of(draft_version).findings == ()


LEVEL_ONE = "制度机制风险第 1 项为一级，"


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([""], "措施没有写明阶段，宜三个阶段都有"),
        (["prevention"], "还没有中期监控、后期处置的措施"),
        (["monitoring", "response"], "还没有前期预防的措施"),
        (["prevention", "monitoring", "response"], ""),
    ],
)
def test_a_point_of_level_one_wants_a_measure_of_each_stage(draft_version, people, stages, said):
    point = point_of(draft_version, Category.INSTITUTION)
    assert point.proposed_level == 1
    measure = draft_version.measures.get(category=Category.INSTITUTION)
    editing.save_measure(draft_version, {"stage": stages[0]}, points=[point], measure=measure, actor=people.head)
    for number, stage in enumerate(stages[1:]):
        make_measure(draft_version, point, actor=people.head, text=f"另一条措施{number}", stage=stage)
    report = whole_report_of(draft_version)
    found = [one for one in report.findings if one.anchor == f"point-{point.pk}"]
    assert found == ([hint(f"{LEVEL_ONE}{said}", f"point-{point.pk}")] if said else [])
    assert report.is_complete


def test_points_below_level_one_are_named_together_and_only_where_stages_are_named(draft_version, people):
    point = point_of(draft_version, Category.PROCESS)
    assert point.proposed_level == 3
    measure = draft_version.measures.get(category=Category.PROCESS)
    for stage, said in (("response", ["前期预防、中期监控"]), ("", [])):
        editing.save_measure(draft_version, {"stage": stage}, points=[point], measure=measure, actor=people.head)
        found = [one for one in whole_report_of(draft_version).findings if one.anchor == "row-process"]
        assert found == [hint(f"业务流程风险第 1 项还没有{words}的措施", "row-process") for words in said]


def test_a_nil_of_the_school_is_held_against_the_departments_posts_of_level_one(
    table, school_table, people, school_draft
):
    report = report_of(school_draft)
    assert [finding for finding in report.hints if "一级岗位" in finding.message] == []
    bring_to(Status.CONFIRMED, table, people)
    (found,) = [finding for finding in report_of(school_draft).hints if "一级岗位" in finding.message]
    assert found.message == "大额资金使用确认为“无”，但部门的现行表里有一级岗位（总务处采购员），请再核对"
    assert (found.anchor, found.blocks) == ("row-funds", False)


# ---- percent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "hints", "checks", "percent"),
    [(0, 0, 5, 100), (0, 3, 5, 100), (5, 0, 5, 0), (1, 0, 4, 75), (1, 2, 4, 75), (1, 0, 1000, 99), (2, 0, 3, 33)],
)
def test_percent_counts_the_checks_that_are_met(missing, hints, checks, percent):
    findings = tuple(Finding(str(number), "") for number in range(missing))
    report = Report(findings + tuple(hint("", "") for _ in range(hints)), checks)
    assert (report.percent, report.is_complete) == (percent, missing == 0)
    assert (len(report.missing), len(report.hints)) == (missing, hints)


def test_percent_grows_with_the_work(table, people, purchasing_post, plain_post):
    version = TableVersion.objects.create(table=table, number=1, owner_name="总务处", duties="职责")
    seen = [report_of(version).percent]
    for category in Category:
        editing.declare_nil(version, category, actor=people.head)
        seen.append(report_of(version).percent)
    for post in (purchasing_post, plain_post):
        editing.exempt_post(version, post, "暂缺", actor=people.head)
        seen.append(report_of(version).percent)
    assert seen == [14, 29, 43, 57, 71, 86, 100]


def test_a_big_table_is_complete_after_filling(table, people, department):
    for number in range(20):
        make_post(department, f"岗位{number}", order=100 + number)
    version = TableVersion.objects.create(table=table, number=1, owner_name="总务处", duties="职责")
    assert report_of(fill(version, actor=people.head)).findings == ()
    assert version.points.count() == 22


@pytest.mark.parametrize(
    ("anchor", "opens"), [("duties", "head"), ("row-duty", ""), ("point-7", "point-7"), ("post-3", "")]
)
def test_a_finding_opens_the_form_that_mends_it(anchor, opens):
    assert Finding("", anchor).opens == opens


def test_a_point_that_fills_a_category_and_stands_for_a_post_is_one_thing_to_do():
    category = Finding("岗位职责风险未填写", "row-duty", needs_point=True)
    posts = [Finding("岗位没有风险点", f"post-{number}", needs_point=True) for number in (1, 2)]
    other = Finding("岗位职责风险还没有防范措施", "row-process")
    hint = Finding("再核对", "row-duty", blocks=False)
    assert Report((category, *posts, other, hint), 9).to_do == 3
    assert Report((category, other), 9).to_do == 2
    assert Report((*posts,), 9).to_do == 2
