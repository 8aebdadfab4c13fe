"""After a return: the remarks with their answers, and what was changed since, measured against the return itself."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from riskcontrol.models import AuditEntry
from riskpoints.content.content import load
from riskpoints.enums import Action, RemarkAnswerKind
from riskpoints.models import RemarkAnswer, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, reviewing, starting
from riskpoints.tables.returned import answer_remark, returned
from riskpoints.tables.reviewing import Assessment
from riskpoints.tables.workflow import perform
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import make_measure, make_point


@once.fixture
def version(table, people, purchasing_post, plain_post):
    """Return a draft that came back: a remark at each of two points and one at the whole table."""
    head = people.head
    draft = starting.start_table(table, actor=head)
    first = make_point(draft, actor=head, post=purchasing_post, text="采购不询价")
    second = make_point(draft, actor=head, post=plain_post, text="平常")
    make_measure(draft, first, actor=head, text="询价")
    make_measure(draft, second, actor=head, text="登记")
    for category in ("process", "institution", "environment"):
        editing.declare_nil(draft, category, actor=head)
    sent = perform(Action.SUBMIT, draft, actor=head)
    given = {point.pk: Assessment(1, remark=f"{point.text}要改") for point in (second, first)}
    reviewing.assess(sent, given, general_remark="写得太少", actor=people.reviewer)
    return perform(Action.RETURN, sent, actor=people.reviewer, comment="请按意见修改")


def now(version):
    return returned(load(TableVersion.objects.get(pk=version.pk)))


def point_of(version, text):
    return version.points.get(text=text)


def item_at(version, place):
    return next(item for item in now(version).items if item.place == place)


def test_what_was_never_returned_has_no_list(draft_version):
    assert returned(load(draft_version)) is None


def test_the_list_is_in_the_order_of_the_form(version):
    found = now(version)
    assert [(item.place, item.remark.text) for item in found.items] == [
        ("整张表", "写得太少"),
        ("岗位职责风险第 1 项", "采购不询价要改"),
        ("岗位职责风险第 2 项", "平常要改"),
    ]
    assert found.decision.comment == "请按意见修改"
    assert found.is_unchanged
    assert len(found.open_items) == 3


def test_a_changed_point_is_marked_with_its_fields(version, people):
    editing.save_point(version, {"text": "采购不比价"}, point=point_of(version, "采购不询价"), actor=people.head)
    found = now(version)
    mark = found.points[point_of(version, "采购不比价").identity]
    assert [(change.label, change.old, change.new) for change in mark.fields] == [
        ("风险点", "采购不询价", "采购不比价")
    ]
    assert [item.is_changed for item in found.items] == [False, True, False]


def test_a_changed_measure_counts_for_its_point(version, people):
    measure = version.measures.get(text="登记")
    points = list(measure.points.all())
    editing.save_measure(version, {"text": "逐笔登记"}, measure=measure, points=points, actor=people.head)
    found = now(version)
    assert found.measures[measure.identity].labels == "防范措施"
    assert [item.is_changed for item in found.items] == [False, False, True]


def test_what_is_new_or_gone_is_told(version, people, plain_post):
    editing.remove_row(point_of(version, "平常"), actor=people.head)
    new = make_point(version, actor=people.head, post=plain_post, text="新的")
    editing.withdraw_nil(version, "process", actor=people.head)
    editing.save_head(version, {"duties": "别的职责"}, actor=people.head)
    found = now(version)
    assert found.points[new.identity].is_new
    assert "风险点：平常" in found.removed
    assert found.others == ["业务流程风险取消了“无”"]
    assert [change.label for change in found.head] == ["业务工作职责"]
    gone = next(item for item in found.items if item.is_gone)
    assert (gone.remark.text, gone.is_changed) == ("平常要改", True)


def test_the_reviewers_levels_are_no_change_of_the_department(version):
    assert version.points.filter(confirmed_level=1).count() == 2
    assert now(version).is_unchanged


def test_an_answer_closes_its_remark_and_the_last_one_counts(version, people):
    remark = item_at(version, "整张表").remark
    answer_remark(remark, RemarkAnswerKind.CHANGED, actor=people.clerk)
    answer_remark(remark, RemarkAnswerKind.EXPLAINED, " 已写足 ", actor=people.head)
    item = item_at(version, "整张表")
    assert (item.is_open, str(item.answer), item.answer.author_name) == (False, "说明：已写足", people.head.real_name)
    assert len(now(version).open_items) == 2
    entries = AuditEntry.objects.filter(action=RegisterVerb.ANSWER_REMARK).order_by("number")
    assert [entry.detail["答复"] for entry in entries] == ["已改", "说明：已写足"]


@pytest.mark.parametrize("text", ["", " ", "\u3164", "长" * 501])
def test_an_explanation_says_something_and_not_too_much(version, people, text):
    with pytest.raises(ValidationError) as refused:
        answer_remark(item_at(version, "整张表").remark, RemarkAnswerKind.EXPLAINED, text, actor=people.head)
    assert list(refused.value.message_dict) == ["text"]
    assert not RemarkAnswer.objects.exists()


def test_only_who_fills_in_answers_and_only_a_draft(version, people):
    remark = item_at(version, "整张表").remark
    for person in (people.reviewer, people.office, people.other_head):
        with pytest.raises(PermissionDenied):
            answer_remark(remark, RemarkAnswerKind.CHANGED, actor=person)
    perform(Action.SUBMIT, version, actor=people.head)
    with pytest.raises(FrozenError):
        answer_remark(remark, RemarkAnswerKind.CHANGED, actor=people.head)


def test_a_second_return_has_its_own_list(version, people):
    answer_remark(item_at(version, "整张表").remark, RemarkAnswerKind.CHANGED, actor=people.head)
    old = item_at(version, "岗位职责风险第 1 项").remark
    sent = perform(Action.SUBMIT, version, actor=people.head)
    assert len(now(sent).items) == 3
    assert now(sent).items[0].answer is not None
    point = point_of(sent, "平常")
    reviewing.assess(sent, {point.pk: Assessment(1, remark="还要改")}, actor=people.reviewer)
    assert len(now(sent).items) == 3  # not sent yet
    perform(Action.RETURN, sent, actor=people.reviewer, comment="再改")
    assert [item.remark.text for item in now(version).items] == ["还要改"]
    with pytest.raises(ValidationError):
        answer_remark(old, RemarkAnswerKind.CHANGED, actor=people.head)


def test_answers_are_never_changed(version, people):
    given = answer_remark(item_at(version, "整张表").remark, RemarkAnswerKind.CHANGED, actor=people.head)
    with pytest.raises(TypeError):
        RemarkAnswer.objects.filter(pk=given.pk).update(text="别的")
    with pytest.raises(TypeError):
        RemarkAnswer.objects.filter(pk=given.pk).delete()
    with pytest.raises(TypeError):
        given.save()
