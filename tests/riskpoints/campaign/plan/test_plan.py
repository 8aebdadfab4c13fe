"""The year's plan: who does what to a task and when, 督办, what waits for whom, the archive and the way back."""

import datetime
import itertools
import json
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign import menu
from riskpoints.campaign.enums import Phase, TaskAct, TaskState
from riskpoints.campaign.models import Milestone, PlanTask, Supervision, TaskEntry
from riskpoints.campaign.plan import acting, planning, queries, record
from riskpoints.campaign.plan.acting import TRANSITIONS
from riskpoints.campaign.plan.locking import PlanError
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.enums import Status
from riskpoints.models import Cycle
from riskpoints.years import opening
from tests import scans
from tests.factories import bring_to, make_cycle, year_dates
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

TODAY = timezone.localdate
TEXT = {"text": "已按计划办理"}


def day(offset):
    return TODAY() + datetime.timedelta(days=offset)


def make_milestone(cycle, office, **changed):
    values = {"phase": Phase.MEASURES, "title": "健全防控措施", "due": day(400)} | changed
    return planning.save_milestone(cycle, values, actor=office)


def make_task(milestone, department, office, **changed):
    values = {"title": "修订采购办法", "lead_department": department, "due": day(10), "responsible": "处长"} | changed
    return planning.save_task(milestone, values, token=str(uuid.uuid4()), actor=office)


def move(task, **values):
    """Let time pass: the task is due on another day, or stands elsewhere."""
    PlanTask.objects.filter(pk=task.pk).update(**values)
    task.refresh_from_db()
    return task


@pytest.fixture
def milestone(cycle, office):
    return make_milestone(cycle, office)


@pytest.fixture
def task(milestone, department, office):
    return make_task(milestone, department, office)


@pytest.fixture
def overdue(task):
    return move(task, due=day(-3), first_due=day(-3))


def test_the_list_in_the_archive_is_of_the_year_though_a_task_is_due_later(milestone, department, office, school):
    make_task(milestone, department, office, due=day(390))
    facts = record.PART.facts(milestone.cycle)
    assert record.PART.papers(facts, school)[0].title.startswith(f"{milestone.cycle.year}年度")


def test_tasks_are_numbered_through_the_year(milestone, department, other_department, office):
    made = [make_task(milestone, owner, office) for owner in (department, other_department, department)]
    assert [task.number for task in made] == [1, 2, 3]
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanTask.objects.filter(pk=made[2].pk).update(number=1)


def test_the_plan_is_the_offices(cycle, milestone, department, head, reviewer):
    for person in (head, reviewer):
        with pytest.raises(PermissionDenied):
            make_task(milestone, department, person)
        with pytest.raises(PermissionDenied):
            make_milestone(cycle, person, title="别的")


def test_a_task_ends_with_its_milestone(cycle, department, office):
    milestone = make_milestone(cycle, office, due=day(5))
    with pytest.raises(ValidationError) as refused:
        make_task(milestone, department, office, due=day(6))
    assert list(refused.value.message_dict) == ["due"]


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(TaskState, TaskAct)))
def test_each_act_in_each_state(task, head, office, state, kind):
    asked = day(20) if kind in (TaskAct.GRANT, TaskAct.REFUSE) else None
    move(task, state=state, asked_due=asked)
    transition = TRANSITIONS[kind]
    actor = head if kind in (TaskAct.REPORT, TaskAct.ASK) else office
    new_due = min(day(20), datetime.date(TODAY().year, 12, 31)) if kind is TaskAct.ASK else None
    if kind is TaskAct.ASK:
        move(task, due=day(-3), first_due=day(-3))
    if state in transition.sources:
        acting.act(task, kind, **TEXT, new_due=new_due, actor=actor)
        task.refresh_from_db()
        assert task.state == (transition.target or state)
        assert TaskEntry.objects.get().by == actor
        assert AuditEntry.objects.of(CampaignVerb.TASK_ACT).count() == 1
    else:
        with pytest.raises(PlanError):
            acting.act(task, kind, **TEXT, new_due=new_due, actor=actor)
        task.refresh_from_db()
        assert (task.state, TaskEntry.objects.count()) == (state, 0)


@pytest.mark.parametrize("kind", TaskAct)
def test_nobody_else_may(task, other_head, clerk, reviewer, admin, head, office, kind):
    source = next(iter(TRANSITIONS[kind].sources))
    move(task, state=source)
    others = {other_head, clerk, reviewer, admin} | ({office} if kind in (TaskAct.REPORT, TaskAct.ASK) else {head})
    for person in others:
        with pytest.raises(PermissionDenied):
            acting.act(task, kind, **TEXT, actor=person)
    assert not TaskEntry.objects.exists()


def test_nobody_accepts_the_own_departments_report(task, head, office, department):
    head.grants.all().delete()  # a department has one head
    office.grants.create(role="head", department=department)
    move(task, state=TaskState.REPORTED)
    with pytest.raises(PermissionDenied):
        acting.act(task, TaskAct.ACCEPT, actor=office)


