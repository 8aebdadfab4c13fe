"""What waits for whom: which table asks which person for what, since when, until when, in which order."""

import datetime

import pytest
from django.utils import timezone

from departments.enums import Role
from riskpoints import wings
from riskpoints.desk import tasks
from riskpoints.enums import Action, Scope, Status
from riskpoints.models import ControlTable, TableVersion
from riskpoints.tables import editing, starting, workflow
from tests.factories import assess_all, bring_to, make_cycle, publish_for, record_historical
from tests.leaders import fill_leaders, post_of


def verbs(user) -> list[str]:
    return [f"{task.verb} {task.table.owner_name}" for task in tasks.tasks(user)]


def set_dates(cycle, **days) -> None:
    for name, day in days.items():
        setattr(cycle, name, day)
    cycle.save()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, {"head": "开始填报", "clerk": "开始填报"}),
        (Status.DRAFT, {"head": "填报", "clerk": "填报"}),
        (Status.SUBMITTED, {"reviewer": "审核", "second_reviewer": "审核", "discipline_head": "审核"}),
        (Status.REVIEWED, {"office": "登记签字", "second_office": "登记签字", "principal": "签字确定"}),
        (Status.CONFIRMED, {}),
        (Status.DISCARDED, {}),
    ],
)
def test_each_status_asks_those_whose_turn_it_is(table, people, status, expected):
    if status is not None:
        bring_to(status, table, people)
    found = {name: verbs(user) for name, user in vars(people).items()}
    assert {name: listed for name, listed in found.items() if listed} == {
        name: [f"{verb} 总务处"] for name, verb in expected.items()
    }


def test_dates_are_those_of_the_step(table, people, cycle):
    fill_from, fill_until, review_until = (datetime.date(cycle.year, 3, day) for day in (1, 2, 3))
    set_dates(cycle, fill_from=fill_from, fill_until=fill_until, review_until=review_until)
    [task] = tasks.tasks(people.head)
    assert (task.since, task.due, task.is_filling) == (fill_from, fill_until, True)
    version = bring_to(Status.SUBMITTED, table, people)
    [task] = tasks.tasks(people.reviewer)
    assert (task.since, task.due, task.is_filling) == (version.submitted_at, review_until, False)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    [task] = tasks.tasks(people.office)
    assert (task.since, task.due, task.version_id) == (version.reviewed_at, None, version.pk)


def test_a_returned_table_brings_the_words_of_the_return(submitted_version, people, cycle):
    workflow.perform(Action.RETURN, submitted_version, actor=people.reviewer, comment="请补充验收环节")
    [task] = tasks.tasks(people.head)
    assert (task.verb, task.note, task.due) == ("按意见修改", "请补充验收环节", cycle.fill_until)
    assert task.since == submitted_version.decisions.order_by("at").last().at


def test_a_revision_has_no_day_of_the_plan(confirmed_version, people):
    starting.open_revision(confirmed_version, reason="调整", actor=people.head)
    [task] = tasks.tasks(people.head)
    assert (task.verb, task.due, task.note) == ("修订", None, "")


def test_a_recalled_draft_is_filled_in_again(submitted_version, people):
    workflow.perform(Action.RECALL, submitted_version, actor=people.head)
    assert verbs(people.head) == ["填报 总务处"]


def test_a_publication_is_signed_on_the_day_after_its_last(school, submitted_version, people, time_machine):
    publish_for(5)
    assess_all(submitted_version, actor=people.reviewer)
    until = workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer).publish_until
    [task] = tasks.tasks(people.office)
    assert (task.opens_on, task.is_open) == (until + datetime.timedelta(days=1), False)
    assert tasks.open_now(tasks.tasks(people.office)) == []
    for days, waits in ((0, 0), (1, 1)):
        time_machine.move_to(
            datetime.datetime.combine(until + datetime.timedelta(days=days), datetime.time(4), datetime.UTC), tick=False
        )
        assert len(tasks.open_now(tasks.tasks(people.office))) == waits


def test_nobody_is_asked_before_the_filling_begins(table, people, cycle):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    set_dates(cycle, fill_from=tomorrow)
    [task] = tasks.tasks(people.head)
    assert (task.opens_on, tasks.open_now(tasks.tasks(people.head))) == (tomorrow, [])
    set_dates(cycle, fill_from=timezone.localdate())
    [task] = tasks.open_now(tasks.tasks(people.head))
    assert task.opens_on is None


