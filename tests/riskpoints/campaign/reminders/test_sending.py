"""催办 and automatic reminders: who is told what, once; nothing about persons."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments import notices
from departments.models import Notice
from riskcontrol.models import AuditEntry
from riskpoints.campaign.models import Reminder
from riskpoints.campaign.reminders import queries, sending
from riskpoints.campaign.reminders.sending import ReminderError, Told
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.desk import dues
from riskpoints.dues import NOT_SAID, DueLine
from riskpoints.rules.enums import Key
from tests.factories import set_rule

DAY = datetime.timedelta(days=1)


def inbox(user) -> list[str]:
    return [notice.text for notice in notices.unread(user)]


def test_the_head_finds_the_reminder_in_the_inbox(line, people, cycle):
    [row] = sending.remind(line, " 请于本周报告 ", actor=people.office)
    assert (row.to, row.by_name, row.text, row.cycle) == (people.head, people.office.real_name, "请于本周报告", cycle)
    assert (row.key, row.title, row.department_name) == (line.key, "报告任务：任务 1“修订办法”", "总务处")
    words = "催办：报告任务：任务 1“修订办法”（已于2026年11月21日到期，逾期 8 天）。请于本周报告"
    assert inbox(people.head) == [words]
    assert notices.unread(people.head).get().link == line.address
    entry = AuditEntry.objects.of(CampaignVerb.REMINDER_SEND).get()
    assert (entry.actor_number, entry.detail["对象"]) == (people.office.staff_number, [people.head.staff_number])


def test_nothing_written_says_please(line, people):
    sending.remind(line, "", actor=people.office)
    assert inbox(people.head)[0].endswith("。请尽快办理。")


def test_once_a_day(line, people, time_machine):
    sending.remind(line, "请办理", actor=people.office)
    with pytest.raises(ReminderError, match="今天已经催办过"):
        sending.remind(line, "再催一次", actor=people.second_office)
    time_machine.shift(DAY)
    sending.remind(line, "再催一次", actor=people.second_office)
    assert Reminder.objects.count() == Notice.objects.count() == 2


def test_two_at_once_are_one(line, people, monkeypatch):
    """Both have seen that nobody reminded yet: the database keeps the second out, with its notice."""
    sending.remind(line, "请办理", actor=people.office)
    monkeypatch.setattr(Reminder.objects, "filter", lambda **wanted: Reminder.objects.none())
    with pytest.raises(ReminderError, match="别人刚刚催办过"):
        sending.remind(line, "请办理", actor=people.second_office)
    assert Reminder.objects.count() == Notice.objects.count() == 1


def test_only_the_office_reminds(line, people):
    for name, user in vars(people).items():
        if name not in ("office", "second_office"):
            with pytest.raises(PermissionDenied):
                sending.remind(line, "请办理", actor=user)
    assert not Reminder.objects.exists()


def test_nobody_there_is_said(line, people):
    people.head.grants.all().delete()
    with pytest.raises(ReminderError, match="没有人可以办理"):
        sending.remind(queries.line_of(line.key), "请办理", actor=people.office)


def test_a_text_that_no_face_can_draw_is_refused(line, people):
    with pytest.raises(ValidationError) as caught:
        sending.remind(line, "请办\ufff9理\U000f0000", actor=people.office)
    assert "text" in caught.value.error_dict
    assert not Reminder.objects.exists()


def test_a_run_tells_each_person_once(make_task, people):
    for title, days in (("甲", 30), ("乙", 7), ("丙", -7), ("丁", 40), ("戊", -3)):
        make_task(title, days)
    assert sending.run() == Told(1, 3)
    [text] = inbox(people.head)
    assert text.splitlines()[0] == "提醒：有 3 件事请您按期办理。"
    assert [name for name in "甲乙丙丁戊" if name in text] == ["甲", "乙", "丙"]
    assert notices.unread(people.head).get().link == "/"
    assert set(Reminder.objects.values_list("mark", "by_name")) == {(30, "系统"), (7, "系统"), (-7, "系统")}
    assert sending.run() == Told(0, 0)
    assert Notice.objects.count() == 1


def test_each_mark_tells_anew_and_a_missed_day_is_made_up_for(make_task, people, time_machine):
    make_task("甲", 8)
    assert sending.run() == Told(1, 1)
    time_machine.shift(2 * DAY)
    assert sending.run() == Told(1, 1)
    assert list(Reminder.objects.order_by("at").values_list("mark", flat=True)) == [30, 7]


def test_a_day_that_was_put_off_counts_from_its_new_day(task, people):
    assert sending.run() == Told(1, 1)
    later = timezone.localdate() + DAY
    type(task).objects.filter(pk=task.pk).update(due=later)
    assert sending.run() == Told(1, 1)
    assert set(Reminder.objects.values_list("due", "mark")) == {(task.due, -7), (later, 1)}


def test_another_server_at_the_same_moment_repeats_nothing(task, people, monkeypatch):
    sending.run()
    monkeypatch.setattr(Reminder.objects, "filter", lambda **wanted: Reminder.objects.none())
    assert sending.run() == Told(0, 0)
    assert Reminder.objects.count() == Notice.objects.count() == 1


def test_the_rule_of_the_school_holds(task, people):
    set_rule(Key.REMIND_OFFSETS, {"before": [], "every": 0})
    assert sending.run() == Told(0, 0)


def test_what_is_about_a_person_is_said_nowhere(people, today, cycle, monkeypatch):
    secret = DueLine(
        key="petition:1",
        group="意见建议",
        verb="登记",
        title="张某收受礼品",
        since=today - 60 * DAY,
        address="/petitions/1/",
        people=(people.reviewer,),
        due=today - 7 * DAY,
        is_about_person=True,
    )
    monkeypatch.setattr(dues, "all_lines", lambda on=None: [secret])
    assert sending.run() == Told(1, 1)
    notice = notices.unread(people.reviewer).get()
    assert (notice.text, notice.link) == (f"提醒：{NOT_SAID}。", "/")
    row = Reminder.objects.get()
    assert (row.title, row.department_name, row.is_about_person) == (NOT_SAID, "", True)
    told = [str(entry.detail) + entry.object_label for entry in AuditEntry.objects.all()]
    assert not [text for text in told if "张某" in text or "petition" in text]
    with pytest.raises(ReminderError):
        sending.remind(secret, "请办理", actor=people.office)


def test_the_database_keeps_a_second_one_out(line, people):
    [row] = sending.remind(line, "请办理", actor=people.office)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_what_was_told_stays_as_it_was(line, people):
    [row] = sending.remind(line, "请办理", actor=people.office)
    for values in ({"text": "没有说过"}, {"to_name": "另一个人"}, {"title": "另一件事"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.filter(pk=row.pk).update(**values)
    Reminder.objects.filter(pk=row.pk).update(is_mailed=True)
    row.refresh_from_db()
    assert (row.text, row.is_mailed) == ("请办理", True)
