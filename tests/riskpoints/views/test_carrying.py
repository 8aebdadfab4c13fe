"""对照新版: a new year's draft says that its source was replaced, and its head chooses place by place."""

import re

import pytest
from django.urls import reverse

from riskpoints.desk import tasks
from riskpoints.enums import Action, Scope, Status
from riskpoints.models import ControlTable, TableVersion
from riskpoints.tables import editing, starting, workflow
from riskpoints.years import taking
from tests import once
from tests.factories import assess_all, bring_to, make_cycle, paper_signature, walk_all


@once.fixture
def draft(table, people):
    """Return the next year's draft, begun before this year's table was revised."""
    bring_to(Status.CONFIRMED, table, people)
    cycle = make_cycle(table.cycle.year + 1)
    later = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=table.department)
    return starting.start_table(later, actor=people.head)


@once.fixture
def revision(draft, table, people):
    """Return the revision in force, with other words in one point and in 职责."""
    table.refresh_from_db()
    new = starting.open_revision(table.in_force, reason="岗位有变动", actor=people.head)
    editing.save_point(new, {"text": "改写后的风险点"}, point=new.points.first(), actor=people.head)
    editing.save_head(new, {"duties": "改过的职责"}, actor=people.head)
    new = workflow.perform(Action.SUBMIT, new, actor=people.head)
    assess_all(new, actor=people.reviewer)
    new = workflow.perform(Action.APPROVE, new, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, new, actor=people.office, signature=paper_signature())


def sheet_of(version):
    return reverse("riskpoints:version", args=[version.pk])


def page_of(version):
    return reverse("riskpoints:source", args=[version.pk])


def press(client, draft, revision, choice, place=""):
    """Press a button as the page offers it: with the key and the state that stand in its form."""
    address = reverse("riskpoints:source_choose", args=[draft.pk])
    sent = {"source": revision.pk, "choice": choice}
    if place:
        page = client.get(page_of(draft)).content.decode()
        hidden = rf'name="key" value="({place}:[^"]*)"><input type="hidden" name="state" value="(\w+)"'
        key, state = re.search(hidden, page).groups()
        sent |= {"key": key, "state": state}
    return client.post(address, sent, follow=True)


def test_the_draft_says_that_its_source_was_replaced(draft, revision, head, enter):
    page = enter(head).get(sheet_of(draft)).content.decode()
    assert f"所本的 {revision.table.cycle}现行表已有新版" in page
    assert "与本稿有 2 处不同" in page
    assert page_of(draft) in page


def test_the_inbox_says_so_until_it_is_chosen(draft, revision, head):
    [task] = [task for task in tasks.tasks(head) if task.version == draft]
    assert task.note == "所本的现行表已有新版，请对照后采纳或保留本稿。"
    taking.keep_all(draft, source_id=revision.pk, actor=head)
    [task] = [task for task in tasks.tasks(head) if task.version == draft]
    assert (task.verb, task.note) == ("填报", "")


def test_nothing_is_said_while_the_source_stays(draft, head, enter):
    client = enter(head)
    assert "已有新版" not in client.get(sheet_of(draft)).content.decode()
    answer = client.get(page_of(draft), follow=True)
    assert answer.redirect_chain[-1][0] == sheet_of(draft)


def test_all_is_taken_over_with_one_press(draft, revision, head, enter):
    client = enter(head)
    answer = press(client, draft, revision, "take_all")
    assert answer.redirect_chain[-1][0] == sheet_of(draft)
    assert "已采纳新版的全部内容。" in answer.content.decode()
    assert draft.points.filter(text="改写后的风险点").exists()
    assert "已有新版" not in client.get(sheet_of(draft)).content.decode()


def test_one_place_at_a_time(draft, revision, head, enter):
    client = enter(head)
    answer = press(client, draft, revision, "keep", "duties")
    assert answer.redirect_chain[-1][0] == page_of(draft)
    assert "已保留本稿，未采纳“业务工作职责：表头”。" in answer.content.decode()
    answer = press(client, draft, revision, "take", "point")
    assert answer.redirect_chain[-1][0] == sheet_of(draft)
    draft = TableVersion.objects.get(pk=draft.pk)
    assert (draft.duties, draft.base) == ("负责总务处的日常工作。", revision)
    assert draft.points.filter(text="改写后的风险点").exists()


def test_both_texts_are_shown_where_both_were_changed(draft, revision, head, enter):
    point = draft.points.get(identity=revision.points.get(text="改写后的风险点").identity)
    editing.save_point(draft, {"text": "本稿自己的话"}, point=point, actor=head)
    page = enter(head).get(page_of(draft)).content.decode()
    assert "本稿也改过这一处" in page
    assert "本稿自己的话" in page
    assert "用本稿的" in page


def test_what_is_pressed_twice_is_said_to_be_done(draft, revision, head, enter):
    client = enter(head)
    press(client, draft, revision, "take_all")
    assert "没有未处理的新版" in press(client, draft, revision, "take_all").content.decode()


@pytest.mark.parametrize("sent", [{}, {"source": "x"}, {"choice": "take", "key": "point:x"}, {"choice": "take_all"}])
def test_a_form_made_up_changes_nothing(draft, revision, head, enter, sent):
    answer = enter(head).post(reverse("riskpoints:source_choose", args=[draft.pk]), sent, follow=True)
    assert answer.status_code == 200
    assert not draft.points.filter(text="改写后的风险点").exists()


def test_head_and_reviewer_are_told_of_a_table_already_handed_in(draft, revision, people, enter):
    walk_all(draft, actor=people.head)
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    for user in (people.head, people.reviewer):
        page = enter(user).get(sheet_of(draft)).content.decode()
        assert "已有新版" in page
        assert "本表已经提交，内容不变" in page
        assert page_of(draft) not in page
