"""Risk points on the steps of powers: on the power's page, in the editor, in hints, and matters that repeat."""

import io

import openpyxl
import pytest
from django.urls import reverse

from riskpoints.content import completeness
from riskpoints.content.content import load
from riskpoints.enums import Status
from riskpoints.models import RiskPoint
from riskpoints.powers import points
from riskpoints.references.powers import drafting
from riskpoints.rules.enums import Key
from riskpoints.tables import editing, starting
from tests.factories import bring_to, make_point, set_rule
from tests.pages import at
from tests.powers import STEPS, file_power, make_power


@pytest.fixture
def power(school, table, department, people):
    return file_power(make_power(department, actor=people.clerk), people)


@pytest.fixture
def version(table, power, people):
    return starting.start_table(table, actor=people.head)


def on_step(version, power, people, name="验收", **values):
    step = power.steps.get(name=name)
    return make_point(version, actor=people.head, power_revision=power, power_step=step, **values)


def hints(version):
    return [item.message for item in completeness.check(load(version)).hints if item.message.startswith("职权")]


def test_a_risk_node_without_a_point_is_a_hint(version, power, people):
    said = "职权 1-01 的环节“{}”标为风险节点，还没有风险点"
    assert hints(version) == [said.format("询价采购"), said.format("验收")]
    on_step(version, power, people)
    assert hints(version) == [said.format("询价采购")]


def test_the_school_s_rule_makes_it_a_block(table, power, people):
    version = bring_to(Status.DRAFT, table, people)
    assert completeness.check(load(version)).is_complete
    set_rule(Key.RISK_NODES, True)
    report = completeness.check(load(version))
    assert [item.message for item in report.missing] == [
        f"职权 1-01 的环节“{step}”标为风险节点，还没有风险点" for step in ("询价采购", "验收")
    ]
    assert report.percent < 100


def test_the_page_of_the_power_lists_its_points_by_step(client, version, power, people):
    on_step(version, power, people, text="验收不核对数量")
    make_point(version, actor=people.head, power_revision=power, text="不公开采购结果")
    client.force_login(people.head)
    page = client.get(reverse("powers:power", args=[power.power_id])).content.decode()
    assert "验收不核对数量" in page
    found = points.by_step(people.head, power)
    assert [(step.name, [str(point) for point in step.points]) for step in found] == [
        ("", ["不公开采购结果"]),
        ("受理申请", []),
        ("询价采购", []),
        ("验收", ["验收不核对数量"]),
    ]
    assert all(not step.points for step in points.by_step(people.staff, power))


def test_a_step_that_was_taken_out_keeps_its_points_on_the_page(version, power, people):
    on_step(version, power, people)
    revised = drafting.revise(power.power, actor=people.clerk)
    drafting.save(revised, {}, STEPS[:1], actor=people.clerk)
    *_, last = points.by_step(people.head, file_power(revised, people))
    assert (last.name, last.is_gone, len(last.points)) == ("验收", True, 1)


def test_power_and_step_are_chosen_in_the_editor(client, version, power, people):
    client.force_login(people.head)
    step = power.steps.get(name="验收")
    page = client.get(f"{at(version)}?open=new-process").content.decode()
    assert "1-01 物资采购：验收（风险节点）" in page
    sent = {"category": "process", "text": "验收走过场", "likelihood": "3", "harm": "3", "proposed_level": "3"}
    client.post(at(version, "point_new"), sent | {"power": f"step-{step.pk}"})
    point = RiskPoint.objects.get()
    assert (point.power_step, point.power_words) == (step, "1-01 物资采购（验收）")
    form = client.get(f"{at(version)}?open=point-{point.pk}").content.decode()
    assert f'value="step-{step.pk}" selected' in form
    wrong = client.post(at(version, "point", point.pk), sent | {"lock": "0", "power": "step-999999"})
    assert "这个选项已不能使用，请重新选择。" in wrong.content.decode()
    client.post(at(version, "point", point.pk), sent | {"lock": "0", "power": ""})
    assert RiskPoint.objects.get().power_words == ""


def test_the_register_names_the_power_and_finds_it(client, table, power, people):
    version = bring_to(Status.DRAFT, table, people)
    point = version.points.first()
    step = power.steps.get(name="验收")
    values = {"power_revision": power, "power_step": step, "matter": "年度采购"}
    editing.save_point(version, values, point=point, actor=people.head)
    client.force_login(people.head)
    query = {"year": "all", "standing": "all"}
    made = client.get(reverse("riskpoints:register_export", args=["xlsx"]), query | {"q": "物资采购"})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(made))).worksheets[0].iter_rows(values_only=True))
    place = next(row for row in rows if "职权事项" in row).index("职权事项")
    assert rows[-1][place] == "1-01 物资采购（验收）\n年度采购"


def test_a_matter_in_three_points_may_be_a_power(client, version, power, department, people):
    for place, matter in enumerate(
        ["印章使用审批", "印章使用审批 ", "印章使用审批", "用车", "物资采购", "物资采购", "物资采购"]
    ):
        make_point(version, actor=people.head, matter=matter, text=f"风险点{place}")
    (found,) = points.repeated_matters([department.pk])
    assert (found.matter, found.count) == ("印章使用审批", 3)
    client.force_login(people.head)
    page = client.get(reverse("powers:index")).content.decode()
    assert "3 个风险点写了“印章使用审批”" in page
    address = reverse("powers:new", args=[department.pk])
    assert 'value="印章使用审批"' in client.get(address, {"name": "印章使用审批"}).content.decode()
    make_power(department, actor=people.clerk, name="印章使用审批")
    assert points.repeated_matters([department.pk]) == []
