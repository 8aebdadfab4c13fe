"""A point on a power: chosen among what the department has filed, its words frozen with the point."""

import pytest
from django.core.exceptions import ValidationError

from riskpoints import fields
from riskpoints.content.content import load, snapshot
from riskpoints.content.differences import compare
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle, RiskPoint
from riskpoints.references.powers import drafting, filing
from riskpoints.tables import editing, starting, workflow
from tests.factories import assess_all, bring_to, make_point, paper_signature
from tests.powers import STEPS, file_power, make_power


@pytest.fixture
def power(table, department, people):
    """Return a filed power of 总务处 whose last two steps are risk nodes."""
    return file_power(make_power(department, actor=people.clerk), people)


@pytest.fixture
def version(table, power, people):
    return starting.start_table(table, actor=people.head)


def lying_on(version, power, people, *, step="验收", **values):
    row = power.steps.get(name=step) if step else None
    return make_point(version, actor=people.head, power_revision=power, power_step=row, **values)


def test_number_name_and_step_are_written_down_with_the_point(version, power, people):
    point = lying_on(version, power, people)
    stored = RiskPoint.objects.get()
    assert (stored.power_number, stored.power_name, stored.step_name) == ("1-01", "物资采购", "验收")
    assert point.power_words == "1-01 物资采购（验收）"
    editing.save_point(version, {"power_revision": power, "power_step": None}, point=stored, actor=people.head)
    assert RiskPoint.objects.get().power_words == "1-01 物资采购"
    editing.save_point(version, {"power_revision": None, "power_step": None}, point=stored, actor=people.head)
    assert RiskPoint.objects.get().power_words == ""


def test_what_is_not_named_stays(version, power, people):
    point = lying_on(version, power, people)
    editing.save_point(version, {"text": "验收不核对数量"}, point=point, actor=people.head)
    assert RiskPoint.objects.get().power_words == "1-01 物资采购（验收）"


def test_only_a_filed_power_of_the_own_department_with_its_own_step(
    version, power, department, other_department, people
):
    draft = make_power(department, actor=people.clerk)
    foreign = make_power(other_department, actor=people.other_head, steps=STEPS[:1])
    filing.submit(foreign, actor=people.other_head)
    filing.file(foreign, actor=people.reviewer)
    for revision, step, said in (
        (draft, None, "还没有备案"),
        (foreign, None, "请选本部门的职权"),
        (power, foreign.steps.get(), "不属于所选的职权"),
        (None, power.steps.first(), "不属于所选的职权"),
    ):
        with pytest.raises(ValidationError) as caught:
            make_point(version, actor=people.head, power_revision=revision, power_step=step)
        assert said in caught.value.message_dict["power"][0]
    assert not RiskPoint.objects.exists()


def test_the_school_has_no_powers(school_table, power, people):
    version = starting.start_table(school_table, actor=people.office)
    with pytest.raises(ValidationError, match="请选本部门的职权"):
        make_point(version, actor=people.office, power_revision=power)


def test_the_words_are_decided_with_the_point_since_the_fourth_format(version, power, people):
    lying_on(version, power, people)
    decided = snapshot(load(version))
    (point,) = [point for row in decided["rows"] for point in row["points"]]
    assert decided["format"] >= fields.REFERENCES
    assert (point["power_number"], point["power_name"], point["step_name"]) == ("1-01", "物资采购", "验收")
    assert "power_revision" not in point
    names = {"power_number", "power_name", "step_name"}
    assert not names & set(fields.decided(fields.POINT, fields.NUMBERED))


def test_a_step_that_is_taken_out_leaves_the_words_of_the_point(version, power, people):
    lying_on(version, power, people)
    revised = drafting.revise(power.power, actor=people.clerk)
    drafting.save(revised, {"name": "采购"}, STEPS[:1], actor=people.clerk)
    file_power(revised, people)
    assert RiskPoint.objects.get().power_words == "1-01 物资采购（验收）"
    point = editing.save_point(version, {"text": "仍然可以改"}, point=RiskPoint.objects.get(), actor=people.head)
    assert point.power_words == "1-01 物资采购（验收）"


def test_a_revision_and_the_next_year_carry_it_over(table, power, people):
    version = bring_to(Status.DRAFT, table, people)
    point = version.points.order_by("pk").first()
    values = {"power_revision": power, "power_step": power.steps.get(name="验收")}
    editing.save_point(version, values, point=point, actor=people.head)
    workflow.perform(Action.SUBMIT, version, actor=people.head)
    confirmed = bring_on(version, people)
    draft = starting.open_revision(confirmed, reason="变动", actor=people.head)
    assert draft.points.get(identity=point.identity).power_words == "1-01 物资采购（验收）"
    assert not compare(load(confirmed), load(draft)).points
    cycle = Cycle.objects.create(**_next_year(table.cycle))
    later = starting.start_table(
        ControlTable.objects.create(cycle=cycle, scope=table.scope, department=table.department), actor=people.head
    )
    copied = later.points.get(identity=point.identity)
    assert (copied.power_words, copied.power_step) == ("1-01 物资采购（验收）", values["power_step"])


def _next_year(cycle):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    return {name: getattr(cycle, name).replace(year=cycle.year + 1) for name in names} | {"year": cycle.year + 1}


def bring_on(version, people):
    version.refresh_from_db()
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


def test_a_difference_names_the_power(version, power, people):
    point = lying_on(version, power, people)
    before = load(version)
    editing.save_point(version, {"power_revision": power, "power_step": None}, point=point, actor=people.head)
    (change,) = compare(before, load(version)).points
    assert [(field.label, field.old, field.new) for field in change.fields] == [("职权环节", "验收", "")]
