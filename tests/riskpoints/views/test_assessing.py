"""The reviewer's page: levels with reasons, remarks, what is kept for later, and two reviewers at one table."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.enums import Action, Category, Status
from riskpoints.models import Cycle, Remark, RiskPoint, TableVersion
from riskpoints.tables import editing, reviewing, workflow
from tests import once
from tests.factories import assess_all, bring_to, publish_for
from tests.pages import at, checked, messages_of, text_of, typed
from tests.riskpoints.views.conftest import BAD_VALUES

LONG = "很长的文字" * 1000


@once.fixture
def version(submitted_version) -> TableVersion:
    return submitted_version


@pytest.fixture
def as_reviewer(enter, people):
    return enter(people.reviewer)


@once.fixture
def floored(version) -> RiskPoint:
    """Return the point of the purchasing post: floor 一级."""
    return version.points.get(category=Category.DUTY)


@once.fixture
def plain(version) -> RiskPoint:
    """Return a point of level three of a post without functions."""
    return version.points.get(category=Category.PROCESS)


def values_of(version, *, then="save", comment="", **changes) -> dict:
    """Return what the page would send; `changes` are {field of point pk: value} such as level12=2."""
    lock = TableVersion.objects.values_list("lock", flat=True).get(pk=version.pk)
    values = {"then": then, "comment": comment, "lock": lock}
    for point in version.points.all():
        values[f"point{point.pk}-level"] = point.confirmed_level or point.proposed_level
        values[f"point{point.pk}-reason"] = point.confirmed_reason
        values[f"point{point.pk}-remark"] = ""
    for name, value in changes.items():
        field, pk = re.fullmatch(r"([a-z]+)(\d+)", name).groups()
        values[f"point{pk}-{field}"] = value
    return values


def problem_at(response, point) -> str:
    """Return what is said as wrong at one point."""
    found = re.search(rf'<li id="point-{point.pk}".*?</div>\s*</li>', response.content.decode(), re.S).group()
    return " ".join(re.findall(r'class="invalid-feedback"[^>]*>([^<]*)<', found))


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_departments_levels_are_chosen_already(as_reviewer, version, floored, plain):
    page = as_reviewer.get(at(version))
    assert checked(page, f"point{plain.pk}-level") == ["3"]
    assert checked(page, f"point{floored.pk}-level") == ["1"]
    tags = re.findall(rf'<input[^>]*name="point{floored.pk}-level"[^>]*>', page.content.decode())
    assert [" disabled" in tag for tag in tags] == [False, True, True]
    assert "低于一级（高）的等级不合规定，不可选。" in text_of(page)
    assert "机率与危害取较重的一级" not in problem_at(page, plain)


def test_a_level_is_raised_freely(as_reviewer, version, plain):
    assert as_reviewer.post(at(version, "assess"), values_of(version, **{f"level{plain.pk}": 2})).status_code == 302
    stored = RiskPoint.objects.get(pk=plain.pk)
    assert (stored.proposed_level, stored.confirmed_level, stored.confirmed_reason) == (Level.THIRD, Level.SECOND, "")


def test_a_level_milder_than_the_proposed_one_needs_its_reason(enter, draft_version, people):
    draft = draft_version
    point = draft.points.get(category=Category.PROCESS)
    editing.save_point(draft, {"proposed_level": 1}, point=point, actor=people.head)  # the rule gives three
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    client = enter(people.reviewer)
    words = re.findall(rf'<input[^>]*name="point{point.pk}-level"[^>]*>', client.get(at(version)).content.decode())
    assert ["data-needs-words" in word for word in words] == [False, True, True]
    response = client.post(at(version, "assess"), values_of(version, **{f"level{point.pk}": 2}))
    assert response.status_code == 422
    assert problem_at(response, point) == "低于部门建议的等级，请写明理由。"
    assert checked(response, f"point{point.pk}-level") == ["2"]
    assert RiskPoint.objects.get(pk=point.pk).confirmed_level is None
    values = values_of(version, **{f"level{point.pk}": 2, f"reason{point.pk}": "群众关注"})
    response = client.post(at(version, "assess"), values, follow=True)
    assert "保存，还没有作出审核结论。" in messages_of(response)[-1]
    stored = RiskPoint.objects.get(pk=point.pk)
    assert (stored.confirmed_level, stored.confirmed_reason) == (Level.SECOND, "群众关注")
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


def test_a_level_below_the_floor_is_refused(as_reviewer, version, floored):
    values = values_of(version, **{f"level{floored.pk}": 3, f"reason{floored.pk}": "风险不大"})
    response = as_reviewer.post(at(version, "assess"), values)
    assert response.status_code == 422
    assert problem_at(response, floored) == "该岗位的职能要求不低于一级（高），不能更低。"
    assert typed(response, f"point{floored.pk}-reason") == "风险不大"


def test_what_is_kept_for_later_stands_in_the_form_again(as_reviewer, version, plain, people, enter):
    values = values_of(version, **{f"remark{plain.pk}": "请写明表现形式", f"level{plain.pk}": ""})
    assert as_reviewer.post(at(version, "assess"), values).url == at(version)
    page = as_reviewer.get(at(version))
    assert typed(page, f"point{plain.pk}-remark") == "请写明表现形式"
    # Not yet for the department: it sees a remark with the return.
    assert "请写明表现形式" not in text_of(enter(people.head).get(at(version)))
    assert Remark.objects.get().sent_at is None


def test_remarks_and_levels_reach_the_department_with_the_return(as_reviewer, version, plain, people, enter):
    values = values_of(
        version,
        then="return",
        comment="两处要改",
        **{f"level{plain.pk}": 2, f"reason{plain.pk}": "群众关注", f"remark{plain.pk}": "请写明表现形式"},
    )
    response = as_reviewer.post(at(version, "assess"), values, follow=True)
    assert response.redirect_chain[0][0] == reverse("riskpoints:inbox")
    assert messages_of(response) == ["总务处：已退回，部门会看到您的意见。"]
    said = text_of(enter(people.head).get(at(version)))
    for words in ("退回修改", "两处要改", "请写明表现形式", "部门建议 三级（低） → 核定 二级（中）", "理由：群众关注"):
        assert words in said
    form = text_of(enter(people.head).get(at(version) + f"?open=point-{plain.pk}"))
    assert "请写明表现形式" in form
    assert "部门建议 三级（低） → 核定 二级（中） 理由：群众关注" in form
    assert as_reviewer.get(at(version)).status_code == 404


def test_a_return_without_an_opinion_is_refused_beside_its_field(as_reviewer, version, plain):
    values = values_of(version, then="return", comment="  ", **{f"remark{plain.pk}": "写了很久"})
    response = as_reviewer.post(at(version, "assess"), values)
    assert response.status_code == 422
    assert "请写明意见：哪里要改、为什么。" in re.search(
        r'id="id_comment_error">([^<]*)<', response.content.decode()
    ).group(1)
    assert typed(response, f"point{plain.pk}-remark") == "写了很久"
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


def test_approving_saves_the_levels_and_says_what_follows(as_reviewer, version, school, enter, people):
    response = as_reviewer.post(at(version, "assess"), values_of(version, then="approve", comment="同意"), follow=True)
    assert messages_of(response) == ["总务处：审核通过，等待单位主要负责人签字确定。"]
    stored = TableVersion.objects.get(pk=version.pk)
    assert (stored.status, stored.reviewed_by) == (Status.REVIEWED, people.reviewer)
    assert set(stored.points.values_list("confirmed_level", flat=True)) == {1, 3}
    assert stored.decisions.last().comment == "同意"


def test_approving_names_the_end_of_the_publication(as_reviewer, version, school):
    publish_for(5)
    response = as_reviewer.post(at(version, "assess"), values_of(version, then="approve"), follow=True)
    until = TableVersion.objects.get(pk=version.pk).publish_until
    said = f"总务处：审核通过，已开始公示，到{until.year}年{until.month}月{until.day}日。"
    assert messages_of(response) == [said]


def test_approving_with_a_level_missing_shows_where(as_reviewer, version, plain):
    response = as_reviewer.post(at(version, "assess"), values_of(version, then="approve", **{f"level{plain.pk}": ""}))
    assert response.status_code == 422
    assert messages_of(response) == ["还有 1 个风险点的等级没有核定好。"]
    assert problem_at(response, plain) == "业务流程风险第 1 项：请核定等级。"
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reason", "长" * 501, "请缩短到 500 字以内，现在有 501 字。"),
        ("remark", "长" * 1001, "请缩短到 1000 字以内，现在有 1001 字。"),
        ("remark", "看不见\x00", "含有看不见的控制字符，请删去后再保存。"),
        ("level", "4", "这个选项已不能使用，请重新选择。"),
    ],
)
def test_what_is_wrong_is_said_at_its_point(as_reviewer, version, plain, field, value, said):
    response = as_reviewer.post(at(version, "assess"), values_of(version, **{f"{field}{plain.pk}": value}))
    assert (response.status_code, problem_at(response, plain)) == (422, said)
    assert response["HX-Push-Url"] == "false"


def test_a_long_opinion_is_not_cut(as_reviewer, version):
    response = as_reviewer.post(at(version, "assess"), values_of(version, then="approve", comment="长" * 2001))
    assert response.status_code == 422
    assert "请缩短到 2000 字以内，现在有 2001 字。" in text_of(response)
    assert typed(response, "comment") == "长" * 2001


def test_the_school_table_is_reviewed_without_levels(enter, school_table, people):
    version = bring_to(Status.SUBMITTED, school_table, people)
    client = enter(people.reviewer)
    body = client.get(at(version)).content.decode()
    assert "-level" not in body
    assert "-reason" not in body
    point = version.points.first()
    values = {f"point{point.pk}-remark": "请写具体", "then": "approve", "lock": version.lock}
    client.post(at(version, "assess"), values)
    assert TableVersion.objects.get(pk=version.pk).status == Status.REVIEWED
    assert Remark.objects.get().text == "请写具体"


def test_the_deputy_reviews_the_discipline_office(enter, discipline_table, people):
    version = bring_to(Status.SUBMITTED, discipline_table, people)
    assert enter(people.reviewer).get(at(version)).context["sheet"].mode == "read"
    assert enter(people.reviewer).post(at(version, "assess"), values_of(version)).status_code == 403
    page = enter(people.deputy).get(at(version))
    assert page.context["sheet"].mode == "review"
    assert enter(people.deputy).post(at(version, "assess"), values_of(version, then="approve")).status_code == 302
    assert TableVersion.objects.get(pk=version.pk).reviewed_by == people.deputy


# ---- another reviewer meanwhile ----------------------------------------------------------------------------------


def test_ones_own_other_page_is_not_another_reviewer(as_reviewer, version, plain):
    first, second = values_of(version, **{f"remark{plain.pk}": "先写的"}), values_of(version)
    assert as_reviewer.post(at(version, "assess"), first).status_code == 302
    response = as_reviewer.post(at(version, "assess"), second)
    assert response.status_code == 409
    assert messages_of(response)[-1].startswith("您在另一个页面保存过意见。")
    assert problem_at(response, plain) == "已保存的给部门的意见：先写的"


def test_two_reviewers_save_one_table(as_reviewer, enter, version, plain, floored, people):
    mine = values_of(version, then="approve", **{f"remark{plain.pk}": "我的意见"})
    theirs = values_of(
        version, **{f"level{plain.pk}": 2, f"reason{plain.pk}": "另一人的理由", f"remark{plain.pk}": "另一人的意见"}
    )
    assert enter(people.second_reviewer).post(at(version, "assess"), theirs).status_code == 302
    response = as_reviewer.post(at(version, "assess"), mine)
    assert response.status_code == 409
    assert "另一位审核人在您审核期间保存过意见" in messages_of(response)[0]
    said = problem_at(response, plain)
    assert said == ("已保存的核定等级：二级（中） 已保存的理由：另一人的理由 已保存的给部门的意见：另一人的意见")
    assert problem_at(response, floored) == ""
    assert typed(response, f"point{plain.pk}-remark") == "我的意见"
    stored = TableVersion.objects.get(pk=version.pk)
    assert (stored.status, stored.points.get(pk=plain.pk).confirmed_level) == (Status.SUBMITTED, Level.SECOND)
    lock = re.search(r'name="lock" value="(\d+)"', response.content.decode()).group(1)
    assert as_reviewer.post(at(version, "assess"), mine | {"lock": lock}).status_code == 302
    stored = TableVersion.objects.get(pk=version.pk)
    assert (stored.status, stored.points.get(pk=plain.pk).confirmed_level) == (Status.REVIEWED, Level.THIRD)


def test_the_other_reviewer_has_approved(as_reviewer, version, plain, people):
    mine = values_of(version, comment="我还在写", **{f"remark{plain.pk}": "我的意见"})
    assess_all(version, actor=people.second_reviewer)
    workflow.perform(Action.APPROVE, version, actor=people.second_reviewer)
    response = as_reviewer.post(at(version, "assess"), mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "这张表现在是“已审核”，不能再核定等级。" in said
    assert "业务流程风险第 1 项：给部门的意见 我的意见" in said
    assert "我还在写" in said
    assert not Remark.objects.exists()


@pytest.mark.parametrize("act", [Action.RECALL, Action.RETURN])
def test_the_table_is_with_the_department_again(as_reviewer, version, plain, people, act):
    mine = values_of(version, comment="我还在写", **{f"remark{plain.pk}": "我的意见"})
    actor = people.head if act == Action.RECALL else people.second_reviewer
    version = workflow.perform(act, version, actor=actor, comment="再改改")
    editing.save_point(version, {"text": "部门的草稿"}, point=plain, actor=people.head)
    response = as_reviewer.post(at(version, "assess"), mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "正在修改，您填写的意见没有保存" in said
    assert "我的意见" in said
    assert "我还在写" in said
    assert "部门的草稿" not in said
    assert at(version) not in response.content.decode()


def test_a_closed_year_takes_no_review(as_reviewer, version):
    Cycle.objects.filter(pk=version.table.cycle_id).update(closed_at=timezone.now())
    response = as_reviewer.post(at(version, "assess"), values_of(version, then="approve"))
    assert response.status_code == 409
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


# ---- who may -----------------------------------------------------------------------------------------------------


def test_only_the_reviewer_assesses(enter, client, version, people):
    before = AuditEntry.objects.not_of(SystemVerb.REFUSED, SystemVerb.LOGIN).count()
    for person, status in {
        "head": 403,
        "clerk": 403,
        "leader": 403,
        "staff": 404,
        "other_head": 404,
        "office": 404,
        "principal": 404,
        "deputy": 404,
        "admin": 404,
        "auditor": 404,
        "outsider": 404,
    }.items():
        response = enter(getattr(people, person)).post(at(version, "assess"), values_of(version, then="approve"))
        assert response.status_code == status, person
    assert client.post(at(version, "assess"), values_of(version)).url.startswith(reverse("login"))
    assert AuditEntry.objects.not_of(SystemVerb.REFUSED, SystemVerb.LOGIN).count() == before
    assert enter(people.reviewer).get(at(version, "assess")).url == at(version)


def test_who_wrote_a_table_never_reviews_it(enter, version, people):
    people.head.grants.create(role="reviewer")
    response = enter(people.head).post(at(version, "assess"), values_of(version, then="approve"))
    assert response.status_code == 403
    assert enter(people.head).get(at(version)).context["sheet"].mode == "read"


def test_a_point_of_another_table_is_not_touched(as_reviewer, version, other_table, people):
    theirs = bring_to(Status.SUBMITTED, other_table, people)
    point = theirs.points.first()
    values = values_of(version) | {f"point{point.pk}-level": 1, f"point{point.pk}-remark": "乱写"}
    as_reviewer.post(at(version, "assess"), values)
    assert RiskPoint.objects.get(pk=point.pk).confirmed_level is None
    assert not Remark.objects.exists()


# ---- what a broken or hostile client sends -----------------------------------------------------------------------


def test_a_malformed_review_never_breaks_the_page(as_reviewer, version):
    names = list(values_of(version))
    for value in [*BAD_VALUES, LONG, ["1", "2", "\x00"], "9" * 5000]:
        response = as_reviewer.post(at(version, "assess"), dict.fromkeys(names, value))
        assert response.status_code in (302, 409, 422), repr(value)[:40]
        assert as_reviewer.post(at(version, "assess"), {"then": value}).status_code in (302, 409, 422)
    body = b"then=approve&comment=%ff\xff&lock=%00&point1-level=%fe"
    kind = "application/x-www-form-urlencoded"
    assert as_reviewer.generic("POST", at(version, "assess"), body, content_type=kind).status_code < 500
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


def test_the_page_costs_the_same_for_any_number_of_points(as_reviewer, queries_of, version, other_table, people, enter):
    small = queries_of(as_reviewer, at(version))
    draft = bring_to(Status.DRAFT, other_table, people)
    head = people.other_head
    post = draft.points.first().post
    for number in range(60):
        values = {"category": list(Category)[number % 4], "text": f"第 {number} 个", "post": post}
        point = editing.save_point(draft, values | {"likelihood": 3, "harm": 3, "proposed_level": 2}, actor=head)
        editing.save_measure(draft, {"category": point.category, "text": "措施"}, points=[point], actor=head)
    large = workflow.perform(Action.SUBMIT, draft, actor=head)
    assert queries_of(as_reviewer, at(large)) <= small


def test_the_reasons_are_those_of_the_rule(version, floored, plain):
    assert reviewing.assessment_problem(plain, 1, "") == ""
    assert reviewing.assessment_problem(floored, 2, "理由") == "该岗位的职能要求不低于一级（高），不能更低。"
