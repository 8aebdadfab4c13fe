"""What reminders begin with: a task of 总务处 that is overdue, and an installation with a mail server."""

import datetime
import uuid

import pytest
from django.utils import timezone

from riskpoints.campaign.enums import Phase
from riskpoints.campaign.models import PlanTask
from riskpoints.campaign.plan import planning
from riskpoints.campaign.reminders import queries

TODAY = datetime.date(2026, 11, 29)


@pytest.fixture
def today(time_machine, db):
    """Stand on 29 November 2026, at eight in the morning in China."""
    time_machine.move_to(datetime.datetime(2026, 11, 29, 0, tzinfo=datetime.UTC), tick=False)
    return TODAY


@pytest.fixture
def make_task(today, people, cycle, department):
    """Return a function that adds a task of 总务处 that is due in so many days."""
    last = datetime.date(cycle.year, 12, 31)
    values = {"phase": Phase.FINDING, "title": "查找风险", "due": last}
    milestone = planning.save_milestone(cycle, values, actor=people.office)

    def make(title: str, days: int, **changed) -> PlanTask:
        said = {"title": title, "lead_department": department, "due": last} | changed
        task = planning.save_task(milestone, said, token=str(uuid.uuid4()), actor=people.office)
        due = today + datetime.timedelta(days=days)
        PlanTask.objects.filter(pk=task.pk).update(due=due, first_due=due)
        type(cycle).objects.filter(pk=cycle.pk).update(opened_at=timezone.now() - datetime.timedelta(days=300))
        return PlanTask.objects.get(pk=task.pk)

    return make


@pytest.fixture
def task(make_task):
    return make_task("修订办法", -8)


@pytest.fixture
def line(task):
    return queries.line_of(f"plan.task:{task.pk}")


@pytest.fixture
def mail_server(settings):
    settings.EMAIL_HOST = "mail.school.example"
    settings.DEFAULT_FROM_EMAIL = "office@school.example"
