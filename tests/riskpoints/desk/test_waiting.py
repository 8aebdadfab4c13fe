"""How much waits, as the menu says it: counted once for each state of the register, and never out of date."""

import datetime

import pytest
from django.utils import timezone

from departments import notices
from departments.enums import Role
from departments.models import User
from departments.services import grant_role, revoke_role
from riskcontrol import kept
from riskcontrol.models import AuditHead
from riskpoints.desk import waiting
from riskpoints.enums import Action, Status
from riskpoints.tables import workflow
from tests.factories import bring_to


@pytest.fixture(autouse=True)
def _remembered(monkeypatch):
    """As in the program: elsewhere in the tests nothing is remembered."""
    monkeypatch.setattr(kept, "IS_ON", True)
    kept.forget_all()
    yield
    kept.forget_all()


def waiting_for(user):
    """As a page asks it."""
    return waiting.waiting_for(user, kept.state_of_trail())


@pytest.fixture
def counted(monkeypatch):
    """Return the list of the people for whom it was counted."""
    found = []
    read = waiting._read

    def noted(user):
        found.append(user)
        return read(user)

    monkeypatch.setattr(waiting, "_read", noted)
    return found


@pytest.fixture
def submitted(submitted_version):
    return submitted_version


def test_it_is_counted_once_while_nothing_happens(submitted, people, counted, django_assert_num_queries):
    first = waiting_for(people.reviewer)
    with django_assert_num_queries(1):
        assert waiting_for(people.reviewer) == first
    waiting_for(people.head)
    assert counted == [people.reviewer, people.head]


def test_an_act_changes_it_at_once(table, people):
    before = waiting_for(people.reviewer)
    version = bring_to(Status.SUBMITTED, table, people)
    assert waiting_for(people.reviewer) == before + 1
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充。")
    assert waiting_for(people.reviewer) == before


def test_a_role_and_a_notice_change_it_at_once(submitted, people):
    def now():
        return waiting_for(User.objects.get(pk=people.outsider.pk))

    before = now()
    grant = grant_role(people.outsider, Role.REVIEWER, actor=people.admin)
    assert now() > before
    revoke_role(grant, actor=people.admin)
    told = now()
    notices.notify(text="请看。", actor=people.admin, users=[people.outsider])
    assert now() == told + 1


def test_a_new_day_counts_anew(submitted, people, counted, monkeypatch):
    waiting_for(people.reviewer)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    monkeypatch.setattr(kept.timezone, "localdate", lambda *asked: tomorrow)
    waiting_for(people.reviewer)
    assert len(counted) == 2


def test_without_a_trail_it_is_counted_each_time(people, counted):
    AuditHead.objects.all().delete()
    waiting_for(people.reviewer)
    waiting_for(people.reviewer)
    assert len(counted) == 2
    AuditHead.objects.create(pk=1)


def test_it_remembers_so_many_people_and_no_more(people, monkeypatch):
    monkeypatch.setattr(waiting._found, "most", 1)
    AuditHead.objects.get_or_create(pk=1)
    waiting_for(people.reviewer)
    waiting_for(people.head)
    assert waiting._found.keys() == [(people.head.pk, people.head.staff_number)]
