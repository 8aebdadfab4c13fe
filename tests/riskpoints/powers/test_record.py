"""职权目录 lies in the archive of its year, the school's and each department's, and comes back with it."""

import datetime

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.models import RiskPoint
from riskpoints.powers import record
from riskpoints.references.powers import drafting, filing, queries
from riskpoints.references.powers.models import Power, PowerRevision, PowerStep
from riskpoints.references.powers.numbering import next_serial
from riskpoints.tables import editing
from tests import scans
from tests.factories import bring_to, make_cycle
from tests.powers import STEPS, file_power, make_power
from tests.riskpoints.archives.packing import build, confirm, rows, unpacked

DRAFTED = "还没有提交的职权"


def keep(table, people):
    """Return the year: one power revised, with a point on a step; one with a chart, one retired, one only drafted."""
    department = table.department
    bought = file_power(make_power(department, actor=people.clerk), people, is_public=True)
    draft = bring_to(Status.DRAFT, table, people)
    values = {"power_revision": bought, "power_step": bought.steps.get(name="验收")}
    editing.save_point(draft, values, point=draft.points.first(), actor=people.head)
    make_power(department, actor=people.clerk, name=DRAFTED)
    charted = make_power(department, actor=people.clerk, name="房屋出租", steps=())
    drafting.set_chart(charted, drafting.Chart(scans.PNG, "png"), actor=people.clerk)
    file_power(charted, people)
    retired = file_power(make_power(department, actor=people.clerk, name="旧职权"), people)
    filing.retire(retired.power, "不再办理", actor=people.reviewer)
    again = drafting.revise(bought.power, actor=people.clerk)
    drafting.save(again, {"time_limit": "8 个工作日"}, STEPS[1:], actor=people.clerk)
    file_power(again, people)
    confirm(table, people)
    return table.cycle


def told():
    """Return what is stored of powers, in words."""
    powers = [
        (power.number, power.is_public, power.retired_reason, power.filed and power.filed.number)
        for power in Power.objects.select_related("filed")
    ]
    filed = [
        (row.power.number, row.number, row.name, row.time_limit, row.people, row.supervisor_name, row.filed_by_name)
        for row in queries.whole(PowerRevision.objects.filter(state="filed"))
    ]
    steps = PowerStep.objects.filter(revision__state="filed").order_by("revision__power", "revision__number", "order")
    return powers, filed, list(steps.values_list("identity", "name", "post_name", "is_risk_node", "note"))


@pytest.fixture
def package(tmp_path, school, table, people):
    """Return the archive of that year."""
    build(keep(table, people), tmp_path / "档案.zip")
    return tmp_path / "档案.zip"


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of that year, made in a database that is gone, and what was stored there."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        build(keep(table, people), tmp_path / "档案.zip")
        stored = told()
        transaction.set_rollback(True)
    return tmp_path / "档案.zip", stored


def test_the_archive_has_the_catalogue_of_the_school_and_of_each_department(package):
    assert verifier.verify(package) == []
    files = unpacked(package)
    names = sorted(name for name in files if "职权目录" in name or "流程图" in name)
    assert [name.rpartition("/")[0] for name in names] == ["00_学校"] * 3 + ["01_总务处"] * 2
    (path,) = [name for name in names if name.endswith(".csv")]
    table = rows(files[path])
    assert [(row["编号"], row["职权名称"], row["状态"]) for row in table] == [
        ("1-01", "物资采购", "已被代替"),
        ("1-01", "物资采购", "现行"),
        ("1-03", "房屋出租", "现行"),
        ("1-04", "旧职权", "已停用：不再办理"),
    ]
    assert table[0]["环节"] == "受理申请→询价采购（风险节点）→验收（风险节点）"
    (chart,) = [name for name in names if name.endswith(".png")]
    assert files[chart] == scans.PNG
    assert not [name for name, content in files.items() if DRAFTED.encode() in content and "审计" not in name]


def test_it_comes_back_as_it_was(elsewhere):
    path, stored = elsewhere
    import_archive(path)
    assert told() == stored
    assert {power.number for power in Power.objects.filter(filed=None)} == {"1-02"}
    assert next_serial(1) == 5  # no number is given again
    assert RiskPoint.objects.exclude(power_number="").get().power_words == "1-01 物资采购（验收）"


def test_a_year_tells_what_was_filed_by_its_end(table, people):
    file_power(make_power(table.department, actor=people.clerk), people)
    year = timezone.localdate().year
    assert [row["number"] for row in record.PART.facts(table.cycle)] == ["1-01"]
    assert record.PART.facts(make_cycle(year - 1)) == []
    with time_machine.travel(datetime.datetime(year + 1, 2, 1, tzinfo=datetime.UTC)):
        later = drafting.revise(Power.objects.get(), actor=people.clerk)
        file_power(later, people)
        filing.retire(Power.objects.get(), "不再办理", actor=people.reviewer)
    (row,) = record.PART.facts(table.cycle)
    assert ([revision["number"] for revision in row["revisions"]], row["retired_at"]) == ([1], None)
