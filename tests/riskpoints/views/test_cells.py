"""One cell of the sheet saved by itself: what is stored, what the page gets, what is refused, what is kept."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import KeptForm
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, Stage
from riskpoints.models import RiskPoint
from riskpoints.tables import editing, starting, workflow
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import make_measure, make_point
from tests.leaders import VICE
from tests.pages import at, typed

CELL = {"X-Cell": "1"}


@once.fixture
def point(draft_version) -> RiskPoint:
    """Return the point of 岗位职责风险: of the purchasing post with the floor 一级."""
    return draft_version.points.get(category=Category.DUTY)


@pytest.fixture
def send(enter, people, draft_version):
    """Return a function that sends a cell of the draft as its script does; the head's, if nobody else's is said."""

    def post(name, *args, user=people.head, headers=CELL, **values):
        return enter(user).post(at(draft_version, name, *args), values, headers=headers)

    return post


def stored(row):
    return type(row).objects.get(pk=row.pk)


# ---- texts -------------------------------------------------------------------------------------------------------


def test_a_text_is_saved_and_the_answer_has_the_row_as_it_is_now(send, point):
    answer = send("point_cell", point.pk, text=" 指定品牌\r\n规避招标 ", lock=point.lock).json()
    assert stored(point).text == "指定品牌\n规避招标"
    assert stored(point).lock == point.lock + 1
    assert answer["row"] == f"point-{point.pk}"
    assert sorted(answer["parts"]) == ["foot", "grid", "level-cell", "progress", "rows-duty", "tabs"]
    rows = answer["parts"]["rows-duty"]
    assert rows.startswith('<tbody id="rows-duty"')
    assert f'data-lock="{point.lock + 1}"' in rows
    assert "指定品牌\n规避招标" in rows
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, list(entry.detail)) == (RegisterVerb.POINT_CHANGE, ["text"])


@pytest.mark.parametrize(
    ("typed_text", "text", "has_post", "level"),
    [
        ("报价由一人保管（{post}，一级）", "报价由一人保管", True, 1),
        ("报价由一人保管（{post}、高）", "报价由一人保管", True, 1),
        ("报价由一人保管（{post}）", "报价由一人保管（{post}）", False, None),
        ("报价由一人保管（某个岗位，一级）", "报价由一人保管（某个岗位，一级）", False, None),
        ("（{post}，一级）", "（{post}，一级）", False, None),
    ],
)
def test_a_new_point_takes_post_and_level_from_its_end(send, draft_version, point, typed_text, text, has_post, level):
    name = point.post.name
    key = uuid.uuid4().hex
    answer = send("point_cell_new", category="duty", text=typed_text.format(post=name), token=key)
    new = draft_version.points.get(pk=int(answer.json()["row"].removeprefix("point-")))
    assert (new.text, new.proposed_level) == (text.format(post=name), level)
    assert new.post == (point.post if has_post else None)
    again = send("point_cell", new.pk, text=f"改过（{name}，一级）", lock=new.lock)
    assert again.status_code == 200
    assert stored(new).text == f"改过（{name}，一级）", "a text that is there already is nobody's to take apart"


def test_a_measure_keeps_the_points_it_answers(send, draft_version, people, point):
    second = make_point(draft_version, actor=people.head, text="第二项")
    measure = make_measure(draft_version, point, second, actor=people.head)
    send("measure_cell", measure.pk, text="三人以上询价", lock=measure.lock)
    assert stored(measure).text == "三人以上询价"
    assert set(measure.points.all()) == {point, second}


def test_a_new_point_sent_twice_is_one(send, draft_version):
    values = {"text": "钥匙无人登记", "category": "duty", "token": uuid.uuid4().hex}
    first, second = (send("point_cell_new", **values).json() for _ in range(2))
    assert first["row"] == second["row"]
    point = draft_version.points.get(text="钥匙无人登记")
    assert (point.category, point.post, point.likelihood, point.proposed_level) == ("duty", None, None, None)
    assert "未选发生机率或危害程度" in first["parts"]["progress"]


def test_a_new_measure_answers_the_point_beside_it(send, draft_version, point):
    values = {"text": "两人一起开箱", "category": "duty", "beside": point.pk, "token": "abc"}
    first, second = (send("measure_cell_new", **values).json() for _ in range(2))
    assert first["row"] == second["row"]
    measure = draft_version.measures.get(text="两人一起开箱")
    assert (list(measure.points.all()), measure.stage) == ([point], "")


def test_a_new_measure_beside_no_point_is_the_whole_categorys(send, draft_version):
    send("measure_cell_new", text="每月抽查", category="duty", token="abc")
    assert not draft_version.measures.get(text="每月抽查").points.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "文字不能空着。不要这一项，请按“删除”；要恢复原文，请按 Esc。"),
        (" 　\n", "文字不能空着。不要这一项，请按“删除”；要恢复原文，请按 Esc。"),
        ("字" * 1001, "请缩短到 1000 字以内，现在有 1001 字。"),
        ("看不见\x00", "含有看不见的控制字符，请删去后再保存。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(send, point, text, said):
    answer = send("point_cell", point.pk, text=text, lock=point.lock)
    assert (answer.status_code, answer.json()) == (422, {"wrong": said})
    assert stored(point).text == point.text


def test_a_category_that_is_nil_takes_no_point(send, draft_version, people):
    editing.remove_row(draft_version.points.get(category=Category.ENVIRONMENT), actor=people.head)
    editing.declare_nil(draft_version, Category.ENVIRONMENT, actor=people.head)
    answer = send("point_cell_new", text="宴请", category="environment", token="abc")
    assert answer.status_code == 422
    assert "请先取消“无”" in answer.json()["wrong"]


def test_a_made_up_category_is_not_there(send):
    assert send("point_cell_new", text="宴请", category="weather", token="abc").status_code == 404


# ---- somebody else meanwhile -------------------------------------------------------------------------------------


def test_both_texts_are_shown_and_the_next_save_overwrites_knowingly(send, draft_version, people, point):
    editing.save_point(draft_version, {"text": "填报员的话"}, point=point, actor=people.clerk)
    answer = send("point_cell", point.pk, text="负责人的话", lock=point.lock)
    said = answer.json()
    assert (answer.status_code, said["stored"], said["lock"]) == (409, "填报员的话", point.lock + 1)
    assert said["wrong"] == "这一项已被他人修改，请选一种。"
    assert "填报员的话" in said["parts"]["rows-duty"]
    assert stored(point).text == "填报员的话"
    assert send("point_cell", point.pk, text="负责人的话", lock=said["lock"]).status_code == 200
    assert stored(point).text == "负责人的话"


def test_ones_own_other_page_is_called_so(send, draft_version, people, point):
    editing.save_point(draft_version, {"text": "先写的"}, point=point, actor=people.head)
    said = send("point_cell", point.pk, text="后写的", lock=point.lock).json()["wrong"]
    assert said == "这一项已被您在另一个页面修改，请选一种。"


@pytest.mark.parametrize("name", ["point_cell", "measure_cell"])
def test_a_row_removed_meanwhile_can_be_saved_as_a_new_one(send, draft_version, people, point, name):
    row = point if name == "point_cell" else make_measure(draft_version, point, actor=people.head)
    editing.remove_row(row, actor=people.clerk)
    answer = send(name, row.pk, text="还要的", lock=1, category="duty")
    assert (answer.status_code, answer.json()["gone"]) == (409, True)
    assert answer.json()["wrong"] == "这一项已被他人删除，您写的还在这里。"


def test_a_new_row_sent_again_with_other_words_is_shown_beside_the_first(send):
    send("point_cell_new", text="第一稿", category="duty", token="abc")
    answer = send("point_cell_new", text="第二稿", category="duty", token="abc")
    assert (answer.status_code, answer.json()["stored"]) == (409, "第一稿")


def test_a_table_handed_in_says_what_to_do(send, draft_version, people, point):
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    answer = send("point_cell", point.pk, text="晚了", lock=point.lock)
    assert (answer.status_code, "请先撤回" in answer.json()["wrong"]) == (409, True)
    assert stored(point).text == point.text


# ---- whose it is -------------------------------------------------------------------------------------------------


def test_a_leader_writes_the_own_posts_rows_and_no_others(enter, people, leaders_table):
    version = starting.start_table(leaders_table, actor=people.leader)
    client = enter(people.leader)
    values = {"text": "会前没有材料", "category": "duty", "token": "abc"}
    assert client.post(at(version, "point_cell_new"), values, headers=CELL).status_code == 200
    point = version.points.get()
    assert (point.text, point.post.name) == ("会前没有材料", VICE)
    answer = enter(people.principal).post(
        at(version, "point_cell", point.pk), {"text": "代写", "lock": 1}, headers=CELL
    )
    assert (answer.status_code, stored(point).text) == (403, "会前没有材料")


# ---- choices -----------------------------------------------------------------------------------------------------


def test_another_post_lifts_the_level_that_was_the_rules_own(send, draft_version, people, purchasing_post, plain_post):
    point = make_point(draft_version, actor=people.head, post=plain_post, likelihood=3, harm=3, proposed_level=3)
    send("point_cell", point.pk, post=purchasing_post.pk, lock=point.lock)
    row = stored(point)
    assert (row.post, row.post_name) == (purchasing_post, purchasing_post.name)
    assert (row.computed_level, row.proposed_level) == (1, 1)


def test_a_point_can_be_of_no_post(send, point):
    send("point_cell", point.pk, post="", lock=point.lock)
    assert (stored(point).post, stored(point).post_name) == (None, "")


@pytest.mark.parametrize("value", ["0", "99999", "abc"])
def test_a_post_that_is_none_of_the_departments_is_refused(send, point, value):
    answer = send("point_cell", point.pk, post=value, lock=point.lock)
    assert answer.status_code == 422
    assert stored(point).post == point.post


def test_a_square_sets_both_scales_and_the_level(send, draft_version, people, plain_post):
    point = make_point(
        draft_version, actor=people.head, post=plain_post, likelihood=None, harm=None, proposed_level=None
    )
    send("point_cell", point.pk, square="2-3", lock=point.lock)
    row = stored(point)
    assert (row.likelihood, row.harm, row.proposed_level) == (2, 3, 2)


@pytest.mark.parametrize(("sent", "stage"), [("monitoring", Stage.MONITORING), ("", "")])
def test_a_stage_is_set_and_taken_away(send, draft_version, people, point, sent, stage):
    measure = make_measure(draft_version, point, actor=people.head, stage=Stage.PREVENTION)
    send("measure_cell", measure.pk, stage=sent, lock=measure.lock)
    assert (stored(measure).stage, list(measure.points.all())) == (stage, [point])


def test_without_the_script_a_choice_leads_back_to_its_row(send, draft_version, people, point):
    measure = make_measure(draft_version, point, actor=people.head)
    answer = send("measure_cell", measure.pk, stage="monitoring", lock=measure.lock, headers={})
    assert answer.url == f"{at(draft_version)}?saved=measure-{measure.pk}#measure-{measure.pk}"
    again = send("measure_cell", measure.pk, stage="", lock=measure.lock, headers={})
    assert again.url == at(draft_version)
    assert stored(measure).stage == "monitoring"


# ---- what is not saved yet ---------------------------------------------------------------------------------------


def test_typed_text_is_kept_for_the_whole_form_of_the_row(send, enter, people, draft_version, point):
    headers = CELL | {"X-Draft": "1"}
    answer = send("point_cell", point.pk, text="还没写完的一句话", lock=point.lock, headers=headers)
    assert (answer.status_code, bool(answer["X-Kept-At"])) == (204, True)
    assert stored(point).text == point.text
    assert KeptForm.objects.get().path == at(draft_version, "point", point.pk)
    client = enter(people.head)
    page = client.get(at(draft_version, "point", point.pk))
    assert typed(page, "text") == "还没写完的一句话"
    assert f'<option value="{point.post_id}" selected>' in page.content.decode()


def test_a_new_rows_text_is_kept_with_its_token(send, draft_version, point):
    headers = CELL | {"X-Draft": "1"}
    send("measure_cell_new", text="还没写完的一条措施", category="duty", beside=point.pk, token="abc", headers=headers)
    assert KeptForm.objects.get().path == at(draft_version, "measure_new")


def test_saved_or_emptied_nothing_is_kept(send, point):
    headers = CELL | {"X-Draft": "1"}
    for values, how in [({"text": ""}, headers), ({"text": "写完了的一句话"}, CELL)]:
        send("point_cell", point.pk, text="还没写完的一句话", lock=point.lock, headers=headers)
        assert KeptForm.objects.exists()
        send("point_cell", point.pk, lock=point.lock, headers=how, **values)
        assert not KeptForm.objects.exists()


# ---- cost --------------------------------------------------------------------------------------------------------


def queries(send, point):
    with CaptureQueriesContext(connection) as captured:
        assert send("point_cell", point.pk, text=f"{uuid.uuid4()}", lock=stored(point).lock).status_code == 200
    return len(captured)


def test_more_rows_cost_no_more_queries(send, draft_version, people, plain_post, point):
    queries(send, point)
    few = queries(send, point)
    for number in range(12):
        more = make_point(draft_version, actor=people.head, post=plain_post, text=f"风险点{number}")
        make_measure(draft_version, more, actor=people.head, text=f"措施{number}")
    assert queries(send, point) <= few, few
    assert few < 100, few