@pytest.mark.parametrize("status", [None, Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_a_closed_year_asks_nobody(table, people, cycle, status):
    if status:
        bring_to(status, table, people)
    cycle.closed_at = timezone.now()
    cycle.save()
    assert [name for name, user in vars(people).items() if tasks.tasks(user)] == []


def test_a_closed_department_is_asked_for_nothing(table, department, people):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    assert verbs(people.head) == []


def test_a_table_that_left_the_year_asks_nobody(draft_version, people):
    ControlTable.objects.filter(pk=draft_version.table_id).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    assert verbs(people.head) == []


def test_whoever_reviewed_is_not_asked_to_record_the_signature(reviewed_version, people):
    people.reviewer.grants.create(role=Role.OFFICE)
    assert verbs(people.reviewer) == []


def test_the_discipline_offices_table_waits_for_the_deputy(discipline_table, people):
    bring_to(Status.SUBMITTED, discipline_table, people)
    assert [name for name, user in vars(people).items() if "审核 纪委办公室" in verbs(user)] == ["deputy"]


def test_a_typed_in_paper_waits_to_be_compared(table, people):
    version = record_historical(
        table, fill=lambda version: None, signed_on=datetime.date(2011, 11, 15), actor=people.office
    )
    [task] = tasks.tasks(people.reviewer)
    assert (task.verb, task.since, task.due) == ("核对补录", version.confirmed_at, None)
    assert verbs(people.office) == []


# ---- order -------------------------------------------------------------------------------------------------------


def test_the_oldest_comes_first_and_days_are_ordered_among_moments(table, other_table, people, cycle):
    """A table never begun waits since a day, a draft since a moment."""
    people.head.grants.create(role=Role.CLERK, department=other_table.department)
    draft = bring_to(Status.DRAFT, other_table, people)
    day = timezone.localdate(draft.created_at)
    for days, expected in ((-2, ["开始填报 总务处", "填报 教务处"]), (0, ["开始填报 总务处", "填报 教务处"])):
        set_dates(cycle, fill_from=day + datetime.timedelta(days=days))
        assert verbs(people.head) == expected
    TableVersion.objects.filter(pk=draft.pk).update(created_at=draft.created_at - datetime.timedelta(days=9))
    assert verbs(people.head) == ["填报 教务处", "开始填报 总务处"]


def test_what_is_of_a_year_to_come_stands_last(open_2027, other_department, people):
    """However long it waits: opening a year early changes nothing of what people see first."""
    department = people.head.grants.get().department
    now = ControlTable.objects.create(cycle=make_cycle(2025), scope=Scope.DEPARTMENT, department=department)
    starting.start_table(now, actor=people.head)
    set_dates(open_2027, fill_from=datetime.date(2026, 10, 1))
    found = tasks.tasks(people.head)
    assert [(task.table.cycle.year, task.is_of_year_to_come) for task in found] == [(2025, False), (2027, True)]
    assert found[0].since > datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC)


def test_a_draft_whose_source_has_a_newer_version_says_so(signed, open_2027, people):
    table = open_2027.tables.get(department=signed.table.department)
    starting.start_table(table, actor=people.head)
    assert [task.note for task in tasks.tasks(people.head)] == [""]
    bring_to(Status.CONFIRMED, signed.table, people)
    assert [task.note for task in tasks.tasks(people.head)] == ["所本的现行表已有新版，请对照后采纳或保留本稿。"]


# ---- which tables, which year ------------------------------------------------------------------------------------


def test_tables_are_filled_in_by_their_own_people_only(table, other_table, school_table, people):
    found = {
        name: [filled.table.owner_name for filled in tasks.tables_filled_by(user)]
        for name, user in vars(people).items()
    }
    assert {name: owners for name, owners in found.items() if owners} == {
        "head": ["总务处"],
        "clerk": ["总务处"],
        "other_head": ["教务处"],
        "office": [school_table.owner_name],
        "second_office": [school_table.owner_name],
    }


def test_the_newest_year_comes_first_among_the_tables_of_a_person(november, department, people):
    for year in (2025, 2027, 2026):
        ControlTable.objects.create(cycle=make_cycle(year), scope=Scope.DEPARTMENT, department=department)
    assert [filled.table.cycle.year for filled in tasks.tables_filled_by(people.head)] == [2027, 2026, 2025]
    assert [filled.table.cycle.year for filled in tasks.tables_filled_by(people.head, cycle__year=2026)] == [2026]


def test_the_years_that_are_filled_in_are_open_and_not_recorded_from_paper(db):
    make_cycle(2024, closed_at=timezone.now())
    make_cycle(2025, is_historical=True)
    later, now = make_cycle(2027), make_cycle(2026)
    assert tasks.open_cycles() == [now, later]


def test_one_works_in_the_earliest_year_with_something_on_its_way(november, department, people):
    """Else in the year that is now; never in one to come, nor in a closed one."""
    made = {}
    for year in (2024, 2025, 2026, 2027):
        table = ControlTable.objects.create(cycle=make_cycle(year), scope=Scope.DEPARTMENT, department=department)
        made[year] = table

    def working() -> int:
        return tasks.working_cycle(tasks.tables_filled_by(people.head)).year

    assert working() == 2026
    starting.start_table(made[2027], actor=people.head)
    assert working() == 2026
    for year in (2025, 2024):
        starting.start_table(made[year], actor=people.head)
        assert working() == year
    ControlTable.objects.filter(pk=made[2024].pk).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    assert working() == 2025
    made[2025].cycle.closed_at = timezone.now()
    made[2025].cycle.save()
    assert working() == 2026


def test_what_other_apps_tell_comes_oldest_first(monkeypatch, people):
    now = timezone.now()
    told = [
        tasks.OtherTask(verb, "", now - datetime.timedelta(days=days), "/") for verb, days in (("乙", 1), ("甲", 2))
    ]
    monkeypatch.setattr(wings, "tasks", lambda user: told[:1])
    monkeypatch.setattr(tasks.floors, "tasks", lambda user: told[1:])
    assert [task.verb for task in tasks.other_tasks(people.head)] == ["甲", "乙"]


# ---- the table of the 校领导班子 (R53) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, dict.fromkeys(("leader", "principal", "office", "second_office"), "开始填报")),
        (Status.DRAFT, {"office": "提交", "second_office": "提交"}),
        (Status.SUBMITTED, {"reviewer": "审核", "second_reviewer": "审核", "discipline_head": "审核"}),
        (Status.REVIEWED, {"second_office": "登记会议决定"}),
        (Status.CONFIRMED, {}),
    ],
)
def test_the_leaders_table_asks_those_whose_turn_it_is(leaders_table, people, status, expected):
    if status is not None:
        bring_to(status, leaders_table, people)
    found = {name: verbs(user) for name, user in vars(people).items()}
    assert {name: listed for name, listed in found.items() if listed} == {
        name: [f"{verb} 校领导班子"] for name, verb in expected.items()
    }


