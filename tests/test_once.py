"""Rows that several tests begin with: each finds them as they were written, whatever the one before did to them."""

import pytest
from django.db import transaction

from departments.models import Department, User
from riskpoints.models import TableVersion
from tests import once

HEAD = "总务处负责人"


@pytest.fixture
def other_settings(settings):
    settings.PASSWORD_DAYS = 90


def planned(request) -> list[str]:
    return list(once.plan_of(request.node))


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_changes_is_gone_for_the_next(request, people, draft_version, turn):
    assert planned(request)[-1] == "draft_version"
    assert (people.head.real_name, User.objects.get(pk=people.head.pk).real_name) == (HEAD, HEAD)
    assert draft_version.points.count() == 4
    people.head.real_name = "另一个人"
    people.head.save()
    draft_version.measures.first().delete()
    Department.objects.create(name=f"第{turn}处", kind="chu")
    assert Department.objects.filter(name__startswith="第").count() == 1


def test_what_belongs_together_is_one_object(people, head, table, department):
    assert people.head is head
    assert table.department is department


def test_who_begins_with_nothing_finds_nothing(request, db):
    assert planned(request) == []
    assert not User.objects.exists()
    assert not TableVersion.objects.exists()


def test_what_comes_after_other_settings_is_written_anew(request, department, other_settings, head):
    assert planned(request) == ["department"]
    assert head.grants.get().department == department


@pytest.mark.django_db(transaction=True)
def test_who_commits_is_given_nothing_of_others(request, head):
    assert planned(request) == []
    assert User.objects.get() == head
    assert not transaction.get_connection().in_atomic_block
