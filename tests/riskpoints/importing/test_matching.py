"""A template with a draft's content that was edited, and texts that are nearly those of the draft."""

import io

import openpyxl
import pytest

from riskcontrol.models import AuditEntry
from riskpoints.enums import Category
from riskpoints.importing import matching, reading, saving
from riskpoints.importing.content import FileContent, FileMeasure, FilePoint, restored
from riskpoints.importing.lines import digest
from riskpoints.importing.orders import Orders
from riskpoints.importing.plan import State, plan
from riskpoints.importing.template import template_xlsx
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import editing
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import make_measure, make_point

DUTY, PROCESS = "岗位职责风险", "业务流程风险"


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return a draft of 总务处 with two points, one measure of both and one of the first."""
    draft = TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)
    one, two = (
        make_point(draft, actor=people.head, text=text, post=purchasing_post, likelihood=1, harm=2, proposed_level=1)
        for text in ("采购前不按规定询价", "验收时只有一个人到场")
    )
    make_measure(draft, one, two, actor=people.head, text="集体研究并记录")
    make_measure(draft, one, actor=people.head, text="三家以上询价")
    return draft


def edited(version, *, drop=(), **cells) -> FileContent:
    """Return what the template with the draft's content says after these cells (D2=…) were typed over."""
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(version, is_filled=True)))
    sheet = book["导入模板"]
    for name, text in cells.items():
        sheet[name] = text
    for letter in drop:
        sheet.delete_cols(openpyxl.utils.column_index_from_string(letter))
    stream = io.BytesIO()
    book.save(stream)
    [part] = reading.read_parts(stream.getvalue())
    assert part.whole is None  # the hidden codes are nothing to choose
    content = FileContent(**{name: getattr(part.seen, name) for name in ("points", "measures", "nils", "notes")})
    assert restored(content.plain()) == content
    return content


def save(version, content, actor, orders=Orders()):  # noqa: B008 - frozen
    return saving.save(version, content, orders, file_name="表.xlsx", sha256="a" * 64, actor=actor)


def said(lines):
    return [(line.state.value, [(change.title, change.old, change.new) for change in line.changes]) for line in lines]


def test_an_unchanged_template_changes_nothing(draft):
    found = plan(draft, edited(draft))
    assert {line.state for line in found.lines} == {State.THERE}
    assert found.notes == []


def test_an_edited_row_is_a_change_of_that_row(draft, people):
    content = edited(draft, D2="采购前不询价", F2="较高", E3="五家以上询价")
    found = plan(draft, content)
    assert said(found.points) == [
        ("changed", [("风险点", "采购前不按规定询价", "采购前不询价"), ("发生机率", "高", "较高")]),
        ("there", []),
    ]
    assert said(found.measures) == [("there", []), ("changed", [("防范措施", "三家以上询价", "五家以上询价")])]
    assert found.counts == {"修改": 2}
    before = list(RiskPoint.objects.values_list("pk", "identity").order_by("pk"))
    save(draft, content, people.head)
    assert list(RiskPoint.objects.values_list("pk", "identity").order_by("pk")) == before
    point = draft.points.get(text="采购前不询价")
    assert (point.likelihood, point.proposed_level, point.lock) == (2, 1, 1)
    assert [measure.text for measure in point.measures.order_by("order")] == ["集体研究并记录", "五家以上询价"]
    entry = AuditEntry.objects.get(action=RegisterVerb.IMPORT_SHEET)
    assert entry.detail["修改"] == 2
    assert AuditEntry.objects.filter(object_id=str(point.pk), action="point.change").exists()
    assert {line.state for line in plan(draft, edited(draft)).lines} == {State.THERE}


def test_post_category_and_points_of_a_measure_may_change(draft, people):
    content = edited(draft, C4="绿化管理员", Q2="")
    found = plan(draft, content)
    assert said(found.points)[1] == ("changed", [("岗位", "采购员", "绿化管理员")])
    assert said(found.measures)[0] == (
        "changed", [("针对", "“采购前不按规定询价”；“验收时只有一个人到场”", "第 2 行的风险点")],
    )  # fmt: skip
    save(draft, content, people.head)
    assert draft.points.get(text="验收时只有一个人到场").post_name == "绿化管理员"
    assert Measure.objects.get(text="集体研究并记录").points.get().text == "采购前不按规定询价"


def test_a_column_that_was_taken_out_changes_nothing(draft):
    content = edited(draft, drop=("Q", "F"), D2="采购前不询价")
    found = plan(draft, content)
    assert said(found.points)[0] == ("changed", [("风险点", "采购前不按规定询价", "采购前不询价")])
    assert [line.state for line in found.measures] == [State.THERE, State.THERE]