@pytest.mark.parametrize("kind", [kind for kind in TaskAct if TRANSITIONS[kind].says_why])
def test_it_says_why(task, head, office, kind):
    move(task, state=next(iter(TRANSITIONS[kind].sources)), asked_due=day(20))
    actor = head if kind in (TaskAct.REPORT, TaskAct.ASK) else office
    with pytest.raises(ValidationError) as refused:
        acting.act(task, kind, text=" \u200b", actor=actor)
    assert list(refused.value.message_dict) == ["text"]


def test_a_task_is_put_off_once_and_later_only(overdue, head, office):
    last = datetime.date(TODAY().year, 12, 31)
    with pytest.raises(ValidationError, match="晚于现在时限"):
        acting.act(overdue, TaskAct.ASK, **TEXT, new_due=overdue.due, actor=head)
    with pytest.raises(ValidationError, match="不能出"):
        acting.act(overdue, TaskAct.ASK, **TEXT, new_due=last + datetime.timedelta(days=1), actor=head)
    acting.act(overdue, TaskAct.ASK, **TEXT, new_due=last, actor=head)
    acting.act(overdue, TaskAct.GRANT, actor=office)
    overdue.refresh_from_db()
    assert (overdue.due, overdue.first_due, overdue.asked_due) == (last, day(-3), None)
    with pytest.raises(PlanError, match="一次"):
        acting.act(overdue, TaskAct.ASK, **TEXT, new_due=last, actor=head)
    with pytest.raises(PlanError, match="没有等待"):
        acting.act(overdue, TaskAct.REFUSE, **TEXT, actor=office)


def test_the_limit_of_a_task_in_hand_is_not_typed_anew(task, milestone, head, office, department):
    acting.act(task, TaskAct.REPORT, **TEXT, actor=head)
    values = {"title": "改名", "lead_department": department, "due": day(12)}
    task.refresh_from_db()
    with pytest.raises(ValidationError, match="申请延期"):
        planning.save_task(milestone, values, task=task, lock=task.lock, actor=office)


def test_two_people_at_one_task_see_each_other(task, milestone, office, second_office, department):
    values = {"title": "改名", "lead_department": department, "due": task.due}
    planning.save_task(milestone, values, task=task, lock=0, actor=office)
    with pytest.raises(ValidationError, match="别人更改过"):
        planning.save_task(milestone, values, task=task, lock=0, actor=second_office)


def test_only_an_overdue_task_is_supervised_and_once_at_a_time(task, head, office):
    with pytest.raises(PlanError, match="过了时限"):
        acting.issue(task, "请说明", day(3), actor=office)
    move(task, due=day(-1), first_due=day(-1))
    notice = acting.issue(task, "请说明", day(3), actor=office)
    assert notice.number == f"{TODAY().year}-督-1"
    with pytest.raises(PlanError, match="还没有办复"):
        acting.issue(task, "再说明", day(3), actor=office)
    with pytest.raises(PermissionDenied):
        acting.reply(notice, "就办", actor=office)
    acting.receive(notice, actor=head)
    with pytest.raises(PlanError, match="已经签收"):
        acting.receive(notice, actor=head)
    acting.reply(notice, "供应商换人，下周完成", actor=head)
    with pytest.raises(PlanError, match="已经办复"):
        acting.reply(notice, "又", actor=head)
    assert acting.issue(task, "仍未完成", day(5), actor=office).number == f"{TODAY().year}-督-2"


