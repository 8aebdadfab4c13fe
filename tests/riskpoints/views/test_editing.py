"""Filling in a draft without JavaScript: every form works, and nothing that was typed is lost."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, DateMode, Status
from riskpoints.models import Cycle, Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.tables import editing as services
from riskpoints.tables import workflow
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import bring_to, make_measure, make_point, make_post
from tests.pages import at, beside, checked, messages_of, text_of, typed
from tests.riskpoints.views.conftest import BAD_VALUES

LONG = "很长的文字" * 1000


@once.fixture
def draft(draft_version) -> TableVersion:
    """Return the complete draft of 总务处."""
    return draft_version


@pytest.fixture
def as_head(enter, people):
    return enter(people.head)


@pytest.fixture
def as_clerk(enter, people):
    return enter(people.clerk)


@once.fixture
def point(draft) -> RiskPoint:
    """Return the first point, of the purchasing post with the floor 一级."""
    return draft.points.get(category=Category.DUTY)


@once.fixture
def plain(draft) -> RiskPoint:
    """Return a point of the post without functions: likelihood, harm and level are the mildest."""
    return draft.points.get(category=Category.PROCESS)


def values_of(point, **changes) -> dict:
    """Return what the form of a stored point would send."""
    values = {
        "lock": point.lock,
        "category": point.category,
        "text": point.text,
        "post": point.post_id or "",
        "likelihood": point.likelihood or "",
        "harm": point.harm or "",
        "proposed_level": point.proposed_level or "",
        "proposed_reason": point.proposed_reason,
        "finding_methods": point.finding_methods,
        "finding_other": point.finding_other,
        "manifestation": point.manifestation,
        "matter": point.matter,
        "responsible": point.responsible,
        "is_latent": str(point.is_latent),
    }
    return values | changes


# ---- points ------------------------------------------------------------------------------------------------------


def test_a_new_point_brings_its_first_measure(as_head, draft, plain_post):
    values = {
        "category": "environment",
        "text": "供应商宴请",
        "post": plain_post.pk,
        "likelihood": "2",
        "harm": "3",
        "finding_methods": ["self", "other"],
        "finding_other": "巡察",
        "manifestation": "逢年过节有人请吃饭",
        "matter": "采购",
        "responsible": "绿化管理员",
        "is_latent": "False",
        "is_key_area": "on",
        "measure_text": "一律谢绝并登记",
        "measure_stage": "prevention",
    }
    response = as_head.post(at(draft, "point_new"), values)
    point = draft.points.get(text="供应商宴请")
    assert response.url == f"{at(draft)}?saved=point-{point.pk}#point-{point.pk}"
    assert (point.category, point.post, point.likelihood, point.harm) == ("environment", plain_post, 2, 3)
    assert (point.computed_level, point.proposed_level) == (Level.SECOND, Level.SECOND)
    assert (point.finding_methods, point.finding_other) == (["self", "other"], "巡察")
    assert (point.manifestation, point.matter, point.responsible) == ("逢年过节有人请吃饭", "采购", "绿化管理员")
    assert (point.is_latent, point.is_key_area) == (False, True)
    measure = point.measures.get()
    assert (measure.text, measure.stage, measure.category) == ("一律谢绝并登记", "prevention", "environment")
    page = as_head.get(response.url)
    marked = re.search(rf'<li id="point-{point.pk}" tabindex="-1" autofocus.*?</li>', page.content.decode(), re.S)
    assert "已保存" in marked.group()


def test_a_point_without_a_measure_and_without_scales_can_be_saved(as_clerk, draft, people):
    as_clerk.post(at(draft, "point_new"), {"category": "duty", "text": "先写下来"})
    point = draft.points.get(text="先写下来")
    assert (point.likelihood, point.harm, point.proposed_level, point.post) == (None, None, None, None)
    assert not point.measures.exists()
    assert people.clerk in draft.authors.all()


def test_the_form_of_a_point_shows_what_is_stored(as_head, draft, point):
    page = as_head.get(at(draft) + f"?open=point-{point.pk}")
    assert typed(page, "text") == point.text
    assert checked(page, "likelihood") == ["3"]
    assert checked(page, "harm") == ["3"]
    assert checked(page, "proposed_level") == ["1"]
    assert checked(page, "post") == [str(point.post_id)]
    assert checked(page, "finding_methods") == ["self", "mutual"]
    assert page.content.decode().count("disabled") >= 2
    assert "该岗位从事采购，按规定不低于一级（高）。" in text_of(page)


def test_a_point_is_changed(as_head, draft, plain):
    response = as_head.post(at(draft, "point", plain.pk), values_of(plain, text="改写", harm="1", proposed_level="1"))
    assert response.status_code == 302
    stored = RiskPoint.objects.get(pk=plain.pk)
    assert (stored.text, stored.harm, stored.computed_level, stored.lock) == ("改写", 1, Level.FIRST, plain.lock + 1)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"text": " "}, "text", "请填写风险点。"),
        ({"text": "很" * 1001}, "text", "请缩短到 1000 字以内，现在有 1001 字。"),
        ({"text": "看不见\x00"}, "text", "含有看不见的控制字符，请删去后再保存。"),
        ({"post": "999999"}, "post", "这个选项已不能使用，请重新选择。"),
        ({"post": "9" * 40}, "post", "这个选项已不能使用，请重新选择。"),
        ({"likelihood": "4"}, "likelihood", "这个选项已不能使用，请重新选择。"),
        ({"harm": "x"}, "harm", "这个选项已不能使用，请重新选择。"),
        ({"finding_methods": ["self", "guess"]}, "finding_methods", "这个选项已不能使用，请重新选择。"),
        ({"finding_methods": ["other"]}, "finding_other", "选了“其他”，请写明是什么方法。"),
        ({"matter": "长" * 201}, "matter", "请缩短到 200 字以内，现在有 201 字。"),
        ({"harm": "1"}, "proposed_reason", "按规则应为一级（高），建议更低的等级须写明理由。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(as_head, draft, plain, change, field, said):
    before = services.audit.field_values(plain, *services.POINT_FIELDS)
    response = as_head.post(at(draft, "point", plain.pk), values_of(plain) | change)
    assert response.status_code == 422
    assert beside(response, field) == said
    assert response["HX-Push-Url"] == "false"
    stored = RiskPoint.objects.get(pk=plain.pk)
    assert services.audit.field_values(stored, *services.POINT_FIELDS) == before


def test_after_an_error_everything_typed_is_still_there(as_head, draft, plain_post):
    values = {
        "category": "duty",
        "text": "写了很久的风险点",
        "post": plain_post.pk,
        "likelihood": "1",
        "harm": "2",
        "proposed_level": "3",
        "finding_methods": ["masses", "leaders"],
        "manifestation": "写了很久的表现",
        "matter": "事项",
        "responsible": "某岗",
        "measure_text": "写了很久的措施",
        "measure_stage": "response",
        "is_latent": "False",
        "is_key_area": "on",
    }
    response = as_head.post(at(draft, "point_new"), values)
    assert response.status_code == 422
    assert beside(response, "proposed_reason") == "按规则应为一级（高），建议更低的等级须写明理由。"
    assert [typed(response, name) for name in ("text", "manifestation", "measure_text")] == [
        "写了很久的风险点", "写了很久的表现", "写了很久的措施",
    ]  # fmt: skip
    assert checked(response, "post") == [str(plain_post.pk)]
    assert [checked(response, name) for name in ("likelihood", "harm", "proposed_level")] == [["1"], ["2"], ["3"]]
    assert checked(response, "finding_methods") == ["masses", "leaders"]
    assert checked(response, "measure_stage") == ["response"]
    assert checked(response, "is_latent") == ["False"]
    assert 'value="某岗"' in response.content.decode()
    assert not draft.points.filter(text="写了很久的风险点").exists()
    assert "写了很久的措施" not in [measure.text for measure in draft.measures.all()]


def test_a_level_below_the_floor_is_refused_with_the_reason(as_head, draft, point):
    response = as_head.post(at(draft, "point", point.pk), values_of(point, proposed_level="2"))
    assert response.status_code == 422
    assert beside(response, "proposed_level") == "该岗位的职能要求不低于一级（高），不能选更低的等级。"
    assert RiskPoint.objects.get(pk=point.pk).proposed_level == Level.FIRST


def test_a_milder_level_is_kept_with_its_reason(as_head, draft, plain):
    values = values_of(plain, likelihood="1", proposed_level="2", proposed_reason="已有三道复核")
    assert as_head.post(at(draft, "point", plain.pk), values).status_code == 302
    stored = RiskPoint.objects.get(pk=plain.pk)
    assert (stored.computed_level, stored.proposed_level) == (Level.FIRST, Level.SECOND)
    assert stored.proposed_reason == "已有三道复核"


def test_points_change_places(as_head, draft, point, people):
    second = make_point(draft, actor=people.head, text="第二个")
    response = as_head.post(at(draft, "point_move", second.pk), {"direction": "up"})
    assert response.url == f"{at(draft)}?saved=point-{second.pk}#point-{second.pk}"
    assert [row.pk for row in draft.points.filter(category="duty")] == [second.pk, point.pk]
    as_head.post(at(draft, "point_move", second.pk), {"direction": "down"})
    assert [row.pk for row in draft.points.filter(category="duty")] == [point.pk, second.pk]
    before = AuditEntry.objects.count()
    assert as_head.post(at(draft, "point_move", second.pk), {"direction": "down"}).url == at(draft)
    assert as_head.post(at(draft, "point_move", 10**30), {"direction": "down"}).status_code == 302
    assert AuditEntry.objects.count() == before


def test_a_point_goes_where_another_one_stands(as_head, draft, point, people):
    second, third = (make_point(draft, actor=people.head, text=text) for text in ("第二个", "第三个"))
    response = as_head.post(at(draft, "point_move", point.pk), {"to": third.pk})
    assert response.url == f"{at(draft)}?saved=point-{point.pk}#point-{point.pk}"
    assert [row.pk for row in draft.points.filter(category="duty")] == [second.pk, third.pk, point.pk]
    as_head.post(at(draft, "point_move", point.pk), {"to": second.pk})
    assert [row.pk for row in draft.points.filter(category="duty")] == [point.pk, second.pk, third.pk]
    before = AuditEntry.objects.count()
    other = draft.points.filter(category="process").first()
    for gone in (other.pk, 10**30, "", "x"):
        response = as_head.post(at(draft, "point_move", point.pk), {"to": gone}, follow=True)
        assert messages_of(response) == ["表里的顺序刚刚变了，没有移动。请再移一次。"]
    assert as_head.post(at(draft, "point_move", point.pk), {"to": point.pk}, follow=True).status_code == 200
    assert AuditEntry.objects.count() == before


def test_a_point_is_removed_after_a_question(as_head, draft, point):
    question = as_head.get(at(draft) + f"?open=removepoint-{point.pk}")
    assert "确定删除这个风险点？只对应它的措施会一起删除。" in text_of(question)
    response = as_head.post(at(draft, "point_remove", point.pk), follow=True)
    assert messages_of(response) == [f"已删除“{point.text}”。删除前的内容留在审计记录里。"]
    assert not draft.points.filter(pk=point.pk).exists()
    again = as_head.post(at(draft, "point_remove", point.pk), follow=True)
    assert (again.status_code, messages_of(again)) == (200, [])


# ---- measures ----------------------------------------------------------------------------------------------------


def test_a_measure_answers_the_points_that_are_ticked(as_head, draft, point, people):
    second = make_point(draft, actor=people.head, text="第二个")
    values = {"category": "duty", "text": "轮岗", "stage": "monitoring", "points": [point.pk, second.pk]}
    values |= {"responsible": "处长", "timing": "每年", "basis": "轮岗办法"}
    response = as_head.post(at(draft, "measure_new"), values)
    measure = draft.measures.get(text="轮岗")
    assert response.url == f"{at(draft)}?saved=measure-{measure.pk}#measure-{measure.pk}"
    assert set(measure.points.all()) == {point, second}
    assert (measure.stage, measure.responsible, measure.timing, measure.basis) == (
        "monitoring",
        "处长",
        "每年",
        "轮岗办法",
    )
    page = as_head.get(at(draft) + f"?open=measure-{measure.pk}")
    assert typed(page, "text") == "轮岗"
    assert set(checked(page, "points")) == {str(point.pk), str(second.pk)}


def test_a_measure_can_be_added_beside_its_point(as_head, draft, point, people):
    second = make_point(draft, actor=people.head, text="第二个")
    page = as_head.get(at(draft) + f"?open=measurefor-{second.pk}")
    assert checked(page, "points") == [str(second.pk)]
    values = {"category": "duty", "text": "", "points": [second.pk], "beside": second.pk}
    response = as_head.post(at(draft, "measure_new"), values)
    assert (response.status_code, beside(response, "text")) == (422, "请填写防范措施。")
    body = response.content.decode()
    assert body.index(f'id="point-{second.pk}"') < body.index('id="newmeasure-duty"') < body.index("本类共用")
    assert as_head.post(at(draft, "measure_new"), values | {"text": "抽查"}).status_code == 302
    assert list(draft.measures.get(text="抽查").points.all()) == [second]


def test_a_measure_is_changed_moved_and_removed(as_head, draft, point, people):
    first = draft.measures.get(points=point)
    second = make_measure(draft, point, actor=people.head, text="第二条")
    values = {"lock": first.lock, "category": "duty", "text": "改写的措施", "stage": "", "points": [point.pk]}
    assert as_head.post(at(draft, "measure", first.pk), values).status_code == 302
    stored = Measure.objects.get(pk=first.pk)
    assert (stored.text, stored.stage, stored.lock) == ("改写的措施", "", first.lock + 1)
    as_head.post(at(draft, "measure_move", second.pk), {"direction": "up"})
    assert [row.pk for row in draft.measures.filter(points=point)] == [second.pk, first.pk]
    assert "确定删除这条措施？" in text_of(as_head.get(at(draft) + f"?open=removemeasure-{first.pk}"))
    as_head.post(at(draft, "measure_remove", first.pk))
    assert [row.pk for row in draft.measures.filter(points=point)] == [second.pk]


def test_a_measure_answers_no_point_of_another_category(as_head, draft, plain):
    values = {"category": "duty", "text": "措施", "points": [plain.pk]}
    response = as_head.post(at(draft, "measure_new"), values)
    assert response.status_code == 422
    assert beside(response, "points") == "这个选项已不能使用，请重新选择。"
    assert typed(response, "text") == "措施"


# ---- head, 无 and exempted posts -----------------------------------------------------------------------------------


def test_the_head_of_the_form_is_saved(as_head, draft):
    page = as_head.get(at(draft) + "?open=head")
    lock = re.search(r'name="lock" value="(\d+)"', page.content.decode()).group(1)
    values = {"lock": lock, "duties": "改写的职责", "head_name": "新负责人", "date_mode": "typed"}
    response = as_head.post(at(draft, "head"), values)
    assert (response.status_code, beside(response, "filled_on")) == (422, "请填写日期，或改选印提交日期、留空手写。")
    assert typed(response, "duties") == "改写的职责"
    response = as_head.post(at(draft, "head"), values | {"filled_on": "0026-11-20"})
    assert beside(response, "filled_on") == "请核对年份，应在 1900 年至 2100 年之间。"
    response = as_head.post(at(draft, "head"), values | {"filled_on": "2026-11-20"})
    assert response.url == f"{at(draft)}?saved=head#head"
    stored = TableVersion.objects.get(pk=draft.pk)
    assert (stored.duties, stored.head_name, stored.date_mode) == ("改写的职责", "新负责人", DateMode.TYPED)
    assert "填表日期：2026年11月20日" in text_of(as_head.get(at(draft)))


def test_a_category_is_answered_with_nothing(as_head, draft, people):
    for measure in draft.measures.filter(category="environment"):
        services.remove_row(measure, actor=people.head)
    refused = as_head.post(at(draft, "nil", "environment"), follow=True)
    assert messages_of(refused) == ["这一类已有风险点或措施，不能确认为“无”。请先删除它们。"]
    services.remove_row(draft.points.get(category="environment"), actor=people.head)
    response = as_head.post(at(draft, "nil", "environment"))
    assert response.url == f"{at(draft)}?saved=row-environment#row-environment"
    assert draft.nils.get().category == "environment"
    assert "已确认无此类风险" in text_of(as_head.get(at(draft)))
    refused = as_head.post(at(draft, "point_new"), {"category": "environment", "text": "又想起一个"})
    assert (refused.status_code, beside(refused, "text")) == (422, "这一类已确认为“无”。如有风险点，请先取消“无”。")
    as_head.post(at(draft, "nil", "environment"), {"withdraw": "1"})
    assert not draft.nils.exists()


def test_a_post_without_risks_is_stated_with_its_reason(as_head, draft, department):
    post = make_post(department, "门卫", order=30)
    page = as_head.get(at(draft))
    assert "岗位“门卫”没有风险点：请添加，或说明没有的原因" in text_of(page)
    empty = as_head.post(at(draft, "exemption", post.pk), {"reason": ""})
    assert (empty.status_code, beside(empty, "reason")) == (422, "请填写没有风险点的原因。")
    long = as_head.post(at(draft, "exemption", post.pk), {"reason": "长" * 201})
    assert (beside(long, "reason"), typed(long, "reason")) == ("请缩短到 200 字以内，现在有 201 字。", "长" * 201)
    response = as_head.post(at(draft, "exemption", post.pk), {"reason": "由保安公司承担"})
    assert response.url == f"{at(draft)}?saved=post-{post.pk}#post-{post.pk}"
    assert PostExemption.objects.get().reason == "由保安公司承担"
    page = as_head.get(at(draft) + f"?open=post-{post.pk}")
    assert typed(page, "reason") == "由保安公司承担"
    as_head.post(at(draft, "exemption", post.pk), {"withdraw": "1"})
    assert not PostExemption.objects.exists()


def test_only_posts_of_the_department_are_exempted(as_head, draft, other_post, purchasing_post):
    assert as_head.post(at(draft, "exemption", other_post.pk), {"reason": "没有"}).status_code == 404
    response = as_head.post(at(draft, "exemption", purchasing_post.pk), {"reason": "没有"})
    assert response.status_code == 422
    assert "已有风险点" in text_of(response)
    assert not PostExemption.objects.exists()


def test_a_gap_of_the_grid_leads_to_a_new_point_of_that_post(as_head, draft, plain_post, purchasing_post):
    body = as_head.get(at(draft)).content.decode()
    link = f"{at(draft)}?open=new-process&amp;post={purchasing_post.pk}#new-process"
    assert link in body
    page = as_head.get(f"{at(draft)}?open=new-process&post={purchasing_post.pk}")
    assert checked(page, "post") == [str(purchasing_post.pk)]
    assert "该岗位从事采购，按规定不低于一级（高）。" in text_of(page)


# ---- the school's table ------------------------------------------------------------------------------------------


def test_the_school_table_has_no_posts_and_no_levels(enter, school_table, people):
    version = bring_to(Status.DRAFT, school_table, people)
    client = enter(people.office)
    page = client.get(at(version) + "?open=new-decision")
    body = page.content.decode()
    assert 'name="text"' in body
    for name in ("post", "likelihood", "harm", "proposed_level"):
        assert f'name="{name}"' not in body
    values = {"category": "decision", "text": "招生", "measure_text": "公开", "finding_methods": ["self"]}
    assert client.post(at(version, "point_new"), values).status_code == 302
    assert version.points.get(text="招生").measures.get().text == "公开"
    assert client.post(at(version, "point_new"), values | {"category": "duty"}).status_code == 404
    assert client.post(at(version, "ruling"), values).status_code == 200


# ---- what others did meanwhile -----------------------------------------------------------------------------------


def test_two_people_change_one_point(as_head, draft, plain, people):
    services.save_point(draft, {"text": "填报员的话", "harm": 2, "proposed_level": 2}, point=plain, actor=people.clerk)
    mine = values_of(plain, text="负责人的话", responsible="我写的责任人")
    response = as_head.post(at(draft, "point", plain.pk), mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "这一项在您填写期间已被他人修改" in said
    for label, saved, own in [
        ("风险点", "填报员的话", "负责人的话"),
        ("危害程度", "较为严重", "一般"),
        ("建议等级", "二级（中）", "三级（低）"),
        ("责任人", plain.responsible, "我写的责任人"),
    ]:
        assert f"{label} 他人已保存 {saved} 您填写的 {own}" in said
    assert "发生机率 他人已保存" not in said
    assert typed(response, "text") == "负责人的话"
    assert RiskPoint.objects.get(pk=plain.pk).text == "填报员的话"
    lock = re.search(r'name="lock" value="(\d+)"', response.content.decode()).group(1)
    assert as_head.post(at(draft, "point", plain.pk), mine | {"lock": lock}).status_code == 302
    stored = RiskPoint.objects.get(pk=plain.pk)
    assert (stored.text, stored.harm) == ("负责人的话", 3)


def test_two_people_change_one_measure(as_head, draft, point, people):
    measure = draft.measures.get(points=point)
    services.save_measure(draft, {"text": "填报员的措施"}, points=[], measure=measure, actor=people.clerk)
    mine = {"lock": measure.lock, "category": "duty", "text": "负责人的措施", "points": [point.pk], "stage": "response"}
    response = as_head.post(at(draft, "measure", measure.pk), mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "防范措施 他人已保存 填报员的措施 您填写的 负责人的措施" in said
    assert f"对应的风险点 他人已保存 （空） 您填写的 1. {point.text}" in said
    lock = re.search(r'name="lock" value="(\d+)"', response.content.decode()).group(1)
    assert as_head.post(at(draft, "measure", measure.pk), mine | {"lock": lock}).status_code == 302
    assert Measure.objects.get(pk=measure.pk).text == "负责人的措施"


def test_two_people_change_the_head(as_head, draft, people):
    page = as_head.get(at(draft) + "?open=head")
    lock = re.search(r'name="lock" value="(\d+)"', page.content.decode()).group(1)
    services.save_head(draft, {"duties": "填报员写的职责"}, actor=people.clerk)
    mine = {"lock": lock, "duties": "负责人写的职责", "head_name": draft.head_name, "date_mode": "submitted"}
    response = as_head.post(at(draft, "head"), mine)
    assert response.status_code == 409
    assert "业务工作职责 他人已保存 填报员写的职责 您填写的 负责人写的职责" in text_of(response)
    lock = re.search(r'name="lock" value="(\d+)"', response.content.decode()).group(1)
    assert as_head.post(at(draft, "head"), mine | {"lock": lock}).status_code == 302
    assert TableVersion.objects.get(pk=draft.pk).duties == "负责人写的职责"


@pytest.mark.parametrize("kind", ["point", "measure", "head"])
def test_ones_own_other_page_is_not_called_somebody_else(as_head, draft, point, people, kind):
    if kind == "head":
        services.save_head(draft, {"duties": "先写的"}, actor=people.head)
        audit.record(RegisterVerb.NIL_DECLARE, actor=people.clerk, target=draft)  # another's act on the same version
        address, mine = at(draft, "head"), {"duties": "后写的", "head_name": "", "date_mode": "submitted"}
    elif kind == "point":
        services.save_point(draft, {"text": "先写的"}, point=point, actor=people.head)
        address, mine = at(draft, "point", point.pk), values_of(point, text="后写的")
    else:
        measure = draft.measures.get(points=point)
        services.save_measure(draft, {"text": "先写的"}, points=[point], measure=measure, actor=people.head)
        address, mine = at(draft, "measure", measure.pk), {"category": "duty", "text": "后写的", "points": [point.pk]}
    response = as_head.post(address, mine | {"lock": draft.lock if kind == "head" else mine.get("lock", 0)})
    assert response.status_code == 409
    said = text_of(response)
    assert "您在另一个页面已修改这一项" in said
    assert "您已保存 先写的 您填写的 后写的" in said
    assert "他人" not in said


def test_what_one_removed_oneself_on_another_page(as_head, draft, point, people):
    mine = values_of(point, text="后写的")
    services.remove_row(point, actor=people.head)
    response = as_head.post(at(draft, "point", point.pk), mine)
    assert response.status_code == 409
    assert "您在另一个页面已删除这一项" in text_of(response)


@pytest.mark.parametrize("kind", ["point", "measure"])
def test_what_somebody_removed_can_be_saved_as_new(as_head, draft, point, people, kind):
    row = point if kind == "point" else draft.measures.get(points=point)
    services.remove_row(row, actor=people.clerk)
    mine = {"lock": row.lock, "category": "duty", "text": "改了半天的话", "likelihood": "1", "harm": "1"}
    response = as_head.post(at(draft, kind, row.pk), mine)
    assert response.status_code == 409
    assert "这一项在您填写期间已被他人删除" in text_of(response)
    assert typed(response, "text") == "改了半天的话"
    assert f'action="{at(draft, f"{kind}_new")}"' in response.content.decode()
    assert as_head.post(at(draft, f"{kind}_new"), mine).status_code == 302
    assert type(row).objects.filter(version=draft, text="改了半天的话").count() == 1


@pytest.mark.parametrize("is_valid", [True, False])
def test_what_was_typed_into_a_submitted_table_stays_on_the_page(as_clerk, draft, plain, people, is_valid):
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    mine = values_of(plain, text="填报员还在写", likelihood="1", harm="2", proposed_level="1" if is_valid else "3")
    response = as_clerk.post(at(draft, "point", plain.pk), mine)
    assert response.status_code == 409
    said = text_of(response)
    assert "这一版已经提交，内容不能再改。如需修改，请先撤回，或由审核人退回。" in said
    for words in ("填报员还在写", "绿化管理员", "较为严重", "自己找、互相查"):
        assert words in said
    assert response["HX-Push-Url"] == "false"
    assert RiskPoint.objects.get(pk=plain.pk).text == plain.text


def test_small_changes_to_a_submitted_table_are_refused_in_words(as_head, draft, point, people):
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    second = draft.points.exclude(pk=point.pk).first()
    for name, args in [("point_remove", [point.pk]), ("nil", ["duty"]), ("exemption", [second.post_id])]:
        response = as_head.post(at(draft, name, *args), {"withdraw": "1"}, follow=True)
        assert messages_of(response) == [services.FROZEN[Status.SUBMITTED]]
    assert draft.points.filter(pk=point.pk).exists()


def test_a_closed_year_takes_nothing(as_head, draft, plain):
    Cycle.objects.filter(pk=draft.table.cycle_id).update(closed_at=timezone.now())
    response = as_head.post(at(draft, "point", plain.pk), values_of(plain, text="晚了"))
    assert response.status_code == 409
    assert "已经归档关闭，不能再修改。" in text_of(response)
    assert "晚了" in text_of(response)


# ---- the rule that explains itself -------------------------------------------------------------------------------


def test_the_ruling_follows_the_choices(as_head, draft, purchasing_post, plain_post):
    said = text_of(as_head.post(at(draft, "ruling"), {"likelihood": "3", "harm": "2", "post": plain_post.pk}))
    assert "按规则应为 二级（中）" in said
    assert "机率与危害取较重的一级：危害程度“较为严重”已达二级（中）。" in said
    response = as_head.post(at(draft, "ruling"), {"likelihood": "3", "harm": "2", "post": purchasing_post.pk})
    assert "按规则应为 一级（高）" in text_of(response)
    assert checked(response, "proposed_level") == ["1"]
    assert response.content.decode().count(" disabled") == 2


def test_the_chosen_level_follows_the_rule_until_somebody_chooses(as_head, draft):
    follows = {"likelihood": "1", "harm": "3", "computed_before": "3", "proposed_level": "3"}
    assert checked(as_head.post(at(draft, "ruling"), follows), "proposed_level") == ["1"]
    chosen = {"likelihood": "1", "harm": "3", "computed_before": "3", "proposed_level": "2"}
    response = as_head.post(at(draft, "ruling"), chosen)
    assert checked(response, "proposed_level") == ["2"]
    assert "理由（低于按规则得出的等级时必填）" in text_of(response)


# ---- the way back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "is_followed"),
    [
        ("/inbox/", True),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        ("javascript:alert(1)", False),
        ("http:///evil.example", False),
        ("", False),
    ],
)
def test_the_page_opened_next_is_one_of_this_site(as_head, draft, target, is_followed):
    values = {"category": "duty", "text": "保存后去别处", "next": target}
    response = as_head.post(at(draft, "point_new"), values)
    saved = draft.points.get(text="保存后去别处")
    assert response.status_code == 302
    assert response.url == (target if is_followed else f"{at(draft)}?saved=point-{saved.pk}#point-{saved.pk}")


@pytest.mark.parametrize(
    "name", ["head", "point_new", "point", "point_remove", "point_move", "measure_new", "nil", "exemption", "ruling"]
)
def test_an_address_for_forms_leads_back_to_the_sheet(as_head, draft, point, name):
    """A reload after an error, or the way back from the login page, asks for it by GET."""
    args = {"nil": ["duty"], "exemption": [point.post_id], "head": [], "point_new": [], "measure_new": [], "ruling": []}
    address = at(draft, name, *args.get(name, [point.pk]))
    assert as_head.get(address).url == at(draft)
    assert as_head.put(address).status_code == 405


def test_a_strange_open_form_is_simply_not_opened(as_head, draft):
    for value in [*BAD_VALUES, "point-²", "point-３", "new-", "new-decision", "head-1", "post-x"]:
        response = as_head.get(at(draft), {"open": value, "saved": value, "post": value})
        assert response.status_code == 200, value
        assert response.context["opened"] is None or response.context["opened"].kind == "head", value


def test_the_forms_open_only_for_who_fills_in(enter, submitted_version, people):
    point = submitted_version.points.first()
    for person in (people.reviewer, people.leader, people.head):
        body = enter(person).get(at(submitted_version), {"open": f"point-{point.pk}"}).content.decode()
        assert f'action="{at(submitted_version, "point", point.pk)}"' not in body


# ---- who may -----------------------------------------------------------------------------------------------------

POSTS = {
    "head": ([], {"duties": "x", "date_mode": "blank"}),
    "point_new": ([], {"category": "duty", "text": "别人写的"}),
    "point": (["point"], {"category": "duty", "text": "别人改的"}),
    "point_remove": (["point"], {}),
    "point_move": (["point"], {"direction": "up"}),
    "point_category": (["point"], {"category": "process"}),
    "point_recover": (["point_identity"], {}),
    "measure_recover": (["measure_identity"], {}),
    "undo": ([], {"act": "1"}),
    "measure_new": ([], {"category": "duty", "text": "别人写的"}),
    "measure": (["measure"], {"category": "duty", "text": "别人改的"}),
    "measure_remove": (["measure"], {}),
    "measure_move": (["measure"], {"direction": "up"}),
    "nil": (["category"], {}),
    "exemption": (["post"], {"reason": "没有"}),
    "ruling": ([], {"likelihood": "1"}),
}


def address_of(version, name):
    found = {
        "point": version.points.first().pk,
        "measure": version.measures.first().pk,
        "point_identity": version.points.first().identity,
        "measure_identity": version.measures.first().identity,
        "category": "duty",
        "post": version.table.department.posts.first().pk,
    }
    kinds, values = POSTS[name]
    return at(version, name, *[found[kind] for kind in kinds]), values


@pytest.mark.parametrize("name", POSTS)
def test_rows_of_another_table_are_out_of_reach(enter, draft, other_table, people, name):
    """A row's address under another table's address changes nothing there."""
    theirs = bring_to(Status.DRAFT, other_table, people)
    address, values = address_of(theirs, name)
    mine = address.replace(f"/versions/{theirs.pk}/", f"/versions/{draft.pk}/")
    before = [row.text for row in [*theirs.points.all(), *theirs.measures.all()]]
    enter(people.head).post(mine, values)
    assert [row.text for row in [*theirs.points.all(), *theirs.measures.all()]] == before
    assert not theirs.exemptions.exists()


def test_the_service_refuses_as_well(draft, people):
    with pytest.raises(PermissionDenied):
        services.save_point(draft, {"category": "duty", "text": "x"}, actor=people.reviewer)


# ---- what a broken or hostile client sends -----------------------------------------------------------------------


def test_four_megabytes_are_refused_beside_the_field(as_head, draft):
    values = {"category": "duty", "text": "长" * 1_400_000}
    response = as_head.post(at(draft, "point_new"), values)
    assert (response.status_code, beside(response, "text")) == (422, "请缩短到 1000 字以内，现在有 1400000 字。")
    values = {"category": "duty", "text": "长" * 2_000_000}  # beyond what any form may send
    assert as_head.post(at(draft, "point_new"), values).status_code == 400
    assert not draft.points.filter(text__startswith="长").exists()


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_ids_out_of_range_are_unknown(as_head, draft, number):
    address = reverse("riskpoints:version", args=[draft.pk]).replace(str(draft.pk), str(number))
    assert as_head.get(address).status_code == 404
    for name in ("point", "measure"):
        assert as_head.post(at(draft, name, number), {"text": "x"}).status_code == 404
        assert as_head.post(at(draft, f"{name}_remove", number)).status_code == 302
    assert as_head.post(at(draft, "exemption", number), {"reason": "x"}).status_code == 404


def test_the_test_reaches_every_address_that_takes_a_form():
    """An address added to the editor must be added above."""
    from riskpoints.urls import urlpatterns
    from riskpoints.views import editing, moving, undoing

    modules = {module.__name__ for module in (editing, moving, undoing)}
    names = {pattern.name for pattern in urlpatterns if pattern.callback.__module__ in modules}
    assert names == set(POSTS)
