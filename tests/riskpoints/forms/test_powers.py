"""The choice of power and step in the form of a point."""

import pytest

from riskpoints.forms.powers import KEPT, PowerChoices
from riskpoints.models import RiskPoint
from riskpoints.references.powers import drafting, queries
from tests.powers import STEPS, file_power, make_power


@pytest.fixture
def power(department, people):
    return file_power(make_power(department, actor=people.clerk), people)


def labels(choices):
    return [label for group in choices.choices[1:] for label in (group[1] if isinstance(group[1], list) else [group])]


def test_powers_are_offered_with_their_steps(department, power):
    choices = PowerChoices(list(queries.filed_of(department)), None)
    ((title, offered),) = choices.choices[1:]
    assert title == "1-01 物资采购"
    assert [words for _, words in offered] == [
        "1-01 物资采购（整项）",
        "1-01 物资采购：受理申请",
        "1-01 物资采购：询价采购（风险节点）",
        "1-01 物资采购：验收（风险节点）",
    ]
    step = power.steps.get(name="验收")
    assert choices.values(f"step-{step.pk}") == {"power_revision": power, "power_step": step}
    assert choices.values(f"power-{power.pk}") == {"power_revision": power, "power_step": None}
    assert choices.values("") == {"power_revision": None, "power_step": None}


def test_without_a_filed_power_there_is_nothing_to_choose(department, people):
    make_power(department, actor=people.clerk)
    assert not PowerChoices(list(queries.filed_of(department)), None)
    assert not PowerChoices(list(queries.filed_of(None)), None)


def test_what_was_chosen_before_stays_to_be_chosen(department, power, people):
    step = power.steps.get(name="验收")
    point = RiskPoint(power_revision=power, power_step=step, power_number="1-01")
    revised = drafting.revise(power.power, actor=people.clerk)
    drafting.save(revised, {}, STEPS[:1], actor=people.clerk)
    file_power(revised, people)
    choices = PowerChoices(list(queries.filed_of(department)), point)
    assert [title for title, _ in choices.choices[1:]] == ["1-01 物资采购", "1-01 物资采购（原来选的，已修订）"]
    assert choices.initial == f"step-{step.pk}"
    assert choices.values(choices.initial) == {"power_revision": power, "power_step": step}


def test_texts_without_a_power_are_kept_unless_another_is_chosen():
    point = RiskPoint(power_number="9-01", power_name="招生录取", step_name="录取")
    choices = PowerChoices([], point)
    assert choices
    assert choices.initial == KEPT
    assert choices.choices[1] == (KEPT, "9-01 招生录取（录取）（照原来的文字）")
    assert choices.values(KEPT) == {}
