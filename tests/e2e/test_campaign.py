"""The year's work in the browser: a late task is supervised, reported and accepted; no axe violation on its pages."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from riskpoints.campaign.deliveries import queries
from riskpoints.campaign.deliveries import services as deliveries
from riskpoints.campaign.education import services as education
from riskpoints.campaign.education.services import Absent
from riskpoints.campaign.issued import services as issued
from riskpoints.campaign.models import PlanTask
from riskpoints.campaign.plan import acting, planning
from riskpoints.enums import Status
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.factories import bring_to

pytestmark = pytest.mark.e2e


def at(name, *args):
    return reverse(f"campaign:{name}", args=args)


@pytest.fixture
def late(live_server, cycle, department, people):
    """Return a task of 总务处 whose time is over."""
    last = timezone.localdate().replace(month=12, day=31)
    milestone = planning.save_milestone(
        cycle, {"phase": "measures", "title": "健全防控措施", "due": last}, actor=people.office
    )
    said = {"title": "修订采购和验收管理办法", "lead_department": department, "due": last}
    task = planning.save_task(milestone, said, token=str(uuid.uuid4()), actor=people.office)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    PlanTask.objects.filter(pk=task.pk).update(due=yesterday, first_due=yesterday)
    task.refresh_from_db()
    return task


@pytest.mark.long
def test_a_late_task_is_supervised_reported_and_accepted(page, late, people):
    enter(page, people.office)
    page.goto(at("task", late.pk))
    page.get_by_role("link", name="签发督办单").click()
    page.get_by_label("督办要求").fill("请说明没有按时完成的原因")
    page.get_by_label("办复时限").fill(f"{timezone.localdate()}")
    page.get_by_role("button", name="签发").click()
    expect(page.get_by_text("督办单已签发")).to_be_visible()

    enter(page, people.head)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="督办单").click()
    page.get_by_label("办复").fill("供应商更换，已经补签合同")
    page.get_by_role("button", name="签收并办复").click()
    expect(page.get_by_text("已办复。")).to_be_visible()
    page.get_by_label("完成情况").fill("办法已经修订印发")
    page.get_by_role("button", name="报告完成情况").click()
    expect(page.get_by_text("已办理：报告完成情况。")).to_be_visible()

    enter(page, people.office)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="总务处：任务 1").click()
    page.get_by_role("button", name="同意办结").click()
    expect(page.get_by_text("已办理：同意办结。")).to_be_visible()
    late.refresh_from_db()
    assert late.state == "done"


@pytest.mark.long
@pytest.mark.both  # its pages take turns themselves
def test_the_pages_of_the_years_work(page, late, cycle, table, department, people):
    bring_to(Status.CONFIRMED, table, people)
    notice = acting.issue(late, "请说明原因", timezone.localdate(), actor=people.office)
    event = education.record(
        department,
        {
            "theme": "警示教育",
            "kind": "warning",
            "held_on": timezone.localdate(),
            "place": "会议室",
            "host": "主持人",
            "recorder": "记录人",
            "departments": [department],
            "expected": 3,
            "present": 2,
            "absent": [Absent("库管员", "出差")],
            "content": "学习采购流程。" * 40,
        },
        token=str(uuid.uuid4()),
        actor=people.head,
    )
    item = queries.pending(cycle)[0]
    values = {"title": item.title, "purpose": item.purpose, "to_unit": item.to_unit, "copies": 1, "way": "hand"}
    sent = deliveries.send(cycle, values | {"sent_on": timezone.localdate()}, version=item.version, actor=people.office)
    said = {"prefix": "校字", "title": "通知", "main_to": "各处室", "copies": 30, "issued_on": timezone.localdate()}
    paper = issued.register(cycle, said, token="paper", actor=people.office)
    enter(page, people.head)
    own = [
        at("task", late.pk),
        at("notice_answer", notice.pk),
        at("education_new"),
        at("education_measures"),
        at("education_edit", event.pk),
    ]
    own.append(at("upkeep", sent.version_id))
    assert walk(page, [*own, at("education_event", event.pk), at("education")]) == {}
    enter(page, people.office)
    kept = [
        at("plan"),
        at("basis_new", cycle.year),
        at("milestone_new", cycle.year),
        at("task_new", cycle.year),
        at("task_edit", cycle.year, late.pk),
    ]
    kept += [at("issued"), at("issued_new"), at("issued_one", paper.pk), at("issued_edit", paper.pk)]
    kept += [at("deliveries"), at("delivery_new"), at("delivery", sent.pk), at("task", late.pk)]
    kept += [at("board"), at("remind", f"plan.task:{late.pk}"), reverse("own_calendar"), reverse("own_mail")]
    assert walk(page, kept) == {}