def test_a_wrong_change_is_said_beside_its_field(draft):
    found = plan(draft, edited(draft, G2="不知道", C4="会计"))
    assert [set(line.of_field) for line in found.points] == [{"harm"}, {"post"}]
    found = plan(draft, edited(draft, B4=PROCESS))
    assert list(found.points[1].of_field) == ["category"]  # its measure stays in the other


def test_what_changed_in_the_draft_since_is_kept_unless_ticked(draft, people):
    content = edited(draft, D2="采购前不询价")
    point = draft.points.get(text="采购前不按规定询价")
    editing.save_point(draft, {"text": "采购前不询价格"}, point=point, actor=people.head)
    [line] = [line for line in plan(draft, content).points if line.state == State.CHANGED]
    line = plan(draft, content).points[0]
    assert (line.is_stale, line.is_taken, plan(draft, content).new) == (True, False, [])
    line.ref = "0-p2-1"
    content.points[0] = FilePoint(**(content.points[0].__dict__ | {"ref": "0-p2-1"}))
    ticked = Orders(taken=frozenset({"0-p2-1"}))
    assert digest(plan(draft, content)) != digest(plan(draft, content, ticked))
    save(draft, content, people.head, ticked)
    point.refresh_from_db()
    assert point.text == "采购前不询价"


def test_a_row_copied_in_the_file_is_a_new_one(draft):
    content = edited(draft)
    content.points.append(FilePoint(**(content.points[0].__dict__ | {"row": 9, "text": "付款没有凭证"})))
    assert [line.state for line in plan(draft, content).points] == [State.THERE, State.THERE, State.NEW]


def test_a_point_that_is_not_in_the_template_any_more_stays_and_is_said(draft):
    content = edited(draft)
    content.points.pop()
    content.measures = []
    assert plan(draft, content).notes == [(1, "草稿里的 1 个风险点不在文件里，保持不动：“验收时只有一个人到场”")]


def test_a_list_that_says_more_of_a_point_that_is_there_is_asked_about(draft):
    point = FilePoint(2, DUTY, "采购前不按规定询价", post="采购员", level="高", manifestation="一家报价", ref="0-p2-1")
    [line] = plan(draft, FileContent(points=[point])).points
    assert (line.state, line.is_taken, said([line])[0][1]) == (State.CHANGED, False, [("表现形式", "", "一家报价")])


# ---- nearly the same -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_near"),
    [
        ("采购前，不按规定询价。", True), ("采购之前不按规定询价", True), ("采购前未按规定询价", True),
        ("付款时不按合同约定", False), ("采购", False), ("", False),
    ],
)  # fmt: skip
def test_texts_are_near_by_what_they_say(draft, text, is_near):
    found = matching.nearest(text, list(draft.points.all()))
    assert (found is not None and found.text == "采购前不按规定询价") is is_near


def near(version, orders=Orders()):  # noqa: B008 - frozen
    content = FileContent(
        points=[FilePoint(2, DUTY, "采购之前不按规定询价", post="采购员", ref="0-p2-1")],
        measures=[
            FileMeasure(2, DUTY, "三家以上进行询价", points=(0,), ref="0-m2-1"),
            FileMeasure(2, DUTY, "公示结果", points=(0,), ref="0-m2-2"),
        ],
    )
    return content, plan(version, content, orders)


def test_what_is_nearly_there_is_added_only_when_somebody_says_so(draft, people):
    content, found = near(draft)
    assert [line.state for line in (*found.points, *found.measures)] == [State.NEAR, State.NEAR, State.NEW]
    assert found.points[0].near.text == "采购前不按规定询价"
    save(draft, content, people.head)
    assert draft.points.count() == 2
    assert draft.points.get(text="采购前不按规定询价").measures.filter(text="公示结果").exists()
    content, found = near(draft, Orders(near={"0-p2-1": "add"}))
    assert found.points[0].state == State.NEW
    save(draft, content, people.head, Orders(near={"0-p2-1": "add"}))
    assert draft.points.filter(text="采购之前不按规定询价").exists()


def test_what_is_nearly_there_may_change_it(draft, people):
    orders = Orders(near={"0-p2-1": "change", "0-m2-1": "change"})
    content, found = near(draft, orders)
    assert said([*found.points, *found.measures]) == [
        ("changed", [("风险点", "采购前不按规定询价", "采购之前不按规定询价")]),
        ("changed", [("防范措施", "三家以上询价", "三家以上进行询价")]),
        ("new", []),
    ]
    save(draft, content, people.head, orders)
    assert draft.points.count() == 2
    point = draft.points.get(text="采购之前不按规定询价")
    assert (point.likelihood, point.category) == (1, Category.DUTY)
    assert point.measures.filter(text="三家以上进行询价").exists()
