"""办公室看板: what stands on it for whom, what was reminded, how 催办 is pressed."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments import notices
from riskpoints.campaign import dues
from riskpoints.campaign.enums import TaskAct
from riskpoints.campaign.models import Reminder
from riskpoints.campaign.plan import acting
from riskpoints.campaign.reminders import sending
from riskpoints.dues import staff
from tests.pages import text_of


@pytest.fixture
def as_office(client, people):
    client.force_login(people.office)
    return client


def at(line) -> str:
    return reverse("campaign:remind", args=[line.key])


def test_overdue_stands_first_with_its_department_and_who_can_do_it(as_office, make_task, people):
    make_task("明年再说", 90)
    make_task("过几天到期", 5)
    make_task("早已到期", -20)
    said = text_of(as_office.get(reverse("campaign:board")))
    assert said.index("早已到期") < said.index("过几天到期")
    assert "明年再说" not in said
    assert f"总务处 · 由{people.head.real_name}办理" in said
    assert "另有 1 件在 30 天以后到期" in said
    late = text_of(as_office.get(reverse("campaign:board") + "?late"))
    assert [name in late for name in ("早已到期", "过几天到期", "明年再说")] == [True, False, False]
    everything = text_of(as_office.get(reverse("campaign:board") + "?all"))
    assert "明年再说" in everything


def test_a_line_leads_to_its_remind_page_and_back(as_office, line, people):
    page = as_office.get(reverse("campaign:board")).content.decode()
    assert f'href="{at(line)}"' in page
    assert people.head.real_name in text_of(as_office.get(at(line)))
    answer = as_office.post(at(line), {"text": "请于本周报告"}, follow=True)
    said = text_of(answer)
    assert answer.redirect_chain == [(reverse("campaign:board"), 302)]
    assert f"已催办 {people.head.real_name}" in said
    assert f"2026年11月29日{people.office.real_name}催办 {people.head.real_name}：请于本周报告" in said
    assert notices.unread(people.head).count() == 1


def test_a_second_press_says_so_and_keeps_the_text(as_office, line, people):
    as_office.post(at(line), {"text": "请办理"})
    again = as_office.post(at(line), {"text": "再催一次"})
    assert again.status_code == 422
    said = text_of(again)
    assert "今天已经催办过这件事" in said
    assert "再催一次" in again.content.decode()
    assert Reminder.objects.count() == 1


def test_a_text_that_is_too_long_is_refused_beside_its_field(as_office, line):
    answer = as_office.post(at(line), {"text": "请" * 301})
    assert answer.status_code == 422
    assert "请缩短到 300 字以内" in text_of(answer)


def test_what_was_done_meanwhile_is_not_reminded(as_office, line, task, people):
    acting.act(task, TaskAct.REPORT, text="已办", actor=people.head)
    answer = as_office.post(at(line), {"text": "请办理"}, follow=True)
    assert "刚刚已经办完" in text_of(answer)
    assert "您写的催办内容没有发出：“请办理”" in text_of(answer)
    assert not Reminder.objects.exists()


def test_a_task_waits_since_it_was_handed_on(task, people, time_machine):
    def since() -> dict[str, int]:
        found = dues.lines(staff())
        return {line.verb: (timezone.localdate() - line.since).days for line in found if line.group == dues.PLAN}

    assert since() == {"报告任务": 300}
    time_machine.shift(datetime.timedelta(days=2))
    acting.act(task, TaskAct.REPORT, text="已办", actor=people.head)
    assert since() == {"办理任务报告": 0}
    time_machine.shift(datetime.timedelta(days=3))
    assert since() == {"办理任务报告": 3}
    acting.act(task, TaskAct.RETURN, text="没有附件", actor=people.office)
    assert since() == {"报告任务": 0}


def test_what_waits_for_oneself_alone_has_no_button(as_office, task, people):
    acting.act(task, TaskAct.REPORT, text="已办", actor=people.head)
    people.second_office.grants.all().delete()
    page = as_office.get(reverse("campaign:board"))
    assert "办理任务报告" in text_of(page)
    assert reverse("campaign:remind", args=[f"plan.report:{task.pk}"]) not in page.content.decode()


def test_thirty_lines_cost_what_one_costs(as_office, make_task, people):
    make_task("甲", -8)
    sending.run()
    as_office.get(reverse("campaign:board"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert as_office.get(reverse("campaign:board")).status_code == 200
        return len(found)

    one = cost()
    for number in range(30):
        make_task(f"任务{number}", -8)
    sending.run()
    assert cost() == one
