"""Regulations that a power rests on: frozen by name, never newly cited once they ended, asked for when they end."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from riskpoints.powers import menu
from riskpoints.references.powers import drafting, filing, queries
from riskpoints.references.powers.models import PowerRevision
from riskpoints.references.regulations.enums import State
from riskpoints.references.regulations.models import Regulation
from tests.powers import STEPS, file_power, make_power


@pytest.fixture
def rule(db) -> Regulation:
    return Regulation.objects.create(
        title="采购管理办法",
        document_number="校发〔2025〕8号",
        state=State.IN_FORCE,
        effective_on=datetime.date(2025, 3, 1),
        state_since=timezone.now(),
        created_at=timezone.now(),
    )


def end(rule):
    Regulation.objects.filter(pk=rule.pk).update(state=State.REPEALED, ended_on=timezone.localdate(), reason="另订")


def test_the_names_stand_before_what_was_written_and_are_frozen(department, people, rule):
    filed = file_power(make_power(department, actor=people.clerk, regulations=[rule]), people)
    Regulation.objects.filter(pk=rule.pk).update(title="采购办法")
    stored = PowerRevision.objects.get()
    assert stored.whole_basis == "《采购管理办法》（校发〔2025〕8号）\n《政府采购法》"
    with pytest.raises(IntegrityError), transaction.atomic():
        filed.regulations.through.objects.filter(powerrevision=filed).update(powerrevision=filed)


def test_a_revision_takes_them_over_and_may_drop_them(department, people, rule):
    filed = file_power(make_power(department, actor=people.clerk, regulations=[rule]), people)
    draft = drafting.revise(filed.power, actor=people.clerk)
    assert (list(draft.regulations.all()), draft.regulation_names) == ([rule], filed.regulation_names)
    draft = drafting.save(draft, {"regulations": []}, STEPS, actor=people.clerk)
    assert draft.whole_basis == "《政府采购法》"


def test_what_ended_is_not_newly_cited_and_not_submitted(department, people, rule):
    draft = make_power(department, actor=people.clerk, regulations=[rule])
    end(rule)
    rule.refresh_from_db()
    with pytest.raises(ValidationError, match="已不是现行的制度"):
        make_power(department, actor=people.clerk, regulations=[rule])
    with pytest.raises(ValidationError, match="已废止或被替代"):
        filing.submit(draft, actor=people.head)


def test_a_filed_power_whose_regulation_ends_asks_its_department(department, people, rule):
    filed = file_power(make_power(department, actor=people.clerk, regulations=[rule]), people)
    assert queries.with_ended_regulations([department.pk]) == {}
    end(rule)
    (task,) = [task for task in menu.tasks(people.head) if task.verb == "改定实施依据"]
    assert "《采购管理办法》（校发〔2025〕8号）已废止或被替代" in task.title
    assert menu.tasks(people.other_head) == []
    drafting.revise(filed.power, actor=people.clerk)
    assert queries.with_ended_regulations([department.pk]) == {}