def test_the_database_knows_a_reply_without_receipt(overdue, office):
    acting.issue(overdue, "请说明", day(3), actor=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.update(reply="就办", replied_at=timezone.now())


def test_what_waits_for_whom(task, overdue, head, office, other_head):
    def verbs(user):
        return [one.verb for one in menu.tasks(user)]

    assert (verbs(head), verbs(office), verbs(other_head)) == (["报告任务"], [], [])
    acting.issue(overdue, "请说明", day(3), actor=office)
    assert verbs(head) == ["报告任务", "签收督办单"]
    acting.act(overdue, TaskAct.REPORT, **TEXT, actor=head)
    assert (verbs(head), verbs(office)) == (["签收督办单"], ["办理任务报告"])
    acting.act(overdue, TaskAct.ACCEPT, actor=office)
    assert verbs(office) == []


def test_a_task_far_away_waits_for_nobody_yet(task, head):
    move(task, due=day(menu.ASKED_BEFORE + 1))
    assert menu.tasks(head) == []


def test_a_new_year_begins_with_the_milestones_of_the_last(cycle, milestone, office):
    made = opening.open_year(cycle.year + 1, year_dates(cycle.year + 1), actor=office)
    copy = Milestone.objects.get(cycle=made)
    assert (copy.title, copy.phase, copy.due.year) == (milestone.title, milestone.phase, milestone.due.year + 1)


def test_the_tables_own_dates_are_in_the_plan_and_typed_nowhere(cycle, milestone):
    found = {stage.title: stage.due for stage in queries.stages(cycle)}
    assert found["各部门填报防控表截止"] == cycle.fill_until
    assert [stage.due for stage in queries.stages(cycle)] == sorted(found.values())
    Cycle.objects.filter(pk=cycle.pk).update(fill_until=cycle.fill_from)
    cycle.refresh_from_db()
    assert {stage.title: stage.due for stage in queries.stages(cycle)}["各部门填报防控表截止"] == cycle.fill_from


@pytest.mark.usefixtures("task")
def test_the_page_asks_as_often_for_one_as_for_thirty(
    client, milestone, department, office, django_assert_max_num_queries
):
    client.force_login(office)
    address = reverse("campaign:plan")
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for _ in range(29):
        make_task(milestone, department, office, due=day(300))
    with django_assert_max_num_queries(60) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


def test_a_head_reports_on_the_page(client, task, head, office):
    client.force_login(head)
    address = reverse("campaign:task_act", args=[task.pk, "report"])
    page = client.post(address, {"seen": "open", "text": ""})
    assert page.status_code == 422
    assert "请填写完成情况" in text_of(page)
    page = client.post(address, {"seen": "open", "text": "已经修订"}, follow=True)
    assert "已办理：报告完成情况" in text_of(page)
    page = client.post(address, {"seen": "open", "text": "再报一次"})
    assert "现在是“已报”" in text_of(page)
    assert "再报一次" in page.content.decode()


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year with a plan, made in a database that is gone, and what it said."""
    with transaction.atomic():
        names = ("school", "table", "people", "department", "other_department")
        _, table, people, department, other = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        milestone = make_milestone(table.cycle, people.office)
        late = move(
            make_task(milestone, department, people.office, co_departments=[other]), due=day(-1), first_due=day(-1)
        )
        acting.reply(acting.issue(late, "请说明", day(3), actor=people.office), "下周完成", actor=people.head)
        acting.act(late, TaskAct.REPORT, **TEXT, file=("报告.pdf", scans.PDF), actor=people.head)
        make_task(milestone, other, people.office)
        told = record.task_lines(table.cycle), record.supervision_lines(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive(elsewhere):
    path, _ = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    assert len(json.loads(files[verifier.METADATA])["parts"]["plan"][0]["tasks"]) == 2
    (listed,) = [name for name in files if name.endswith("年度计划和任务.csv")]
    assert [row["状态"] for row in rows(files[listed])] == ["已报", "待办"]
    for paper in ("任务分解表", "督办情况一览表", "-督-1"):
        assert [name for name in files if paper in name and name.endswith(".pdf")], paper
    assert [files[name] for name in files if name.endswith("任务1_报告.pdf")] == [scans.PDF]


def test_it_comes_back_with_it(elsewhere, tmp_path):
    path, told = elsewhere
    imported = import_archive(path)
    assert (record.task_lines(imported.cycle), record.supervision_lines(imported.cycle)) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_an_extended_task_keeps_its_first_time_limit_when_it_is_written_anew(task, milestone, department, office):
    move(task, due=day(12), first_due=day(10))
    values = {"title": "修订采购办法（二）", "lead_department": department, "due": day(12), "responsible": "处长"}
    planning.save_task(milestone, values, task=task, lock=task.lock, actor=office)
    task.refresh_from_db()
    assert (task.title, task.first_due, task.due) == ("修订采购办法（二）", day(10), day(12))


def test_both_texts_are_shown_where_two_people_write_one_task(client, task, milestone, department, office):
    lock = task.lock
    values = {"title": "他人的标题", "lead_department": department, "due": task.due, "responsible": "处长"}
    planning.save_task(milestone, values, task=task, lock=lock, actor=office)
    client.force_login(office)
    address = reverse("campaign:task_edit", args=[milestone.cycle.year, task.pk])
    sent = {name: str(value) for name, value in values.items()} | {"lead_department": department.pk, "lock": lock}
    sent |= {"milestone": milestone.pk, "title": "自己的标题"}
    page = client.post(address, sent)
    assert page.status_code == 422
    assert "任务 已保存 他人的标题 您填写的 自己的标题" in text_of(page)
    assert f'name="lock" value="{lock + 1}"' in page.content.decode()
    assert client.post(address, sent | {"lock": lock + 1}).status_code == 302
    task.refresh_from_db()
    assert task.title == "自己的标题"


def test_a_refusal_of_ones_own_overwrites_nobody_unseen(client, milestone, office):
    client.force_login(office)
    address = reverse("campaign:milestone_edit", args=[milestone.cycle.year, milestone.pk])
    page = client.post(address, {"title": "", "phase": "", "due": "", "lock": milestone.lock})
    assert page.status_code == 422
    assert "已保存" not in text_of(page)
    assert f'name="lock" value="{milestone.lock}"' in page.content.decode()


def test_a_year_that_was_withdrawn_meanwhile_is_said(office):
    gone = make_cycle(TODAY().year + 1)
    gone.delete()
    gone.pk = 999_999
    with pytest.raises(PlanError, match="已经撤销"):
        make_milestone(gone, office)