def test_each_leader_is_asked_for_the_own_post_until_it_is_written(leaders_table, people):
    draft = starting.start_table(leaders_table, actor=people.office)
    [task] = tasks.tasks(people.principal)
    assert (task.verb, task.note) == ("填写", "写校长的风险点和措施。")
    [task] = tasks.tasks(people.office)
    assert (task.verb, task.note) == ("填报", "还没有写的岗位：校长、副校长。")
    editing.exempt_post(draft, post_of(draft, "校长"), "由书记兼任，没有分工", actor=people.principal)
    assert tasks.tasks(people.principal) == []
    assert tasks.tasks(people.office)[0].note == "还没有写的岗位：副校长。"
    fill_leaders(draft)
    assert [verbs(user) for user in (people.leader, people.office)] == [[], ["提交 校领导班子"]]


def test_a_returned_table_of_the_leaders_asks_all_who_write(leaders_table, people):
    version = bring_to(Status.SUBMITTED, leaders_table, people)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    assert {verbs(user)[0] for user in (people.principal, people.leader, people.office)} == {"按意见修改 校领导班子"}


def test_the_inbox_lists_what_has_waited_longest_first_whatever_it_is_about(table):
    """Tables stood before everything else, though the page says that the oldest comes first."""
    noon = datetime.datetime(table.cycle.year, 3, 2, 12, tzinfo=datetime.UTC)
    coming = ControlTable(cycle=make_cycle(table.cycle.year + 1), scope=Scope.SCHOOL)
    filled = tasks.Task("审核", table, None, noon, None)
    ahead = tasks.Task("开始填报", coming, None, noon - datetime.timedelta(days=9), None)
    older, newer = (
        wings.OtherTask("答复意见", "意见", noon + datetime.timedelta(days=days), "/", "") for days in (-1, 1)
    )
    assert tasks.by_age([filled, ahead], [newer, older]) == [older, filled, newer, ahead]
