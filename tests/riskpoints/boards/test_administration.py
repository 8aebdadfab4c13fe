"""What the administrator sees first: the last whole backup, accounts, posts without holder, years without archive."""

import datetime

import pytest
from django.utils import timezone

from departments.models import Appointment, User
from riskcontrol import audit
from riskcontrol.verbs import SystemVerb
from riskpoints.boards.administration import administration
from riskpoints.models import AnnualArchive, Cycle
from tests.factories import make_cycle


def backed_up(succeeded=True) -> None:
    audit.record(SystemVerb.BACKED_UP, detail={"文件": "register.zip"}, succeeded=succeeded)


def test_without_a_backup_it_says_so(people):
    found = administration().backup
    assert (found.at, found.is_old, found.has_failed_since) == (None, True, False)


@pytest.mark.parametrize(("hours", "is_old"), [(0, False), (35, False), (37, True)])
def test_a_backup_is_old_after_a_day_and_a_half(people, time_machine, hours, is_old):
    time_machine.move_to(datetime.datetime(2026, 11, 28, 2, tzinfo=datetime.UTC), tick=False)
    backed_up()
    time_machine.shift(datetime.timedelta(hours=hours))
    assert administration().backup.is_old is is_old


def test_a_failed_backup_is_told_beside_the_last_whole_one(people):
    backed_up()
    whole = administration().backup.at
    backed_up(succeeded=False)
    found = administration().backup
    assert (found.at, found.has_failed_since) == (whole, True)
    backed_up()
    assert administration().backup.has_failed_since is False


def test_accounts_are_counted_without_those_that_are_disabled(people):
    active = User.objects.filter(is_active=True).count()
    assert active == User.objects.count() - 1
    found = administration().accounts
    # 副组长 and 无角色人员 have no role; nobody of these has a one-time password.
    assert (found.active, found.without_role, found.never_used, found.locked) == (active, 2, 0, 0)
    User.objects.filter(pk__in=[people.head.pk, people.disabled.pk]).update(must_change_password=True)
    audit.record(SystemVerb.LOCKED_OUT, label="1001", succeeded=False)
    found = administration().accounts
    assert (found.never_used, found.locked) == (1, 1)


def test_a_post_is_vacant_from_the_day_after_its_holder_left(purchasing_post, plain_post):
    assert (administration().posts, administration().vacant) == (2, 1)
    today = timezone.localdate()
    Appointment.objects.update(until=today)
    assert administration().vacant == 1
    Appointment.objects.update(until=today - datetime.timedelta(days=1))
    assert administration().vacant == 2


def test_a_year_that_is_over_is_closed_and_then_archived(people):
    this = timezone.localdate().year
    year = make_cycle(this - 1)
    make_cycle(this)
    typed = make_cycle(2011)
    Cycle.objects.filter(pk=typed.pk).update(is_historical=True)
    assert (administration().to_close, administration().archives_due) == ([year], [])
    Cycle.objects.filter(pk=year.pk).update(closed_at=timezone.now())
    AnnualArchive.objects.create(cycle=year, state="failed")
    assert (administration().to_close, administration().archives_due) == ([], [year])
    AnnualArchive.objects.create(cycle=year, state="done")
    assert administration().archives_due == []


def test_a_disk_that_is_nearly_full_is_told(people, settings):
    assert administration().is_nearly_full is False
    settings.MINIMUM_FREE_MB = 10**9
    assert administration().is_nearly_full is True


def test_it_costs_seven_queries(people, django_assert_num_queries):
    with django_assert_num_queries(7):
        administration()
